package detect

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// workspace is an npm, yarn, pnpm or bun workspace: several packages that are
// installed together, from the folder of the root's package.json.
type workspace struct {
	dir      string
	manifest *nodePackage
	members  []string // folders with a package.json, relative to dir, sorted
}

// workspaceOf is the workspace that has the folder for its root or a member.
func (s *scan) workspaceOf(dir string) (workspace, bool) {
	for above := dir; ; above = path.Dir(above) {
		if w, ok := s.workspaceAt(above); ok && (above == dir || slices.Contains(w.members, tree.Relative(above, dir))) {
			return w, true
		}
		if above == "." {
			return workspace{}, false
		}
	}
}

// workspaceAt is the workspace of which the folder is the root, if it has members.
func (s *scan) workspaceAt(dir string) (workspace, bool) {
	f := s.tree.Folder(dir)
	if f == nil || !f.Has("package.json") {
		return workspace{}, false
	}
	name := path.Join(dir, "package.json")
	p, err := parsePackage(name, s.tree.Text(name))
	if err != nil {
		return workspace{}, false
	}
	w := workspace{dir: dir, manifest: p}
	patterns := s.members(dir, p)
	if len(patterns) == 0 {
		return w, false
	}
	for _, folder := range s.tree.Paths {
		if folder != dir && tree.IsBelow(dir, folder) && s.tree.Folder(folder).Has("package.json") && isMember(patterns, tree.Relative(dir, folder)) {
			w.members = append(w.members, tree.Relative(dir, folder))
		}
	}
	slices.Sort(w.members)
	return w, len(w.members) > 0
}

func isMember(patterns []string, dir string) bool {
	member := false
	for _, pattern := range patterns {
		pattern, excluded := strings.CutPrefix(pattern, "!")
		if tree.MatchParts(strings.Split(strings.TrimPrefix(pattern, "./"), "/"), strings.Split(dir, "/")) {
			member = !excluded
		}
	}
	return member
}

// members are the workspace's patterns: npm and yarn keep them in package.json,
// pnpm in a file of its own.
func (s *scan) members(dir string, p *nodePackage) []string {
	var patterns []string
	if json.Unmarshal(p.Workspaces, &patterns) != nil {
		var nested struct {
			Packages []string `json:"packages"`
		}
		_ = json.Unmarshal(p.Workspaces, &nested) // of another form: no members
		patterns = nested.Packages
	}
	if s.tree.Folder(dir).Has("pnpm-workspace.yaml") {
		patterns = append(patterns, pnpmMembers(s.tree.Text(path.Join(dir, "pnpm-workspace.yaml")))...)
	}
	for i, pattern := range patterns {
		patterns[i] = strings.Trim(strings.TrimPrefix(pattern, "./"), "/")
	}
	return patterns
}

// standsAlone says whether a member is installed by itself all the same: it has
// a lock file and the workspace has none, or whoever wants the service builds it
// with its own folder as context.
func (s *scan) standsAlone(c *candidate, w workspace) bool {
	if c.context != "" && c.context != w.dir {
		return true
	}
	var names []string
	for _, lock := range locks {
		names = append(names, lock.file)
	}
	return c.Dir != w.dir && s.tree.Folder(c.Dir).First(names...) != "" && s.tree.Folder(w.dir).First(names...) == ""
}

// linked are the members that the service imports, directly or through another,
// each behind those that it imports itself.
func (s *scan) linked(c *candidate, w workspace) []string {
	byName := map[string]string{}
	packages := map[string]*nodePackage{}
	for _, member := range w.members {
		name := path.Join(w.dir, member, "package.json")
		if p, err := parsePackage(name, s.tree.Text(name)); err == nil {
			byName[p.Name], packages[member] = member, p
		}
	}
	var linked []string
	seen := map[string]bool{}
	var visit func(p *nodePackage)
	visit = func(p *nodePackage) {
		names := slices.AppendSeq(slices.Collect(maps.Keys(p.Dependencies)), maps.Keys(p.DevDependencies))
		slices.Sort(names)
		for _, name := range names {
			member, found := byName[name]
			if !found || seen[member] || path.Join(w.dir, member) == c.Dir {
				continue
			}
			seen[member] = true
			visit(packages[member])
			linked = append(linked, member)
		}
	}
	visit(c.node)
	return linked
}
