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

// foreignServer is the language of a directory whose servers answer with pages that load files
// of a bundler; empty for none.
func foreignServer(f *tree.Directory) string {
	switch language := foreignIn(f); language {
	case "PHP", "Elixir", "ASP.NET":
		return language
	case "Ruby":
		if f.Has("config.ru") {
			return language
		}
	}
	return ""
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
		if f.Has("Gemfile") && !f.Has("config.ru") {
			s.tree.Reject(dir, "a Gemfile for tools: no config.ru, so no Ruby server", Evidence{File: path.Join(dir, "Gemfile")})
		}
		if why, file := s.whyForeign(f); why != "" && !s.hasServer(dir) && !s.isNamed(dir) {
			s.tree.RejectAs(!isCopy(dir), dir, why, Evidence{File: path.Join(dir, file)})
		}
		if lock := f.First("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"); lock != "" && !f.Has("package.json") {
			s.tree.Reject(dir, lock+" without a package.json", Evidence{File: path.Join(dir, lock)})
		}
	}
}

// hasServer tells whether a service was found in the directory that is more than the pages of
// a server in another language.
func (s *scan) hasServer(dir string) bool {
	return slices.ContainsFunc(s.found, func(c *candidate) bool {
		return c.Dir == dir && (!c.Page || foreignServer(c.Directory()) == "")
	})
}

// isNamed tells whether it was said already that the directory is left out.
func (s *scan) isNamed(dir string) bool {
	return slices.ContainsFunc(s.tree.Rejected, func(r Rejection) bool { return r.Dir == dir && r.Expected })
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
		return "no stack for " + language + " yet: add a Dockerfile with EXPOSE", manifest
	case f.Has("index.html") && s.isStatic(f.Path):
		return "no stack for static pages yet: add a Dockerfile with EXPOSE", "index.html"
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
