package pip

import (
	"errors"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// projectFile is what detection takes from pyproject.toml and Pipfile.
type projectFile struct {
	Project struct {
		Name           any `toml:"name"`
		Dependencies   any `toml:"dependencies"`
		RequiresPython any `toml:"requires-python"`
	} `toml:"project"`
	Build any `toml:"build-system"`
	Tool  struct {
		Poetry map[string]any `toml:"poetry"`
		Uv     struct {
			Sources   map[string]any `toml:"sources"`
			Package   any            `toml:"package"`
			Workspace struct {
				Members any `toml:"members"`
				Exclude any `toml:"exclude"`
			} `toml:"workspace"`
		} `toml:"uv"`
	} `toml:"tool"`
	Packages map[string]any `toml:"packages"` // Pipfile
	Requires map[string]any `toml:"requires"` // Pipfile
}

// readProject reads a pyproject.toml or Pipfile; the zero value where it is broken.
func readProject(text string) projectFile {
	var file projectFile
	if toml.Unmarshal([]byte(text), &file) != nil {
		return projectFile{}
	}
	return file
}

// BrokenTOML is the line at which a text stops to be TOML; 0 where it is TOML.
func BrokenTOML(text string) int {
	var all map[string]any
	wrong, ok := errors.AsType[*toml.DecodeError](toml.Unmarshal([]byte(text), &all))
	if !ok {
		return 0
	}
	line, _ := wrong.Position()
	return max(line, 1)
}

// addTOML adds the packages of a pyproject.toml or Pipfile. Where another list is the
// manifest, the directories that packages come from are that list's to say.
func addTOML(t *tree.Tree, r *Requirements, text string, manifest bool) {
	file := readProject(text)
	lineOf := func(name string) int {
		// Names of packages often hold those of others: my-flask-app.
		match := lazyregexp.New(`(?m)(?:^[ \t]*|["'])(` + regexp.QuoteMeta(name) + `)(?:[^\w.-]|$)`).FindStringSubmatchIndex(text)
		if match == nil {
			return 0
		}
		return tree.LineAt(text, match[2])
	}
	r.name, _ = file.Project.Name.(string)
	r.packaged = file.Build != nil && file.Tool.Uv.Package != false
	list, _ := file.Project.Dependencies.([]any)
	for _, item := range list {
		line, _ := item.(string)
		if match := RequirementLine.FindStringSubmatch(line); match != nil {
			r.Add(match[1], match[2], match[3], lineOf(match[1]))
			r.git = r.git || strings.Contains(line, "git+")
			r.direct = append(r.direct, normal(match[1]))
		}
	}
	if own := normal(r.name); own != "" {
		r.direct = slices.DeleteFunc(r.direct, func(name string) bool { return name == own })
	}
	poetry, _ := file.Tool.Poetry["dependencies"].(map[string]any)
	for _, table := range []map[string]any{poetry, file.Packages} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			r.addEntry(t, name, table[name], manifest, lineOf(name))
		}
	}
	version, _ := file.Requires["python_version"].(string)
	full, _ := file.Requires["python_full_version"].(string)
	if asked := pipenvPython(version, full); asked != "" {
		r.python = asked
	}
	if version, ok := file.Project.RequiresPython.(string); ok {
		r.python = version
	}
	if manifest {
		r.addSources(t, file)
	}
}

// addEntry adds an entry of Poetry's or Pipenv's tables.
func (r *Requirements) addEntry(t *tree.Tree, name string, value any, manifest bool, line int) {
	version, _ := value.(string)
	detailed, _ := value.(map[string]any)
	var extras []string
	if detailed != nil {
		version, _ = detailed["version"].(string)
		list, _ := detailed["extras"].([]any)
		for _, item := range list {
			extra, _ := item.(string)
			extras = append(extras, extra)
		}
		r.git = r.git || detailed["git"] != nil
	}
	if name == "python" {
		r.python = version
		return
	}
	if dir, ok := detailed["path"].(string); ok && manifest {
		r.addLocal(t, path.Dir(r.Manifest), dir)
	}
	r.Add(name, strings.Join(extras, ","), version, line)
	if detailed["optional"] != true {
		r.direct = append(r.direct, normal(name))
	}
}

// addSources adds the directories that uv takes packages from: members of its workspace and
// other paths, with what these take in turn.
func (r *Requirements) addSources(t *tree.Tree, file projectFile) {
	dir := path.Dir(r.Manifest)
	r.root = uvRoot(t, dir)
	members := uvMembers(t, r.root)
	todo := []struct {
		dir  string
		file projectFile
	}{{dir, file}}
	for seen := map[string]bool{dir: true}; len(todo) > 0; todo = todo[1:] {
		sources := todo[0].file.Tool.Uv.Sources
		names := slices.Sorted(maps.Keys(sources))
		for _, name := range names {
			from, _ := sources[name].(map[string]any)
			r.git = r.git || from["git"] != nil
			if to, ok := from["path"].(string); ok {
				r.addLocal(t, todo[0].dir, to)
			}
		}
		for _, name := range names {
			if from, _ := sources[name].(map[string]any); from["workspace"] == true && members[normal(name)] != "" {
				r.addLocal(t, members[normal(name)], ".")
			}
		}
		for _, local := range r.Local {
			if !seen[local] {
				seen[local] = true
				todo = append(todo, struct {
					dir  string
					file projectFile
				}{local, readProject(t.Text(path.Join(local, "pyproject.toml")))})
			}
		}
	}
	slices.Sort(r.Local)
}

// uvRoot is the directory of the uv workspace that a directory is the root or a member of;
// empty where it is in none.
func uvRoot(t *tree.Tree, dir string) string {
	for up := dir; ; up = path.Dir(up) {
		if text := t.Text(path.Join(up, "pyproject.toml")); strings.Contains(text, "tool.uv.workspace") {
			if up == dir || slices.Contains(slices.Collect(maps.Values(uvMembers(t, up))), dir) {
				return up
			}
			return ""
		}
		if up == "." {
			return ""
		}
	}
}

// uvMembers are the directories of a uv workspace's packages, by name.
func uvMembers(t *tree.Tree, root string) map[string]string {
	members := map[string]string{}
	if root == "" {
		return members
	}
	workspace := readProject(t.Text(path.Join(root, "pyproject.toml"))).Tool.Uv.Workspace
	if workspace.Members == nil {
		return members
	}
	in := func(list any, dir string) bool {
		patterns, _ := list.([]any)
		return slices.ContainsFunc(patterns, func(item any) bool {
			pattern, _ := item.(string)
			return tree.MatchParts(strings.Split(path.Clean(pattern), "/"), strings.Split(tree.Relative(root, dir), "/"))
		})
	}
	for _, dir := range t.Paths {
		if dir == root || !tree.IsBelow(root, dir) || !t.Directory(dir).Has("pyproject.toml") || !in(workspace.Members, dir) || in(workspace.Exclude, dir) {
			continue
		}
		if name, _ := readProject(t.Text(path.Join(dir, "pyproject.toml"))).Project.Name.(string); name != "" && len(members) < maxLocal {
			members[normal(name)] = dir
		}
	}
	return members
}
