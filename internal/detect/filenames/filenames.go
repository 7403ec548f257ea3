// Package filenames knows by their names which files of a repository say what runs in it.
package filenames

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// manifests are those of languages, by name or ending, with what people call a service with one.
// Pages says that its servers answer with pages that load files of a bundler.
var manifests = []struct {
	file, what string
	pages      bool
}{
	{"Gemfile", "Ruby", false},
	{"go.mod", "Go", false},
	{"pom.xml", "Java", false},
	{"build.gradle", "Java", false},
	{"build.gradle.kts", "Kotlin", false},
	{"Cargo.toml", "Rust", false},
	{"composer.json", "PHP", true},
	{"mix.exs", "Elixir", true},
	{".csproj", "ASP.NET", true},
	{".fsproj", "ASP.NET", true},
}

// LanguageIn is the language whose manifest lies in the directory, and whether its servers have
// pages; empty for none.
func LanguageIn(f *tree.Directory) (language string, pages bool) {
	for _, m := range manifests {
		for _, name := range f.Names {
			if name == m.file || strings.HasPrefix(m.file, ".") && strings.HasSuffix(name, m.file) {
				return m.what, m.pages || m.what == "Ruby" && f.Has("config.ru")
			}
		}
	}
	return "", false
}

// PageServer is the language of a directory whose servers answer with pages that load files
// of a bundler; empty for none.
func PageServer(f *tree.Directory) string {
	if language, pages := LanguageIn(f); pages {
		return language
	}
	return ""
}

// HasManifest tells whether a directory lists packages, in any language.
func HasManifest(f *tree.Directory) bool {
	language, _ := LanguageIn(f)
	return language != "" || slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return f.First(l.Manifests...) != "" })
}

// others are files that say something of any service, and the manifests of languages without
// a stack, so that their directories are rejected by name.
var others = []string{
	".gitignore", ".tool-versions", "Procfile", "Procfile.dev",
	"config.ru",
}

// names are the files, and the endings of sources, that a decision may need.
var names = sync.OnceValue(func() (all struct{ files, endings map[string]bool }) {
	all.files, all.endings = map[string]bool{}, map[string]bool{}
	for _, name := range others {
		all.files[name] = true
	}
	for _, manifest := range manifests {
		all.files[manifest.file] = true
	}
	for _, language := range stacks.Languages() {
		for _, name := range slices.Concat(language.Manifests, language.Files) {
			all.files[name] = true
		}
		for _, ending := range language.Extensions {
			all.endings[ending] = true
		}
	}
	return all
})

// IsCode says whether a file is a source in which ports, routes and variables are sought.
func IsCode(name string) bool { return names().endings[path.Ext(name)] }

// IsInteresting says whether detection may ever want to open a file of the name.
func IsInteresting(name string) bool {
	if names().files[name] || IsCode(name) {
		return true
	}
	lower := strings.ToLower(name)
	if path.Ext(lower) == ".txt" { // requirements.txt, requirements-dev.txt, requirements/base.txt
		return true
	}
	return strings.HasPrefix(name, ".env") || strings.HasSuffix(lower, ".env") ||
		dataservice.IsSettings(name) || manifest.Language(name) != "" || path.Ext(lower) == ".sql" ||
		strings.Contains(lower, "dockerfile") || strings.HasPrefix(lower, "readme") ||
		strings.HasSuffix(name, ".csproj") || strings.HasSuffix(name, ".fsproj") || slices.Contains(runfiles.ComposeNames, name) || runfiles.ShownBy(name) != ""
}

// IsManifest says whether a file counts although .gitignore names them: people commit such
// files all the same, and git then goes on tracking them.
func IsManifest(name string) bool {
	for _, language := range stacks.Languages() {
		if len(language.Manifests) > 0 && language.Manifests[0] == name || slices.Contains(language.Locks, name) {
			return true
		}
	}
	return false
}
