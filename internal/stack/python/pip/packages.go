package pip

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// PackagesOf says how the packages are installed.
func PackagesOf(a *stack.App, needs *Requirements) stack.Packages {
	var p stack.Packages
	if needs == nil {
		return p
	}
	p.Manager, p.Manifest = "pip", tree.Relative(a.Dir, needs.Manifest)
	text := a.Tree.Text(needs.Manifest)
	locked := LockOf(a.Tree, needs)
	switch {
	case locked.Manager != "":
		p.Manager, p.Stale = locked.Manager, len(locked.lacks) > 0
		if locked.file != "" {
			p.Lock = between(a.Dir, locked.file)
		}
	case p.Manifest == "Pipfile":
		p.Manager = "pipenv"
	case p.Manifest == "pyproject.toml" && strings.Contains(text, "[tool.poetry"):
		p.Manager = "poetry"
	case p.Manifest == "pyproject.toml" && (needs.root != "" || strings.Contains(text, "[tool.uv")):
		p.Manager = "uv"
	}
	if p.Stale {
		a.Note(tree.Evidence{File: locked.file, Text: "is stale: it lacks " + strings.Join(locked.lacks[:min(len(locked.lacks), 3)], ", ")})
	}
	widen(a, needs, &p)
	return p
}

// widen sets what an image needs of the repository besides the manifest, and the directory
// that holds all of it, from which the image is built.
func widen(a *stack.App, needs *Requirements, p *stack.Packages) {
	context := a.Dir
	if needs.root != "" {
		context = shared(context, needs.root)
	}
	for _, name := range slices.Concat(needs.Includes, needs.Local) {
		context = shared(context, name)
	}
	if a.BuiltIn != "" && tree.IsBelow(context, a.BuiltIn) && a.BuiltIn != context {
		context = a.BuiltIn // the user decided it
	}
	inside := func(name string) bool {
		in := name == context || tree.IsBelow(context, name)
		if !in {
			a.Remark(tree.At(needs.Manifest, 0, "takes in "+name+", which a build cannot read: it is outside of "+context),
				"copy it into "+a.Dir+"; or set build.context of the service to a directory that holds both")
		}
		return in
	}
	for _, name := range needs.Includes {
		if inside(name) {
			p.Includes = append(p.Includes, between(a.Dir, name))
		}
	}
	for _, name := range needs.Local {
		if inside(name) {
			p.Linked = append(p.Linked, between(context, name))
		}
	}
	for _, name := range needs.outside {
		a.Remark(tree.At(needs.Manifest, 0, "takes a package from "+name+", which the repository does not have"), "add the package to the repository")
	}
	if needs.root != "" && shared(context, needs.root) == context {
		addMembers(a, needs, context, p)
	}
	if context != a.Dir || needs.root != "" || len(needs.Local) > 0 {
		p.Workspace = context
	}
}

// addMembers sets the packages of the uv workspace, and the file that makes it one.
func addMembers(a *stack.App, needs *Requirements, context string, p *stack.Packages) {
	if needs.root != a.Dir {
		p.Includes = append(p.Includes, between(a.Dir, path.Join(needs.root, "pyproject.toml")))
	}
	for _, dir := range uvMembers(a.Tree, needs.root) {
		if dir != a.Dir {
			p.Members = append(p.Members, between(context, dir))
		}
	}
	slices.Sort(p.Members)
}

// shared is the deepest directory that holds both.
func shared(dir, name string) string {
	for dir != "." && dir != name && !tree.IsBelow(dir, name) {
		dir = path.Dir(dir)
	}
	return dir
}

// between is a path of the repository as seen from a directory, with ".." where it lies outside.
func between(from, name string) string {
	up := ""
	for from != "." && from != name && !tree.IsBelow(from, name) {
		from, up = path.Dir(from), up+"../"
	}
	if from == name {
		return path.Clean(up + ".")
	}
	return up + tree.Relative(from, name)
}
