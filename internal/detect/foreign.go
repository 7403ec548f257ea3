package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// foreign are the manifests of languages, by name or ending, with what such a directory is.
var foreign = []struct{ file, what string }{
	{"Gemfile", "Ruby"},
	{"go.mod", "Go"},
	{"pom.xml", "Java"},
	{"build.gradle", "Java"},
	{"build.gradle.kts", "Kotlin"},
	{"Cargo.toml", "Rust"},
	{"composer.json", "PHP"},
	{"mix.exs", "Elixir"},
	{".csproj", "ASP.NET"},
	{".fsproj", "ASP.NET"},
}

// foreignIn is the language whose manifest lies in the directory; empty for none.
func foreignIn(f *tree.Directory) string {
	language, _ := foreignManifest(f)
	return language
}

func foreignManifest(f *tree.Directory) (language, manifest string) {
	for _, l := range foreign {
		for _, name := range f.Names {
			if name == l.file || strings.HasPrefix(l.file, ".") && strings.HasSuffix(name, l.file) {
				return l.what, name
			}
		}
	}
	return "", ""
}

// hasManifest tells whether a directory lists packages, in any language.
func hasManifest(f *tree.Directory) bool {
	return foreignIn(f) != "" || slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return f.First(l.Manifests...) != "" })
}

// leaveOut names the directories that people may expect to be services and for which there
// is no stack.
func (s *scan) leaveOut() {
	for _, dir := range s.tree.Paths {
		f := s.tree.Directory(dir)
		reject := s.tree.LeaveOut
		if tree.IsBelowAside(dir) || isCopy(dir) {
			reject = s.tree.Reject
		}
		if f.Has("Gemfile") && !f.Has("config.ru") {
			s.tree.Reject(dir, "a Gemfile for tools: no config.ru, so no Ruby server", Evidence{File: path.Join(dir, "Gemfile")})
		}
		if why, file := s.whyForeign(f); why != "" && !s.found.has(dir) && !s.isNamed(dir) {
			reject(dir, why, Evidence{File: path.Join(dir, file)})
		}
		if lock := f.First("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"); lock != "" && !f.Has("package.json") {
			s.tree.Reject(dir, lock+" without a package.json", Evidence{File: path.Join(dir, lock)})
		}
	}
}

// isNamed tells whether the directory was rejected for a reason already.
func (s *scan) isNamed(dir string) bool {
	return slices.ContainsFunc(s.tree.Rejected, func(r Rejection) bool { return r.Dir == dir })
}

// whyForeign says what a directory holds that devup has no stack for, and in which file; empty
// for nothing.
func (s *scan) whyForeign(f *tree.Directory) (why, file string) {
	language, manifest := foreignManifest(f)
	known := slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return slices.Contains(l.Manifests, manifest) })
	switch {
	case known:
		return "", ""
	case language == "Ruby" && !f.Has("config.ru"),
		language == "ASP.NET" && !strings.Contains(s.tree.Text(path.Join(f.Path, manifest)), "Sdk.Web"): // a library, or a program that ends
		return "", ""
	case language != "":
		return language + " has no stack in devup yet: give it a Dockerfile with EXPOSE, and run init again", manifest
	case f.Has("index.html") && s.isStatic(f.Path):
		return "static pages have no stack in devup yet: give them a Dockerfile with EXPOSE, and run init again", "index.html"
	}
	return "", ""
}

// isStatic tells whether a directory with an index.html is a site: no app holds it and it
// holds none.
func (s *scan) isStatic(dir string) bool {
	if strings.Count(dir, "/") > 0 || tree.IsBelowAside(dir) || s.holdsServices(dir) {
		return false
	}
	for up := dir; ; up = path.Dir(up) {
		if hasManifest(s.tree.Directory(up)) || s.found.has(up) {
			return false
		}
		if up == "." {
			return true
		}
	}
}
