package detect

import (
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// foreign are the manifests of languages that have no stack here, with what
// such a directory is.
var foreign = []struct{ file, what string }{
	{"Gemfile", "Ruby"},
	{"go.mod", "Go"},
	{"pom.xml", "Java"},
	{"build.gradle", "Java"},
	{"build.gradle.kts", "Kotlin"},
	{"Cargo.toml", "Rust"},
	{"composer.json", "PHP"},
	{"mix.exs", "Elixir"},
}

// rejectForeign names the directories that people may expect to be services and
// that are none, or none that there is a template for.
func rejectForeign(t *tree.Tree) {
	for _, dir := range t.Paths {
		f := t.Directory(dir)
		for _, language := range foreign {
			if f.Has(language.file) && !slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return slices.Contains(l.Manifests, language.file) }) {
				t.Reject(dir, foreignReason(f, language.what), Evidence{File: path.Join(dir, language.file)})
			}
		}
		if lock := f.First("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"); lock != "" && !f.Has("package.json") {
			t.Reject(dir, lock+" without a package.json", Evidence{File: path.Join(dir, lock)})
		}
	}
}

func foreignReason(f *tree.Directory, language string) string {
	if language == "Ruby" && !f.Has("config.ru") {
		return "a Gemfile for tools: no config.ru, so no Ruby server"
	}
	if slices.ContainsFunc(f.Names, func(name string) bool { return slices.Contains(dockerNames, name) }) {
		return "a " + language + " project with its own Dockerfile: no template for " + language + " yet, name it in devup.yaml with build"
	}
	return "a " + language + " project: no template for it yet"
}
