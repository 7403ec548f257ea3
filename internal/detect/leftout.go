package detect

import (
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

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
	// Next to services, a list of packages at the top that is of none of them is of tools.
	ofTools := !all.has(".") && slices.ContainsFunc(all, func(c *candidate) bool { return !c.Stack.Fallback }) &&
		slices.ContainsFunc(s.tree.Rejected, func(r Rejection) bool { return r.Dir == "." })
	s.found = slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool {
		besideTools := ofTools && c.Dir != "." && !filenames.HasManifest(c.Directory())
		return c.Stack.Fallback && (s.isWithin(c.Dir, all) && !besideTools || len(adoption{s}.dockerfilesIn(c.Dir)) > 0 || slices.ContainsFunc(all, func(other *candidate) bool {
			return !other.Stack.Fallback && tree.IsBelow(c.Dir, other.Dir)
		}))
	})
}

// isWithin tells whether the directory, or one above it, lists packages or is a service that
// is no fallback.
func (s *scan) isWithin(dir string, all services) bool {
	for up := dir; ; up = path.Dir(up) {
		if filenames.HasManifest(s.tree.Directory(up)) || slices.ContainsFunc(all, func(c *candidate) bool { return c.Dir == up && !c.Stack.Fallback }) {
			return true
		}
		if up == "." {
			return false
		}
	}
}
