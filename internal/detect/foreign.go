package detect

import (
	"path"
	"slices"
)

// foreign are the manifests of languages that have no stack here, with what
// such a folder is.
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

// rejectForeign names the folders that people may expect to be services and
// that are none, or none that there is a template for.
func (s *scan) rejectForeign() {
	for _, dir := range s.tree.paths {
		f := s.tree.folders[dir]
		for _, language := range foreign {
			if f.has(language.file) {
				s.tree.reject(dir, foreignReason(f, language.what), Evidence{File: path.Join(dir, language.file)})
			}
		}
		if lock := f.first("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"); lock != "" && !f.has("package.json") {
			s.tree.reject(dir, lock+" without a package.json", Evidence{File: path.Join(dir, lock)})
		}
	}
}

func foreignReason(f *folder, language string) string {
	if language == "Ruby" && !f.has("config.ru") {
		return "a Gemfile for tools: no config.ru, so no Ruby server"
	}
	if slices.ContainsFunc(f.names, func(name string) bool { return slices.Contains(dockerNames, name) }) {
		return "a " + language + " project with a Dockerfile of its own: no template for " + language + " yet, name it in devup.yaml with build"
	}
	return "a " + language + " project: no template for it yet"
}
