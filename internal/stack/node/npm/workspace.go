package npm

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// workspace is an npm, yarn, pnpm or bun workspace: several packages that are
// installed together, from the directory of the root's package.json.
type workspace struct {
	dir      string
	manifest *Manifest
	members  []string // directories with a package.json, relative to dir, sorted
}

// workspaceOf is the workspace that has the directory for its root or a member.
func workspaceOf(t *tree.Tree, dir string) (workspace, bool) {
	for above := dir; ; above = path.Dir(above) {
		if w, ok := workspaceAt(t, above); ok && (above == dir || slices.Contains(w.members, tree.Relative(above, dir))) {
			return w, true
		}
		if above == "." {
			return workspace{}, false
		}
	}
}

// workspaceAt is the workspace of which the directory is the root, if it has members.
func workspaceAt(t *tree.Tree, dir string) (workspace, bool) {
	p, err := Parse(t, dir)
	if err != nil || !t.Directory(dir).Has("package.json") {
		return workspace{}, false
	}
	w := workspace{dir: dir, manifest: p}
	patterns := patternsOf(t, dir, p)
	if len(patterns) == 0 {
		return w, false
	}
	for _, directory := range t.Paths {
		if directory != dir && tree.IsBelow(dir, directory) && t.Directory(directory).Has("package.json") && isMember(patterns, tree.Relative(dir, directory)) {
			w.members = append(w.members, tree.Relative(dir, directory))
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

// patternsOf are the workspace's patterns: npm and yarn keep them in package.json,
// pnpm in a file of its own.
func patternsOf(t *tree.Tree, dir string, p *Manifest) []string {
	var patterns []string
	if json.Unmarshal(p.Workspaces, &patterns) != nil {
		var nested struct {
			Packages []string `json:"packages"`
		}
		_ = json.Unmarshal(p.Workspaces, &nested) // of another form: no members
		patterns = nested.Packages
	}
	if t.Directory(dir).Has("pnpm-workspace.yaml") {
		patterns = append(patterns, pnpmMembers(t.Text(path.Join(dir, "pnpm-workspace.yaml")))...)
	}
	for i, pattern := range patterns {
		patterns[i] = strings.Trim(strings.TrimPrefix(pattern, "./"), "/")
	}
	return patterns
}

// standsAlone says whether a member is installed by itself all the same: it has
// a lock file and the workspace has none, or the service is built
// with its own directory as context.
func standsAlone(a *stack.App, w workspace) bool {
	if a.BuiltIn != "" && a.BuiltIn != w.dir {
		return true
	}
	names := LockFiles()
	return a.Dir != w.dir && a.Directory().First(names...) != "" && a.Tree.Directory(w.dir).First(names...) == ""
}

// linked are the members that the service imports, directly or through another,
// each behind those that it imports itself. A library that the root depends on is there for every
// member, which may import it without naming it.
func linked(a *stack.App, w workspace) []string {
	byName := map[string]string{}
	packages := map[string]*Manifest{}
	for _, member := range w.members {
		if p, err := Parse(a.Tree, path.Join(w.dir, member)); err == nil {
			byName[p.Name], packages[member] = member, p
		}
	}
	var found []string
	seen := map[string]bool{}
	var visit func(p *Manifest)
	visit = func(p *Manifest) {
		names := slices.AppendSeq(slices.Collect(maps.Keys(p.Dependencies)), maps.Keys(p.DevDependencies))
		slices.Sort(names)
		for _, name := range names {
			member, ours := byName[name]
			if !ours || seen[member] || path.Join(w.dir, member) == a.Dir {
				continue
			}
			seen[member] = true
			visit(packages[member])
			found = append(found, member)
		}
	}
	visit(ManifestOf(a.Tree, a.Dir))
	shared := &Manifest{Dependencies: Texts{}}
	for name := range w.manifest.Dependencies {
		if p := packages[byName[name]]; p != nil && (p.Main != nil || p.Exports != nil) {
			shared.Dependencies[name] = ""
		}
	}
	visit(shared)
	return append(found, withSchema(a, w, found)...)
}

// withSchema is the member with the only schema of Prisma, where the service uses the client and
// has no schema of its own: the client is generated for all that use the same version of it.
func withSchema(a *stack.App, w workspace, linked []string) []string {
	has := func(dir string) bool {
		return a.Tree.Has(path.Join(dir, "prisma/schema.prisma")) || a.Tree.Has(path.Join(dir, "schema.prisma"))
	}
	if ManifestOf(a.Tree, a.Dir).NeedsOneOf("@prisma/client") == "" || has(a.Dir) || has(w.dir) {
		return nil
	}
	var all []string
	for _, member := range w.members {
		if has(path.Join(w.dir, member)) {
			all = append(all, member)
		}
	}
	if len(all) != 1 || slices.Contains(linked, all[0]) {
		return nil
	}
	return all
}

// pnpmMembers are the packages of a pnpm-workspace.yaml; none of a broken one.
func pnpmMembers(text string) (patterns []string) {
	defer func() {
		if recover() != nil { // the YAML library answers some malformed documents with a panic
			patterns = nil
		}
	}()
	var file struct {
		Packages []any `yaml:"packages"`
	}
	if yaml.Unmarshal([]byte(text), &file) != nil {
		return nil
	}
	for _, pattern := range file.Packages {
		if text, ok := pattern.(string); ok {
			patterns = append(patterns, text)
		}
	}
	return patterns
}
