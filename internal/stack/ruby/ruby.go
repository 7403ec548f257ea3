// Package ruby has the stacks of Ruby, one a file, and what they share.
package ruby

import (
	"regexp"

	"github.com/devup-cli/devup/internal/stack"
)

// Language is what all stacks of Ruby share.
var Language = stack.Language{Name: "ruby", Manifests: []string{"Gemfile"}, Wants: wants}

// wants is what a Gemfile says of a gem.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.Match(read("Gemfile"), `(?m)^\s*gem\s+["']`+regexp.QuoteMeta(name)+`["'](?:\s*,\s*["']([^"']*)["'])?`)
}
