// Package java has the stacks of Java and Kotlin, one a file, and what they share.
package java

import (
	"strings"

	"github.com/devup-cli/devup/internal/stack"
)

var manifests = []string{"pom.xml", "build.gradle", "build.gradle.kts"}

// Language is what all stacks of Java share.
var Language = stack.Language{Name: "java", Manifests: manifests, Wants: wants}

// wants says whether a build file names a package; of its version it says nothing.
func wants(read func(string) string, name string) (versions string, found bool) {
	for _, file := range manifests {
		if strings.Contains(read(file), name) {
			return "", true
		}
	}
	return "", false
}
