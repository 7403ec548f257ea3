package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
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

// languageIn is the language whose manifest lies in the directory, and whether its servers have
// pages; empty for none.
func languageIn(f *tree.Directory) (language string, pages bool) {
	for _, m := range manifests {
		for _, name := range f.Names {
			if name == m.file || strings.HasPrefix(m.file, ".") && strings.HasSuffix(name, m.file) {
				return m.what, m.pages || m.what == "Ruby" && f.Has("config.ru")
			}
		}
	}
	return "", false
}

// pageServer is the language of a directory whose servers answer with pages that load files
// of a bundler; empty for none.
func pageServer(f *tree.Directory) string {
	if language, pages := languageIn(f); pages {
		return language
	}
	return ""
}

// hasManifest tells whether a directory lists packages, in any language.
func hasManifest(f *tree.Directory) bool {
	language, _ := languageIn(f)
	return language != "" || slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return f.First(l.Manifests...) != "" })
}

// leaveOut names the directories that people may expect to be services and that hold none.
func (s *scan) leaveOut() {
	for _, dir := range s.tree.Paths {
		f := s.tree.Directory(dir)
		if lock := f.First("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"); lock != "" && !f.Has("package.json") && !s.found.has(dir) {
			s.tree.Reject(dir, lock+" without a package.json", Evidence{File: path.Join(dir, lock)})
		}
		if entry := path.Join(dir, f.First(pageEntries...)); entry != dir && !s.isWithin(dir, s.found) && mountsPage.MatchString(s.tree.Source(entry).Text) {
			s.tree.LeaveOut(dir, path.Base(entry)+" starts pages, and no package.json lists their packages", Evidence{File: entry})
		}
	}
}

// pageEntries are files in which a page of React or Vue starts, and mountsPage is what they import.
var (
	pageEntries = []string{"index.js", "index.jsx", "index.tsx", "main.js", "main.jsx", "main.ts", "main.tsx"}
	mountsPage  = lazyregexp.New(`\bfrom\s+["'](?:react-dom(?:/client)?|vue)["']`)
)

// dropFallbacks drops the services of stacks that only count where nothing else is found: no
// other service at, above or below their directory, no list of packages, no Dockerfile.
func (s *scan) dropFallbacks() {
	all := s.found
	s.found = slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool {
		return c.Of.Fallback && (s.isWithin(c.Dir, all) || len(adoption{s}.dockerfilesIn(c.Dir)) > 0 || slices.ContainsFunc(all, func(other *candidate) bool {
			return !other.Of.Fallback && tree.IsBelow(c.Dir, other.Dir)
		}))
	})
}

// isWithin tells whether the directory, or one above it, lists packages or is a service that
// is no fallback.
func (s *scan) isWithin(dir string, all services) bool {
	for up := dir; ; up = path.Dir(up) {
		if hasManifest(s.tree.Directory(up)) || slices.ContainsFunc(all, func(c *candidate) bool { return c.Dir == up && !c.Of.Fallback }) {
			return true
		}
		if up == "." {
			return false
		}
	}
}
