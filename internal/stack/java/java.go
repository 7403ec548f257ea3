// Package java has the stacks of Java and Kotlin, one a file, and what they share.
package java

import (
	"encoding/xml"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

var manifests = []string{"pom.xml", "build.gradle", "build.gradle.kts"}

// Language is what all stacks of Java share.
var Language = stack.Language{
	Name:         "java",
	Manifests:    manifests,
	Files:        []string{"settings.gradle", "settings.gradle.kts", "gradle-wrapper.properties", "gradle.properties", ".java-version", ".sdkmanrc", "system.properties"},
	Extensions:   []string{".java", ".kt", ".properties", ".yml", ".yaml"},
	Versions:     releases,
	Search:       search,
	Version:      version,
	Routes:       routes,
	Uses:         uses,
	LocalConfig:  live,
	Unset:        unset,
	VersionRange: wants,
	Image:        image,
	Copies:       copies,
	Install:      install,
	Migration:    migration,
	KeptDirs:     keeps,
	Getenv:       func(name, _ string) string { return `System.getenv("` + name + `")` },
	RendersPages: lazyregexp.New(`\bimport org\.springframework\.stereotype\.Controller\b|\bModelAndView\b|thymeleaf`),
	LoadsEnvFile: lazyregexp.New(`\bdotenv\b|\bfile:(?:\./)?\.env\b`),
	AllowsCORS:   lazyregexp.New(`@CrossOrigin\b|\bCorsRegistry\b|\bCorsConfiguration\b|Access-Control-Allow-Origin`),
}

// wants says whether a build file names a package; of its version it says nothing.
func wants(read func(string) string, name string) (versions string, found bool) {
	for _, file := range manifests {
		if strings.Contains(read(file), name) {
			return "", true
		}
	}
	return "", false
}

// search finds the programs of each build: modules without one are libraries or parents.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		manifest := t.Directory(dir).First(manifests...)
		if manifest == "" || tree.IsAside(dir) {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if a.Recognise(stacks) {
			found = append(found, a)
			continue
		}
		text := t.Text(path.Join(dir, manifest))
		if stack.Explains(t.Directory(dir)) && rootOf(t, dir) == dir && !strings.Contains(text, "<modules>") && !t.Directory(dir).Has("settings.gradle") && !t.Directory(dir).Has("settings.gradle.kts") {
			if line := brokenXML(manifest, text); line > 0 {
				t.LeaveOut(dir, fmt.Sprintf("%s is not valid XML: line %d", manifest, line), tree.At(path.Join(dir, manifest), line, ""))
				continue
			}
			t.LeaveOut(dir, "no stack for Java without Spring Boot yet: add a Dockerfile with EXPOSE", tree.Evidence{File: path.Join(dir, manifest)})
		}
	}
	return found
}

// brokenXML is the line at which a pom.xml cannot be read further; 0 where it is well formed,
// cut, or a build of Gradle.
func brokenXML(manifest, text string) int {
	if manifest != "pom.xml" || len(text) >= tree.MaxFile {
		return 0
	}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err != nil {
			if wrong, ok := errors.AsType[*xml.SyntaxError](err); ok {
				return wrong.Line
			}
			return 0 // its end, or an encoding that is not read here
		}
	}
}

// rootOf is the directory whose build has the directory as a module, or itself.
func rootOf(t *tree.Tree, dir string) string {
	root := dir
	for at := dir; at != "."; {
		at = path.Dir(at)
		f := t.Directory(at)
		switch {
		case f.Has("pom.xml") && t.Directory(dir).Has("pom.xml"):
			if strings.Contains(t.Text(path.Join(at, "pom.xml")), "<module>"+tree.Relative(at, root)+"</module>") {
				root = at
			}
		case f.First("settings.gradle", "settings.gradle.kts") != "":
			return at
		}
	}
	return root
}

// modules are the directories with a build file below a directory, and itself.
func modules(t *tree.Tree, root string) []string {
	var all []string
	for _, f := range t.Below(root, func(*tree.Directory) bool { return len(all) < maxModules }) {
		if f.First(manifests...) != "" && len(all) < maxModules {
			all = append(all, f.Path)
		}
	}
	return all
}

// maxModules bounds how many modules of a build are looked at.
const maxModules = 50

// releases are the long-term releases of Java, which images are kept for, newest first. The
// first is taken where nothing says which.
var releases = []string{usual, "25", "17", "11", "8"}

// byAge are the same, oldest first.
var byAge = []string{"8", "11", "17", "21", "25"}

var asked = []*lazyregexp.Regexp{
	lazyregexp.New(`<(?:java\.version|maven\.compiler\.release|release|maven\.compiler\.target|maven\.compiler\.source|jvmTarget|kotlin\.compiler\.jvmTarget)>\s*(?:1\.)?(\d{1,2})\s*<`),
	lazyregexp.New(`JavaLanguageVersion\.of\(\s*["']?(\d{1,2})`),
	lazyregexp.New(`jvmToolchain\(\s*(\d{1,2})`),
	lazyregexp.New(`(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_)?["']?(?:1[._])?(\d{1,2})`),
	lazyregexp.New(`(?m)^java(?:\.runtime\.version)?\s*=\s*(?:1\.)?(\d{1,2})`),
}

// version is the oldest long-term release that has what the build asks for.
func version(a *stack.App) (string, tree.Evidence) {
	for _, dir := range []string{a.Dir, rootOf(a.Tree, a.Dir)} {
		for _, name := range append(manifests, ".sdkmanrc", "system.properties") {
			file := tree.File{Path: path.Join(dir, name), Text: a.Tree.Text(path.Join(dir, name))}
			if release, why := newestIn(file); release != "" {
				return release, why
			}
		}
	}
	for _, file := range a.VersionFiles("java", ".java-version", ".tool-versions") {
		if release := releaseOf(strings.TrimPrefix(file.Text, "1.")); release != "" {
			return release, file
		}
	}
	if old := bootVersion.FindStringSubmatch(a.Tree.Text(path.Join(a.Dir, "pom.xml"))); old != nil && old[1] < "3" {
		return "17", tree.Evidence{File: path.Join(a.Dir, "pom.xml"), Text: "Spring Boot " + old[1]}
	}
	return usual, tree.Evidence{Text: "the release of Java that most projects build with"}
}

// newestIn is the newest release that a file of a build asks for: properties say one, and the
// settings of a plugin may say another.
func newestIn(file tree.File) (release string, why tree.Evidence) {
	for _, pattern := range asked {
		for _, at := range pattern.FindAllStringSubmatchIndex(file.Text, 20) {
			named := stack.Group(file.Text, at, 1)
			if found := releaseOf(named); slices.Index(byAge, found) > slices.Index(byAge, release) {
				release, why = found, file.At(at[0], "Java "+named)
			}
		}
	}
	return release, why
}

var bootVersion = lazyregexp.New(`<artifactId>spring-boot[\w-]*</artifactId>\s*<version>(\d)\.`)

// releaseOf is the oldest release that has a version; empty for what is no version.
func releaseOf(text string) string {
	major, _, _ := stack.Parts(stack.PlainVersion(firstNumber.FindString(text)))
	for _, release := range byAge {
		if n, _, _ := stack.Parts(release); major > 0 && n >= major {
			return release
		}
	}
	return ""
}

var firstNumber = lazyregexp.New(`\d{1,2}`)

// image is the runtime of a release, for production.
func image(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return image(usual)
	case whole:
		return "eclipse-temurin:" + tag
	}
	return "eclipse-temurin:" + tag + "-jre"
}
