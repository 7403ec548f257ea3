package rust

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// newest is the release of Rust for a crate that pins none, as of November 2026. A crate's
// rust-version is the oldest that builds it.
const newest = "1.95"

// crate is what counts of a Cargo.toml.
type crate struct {
	Package struct {
		Name       string `toml:"name"`
		DefaultRun string `toml:"default-run"`
	} `toml:"package"`
	Bin          []program      `toml:"bin"`
	Dependencies map[string]any `toml:"dependencies"`
	Workspace    struct {
		Members      []string       `toml:"members"`
		Exclude      []string       `toml:"exclude"`
		Dependencies map[string]any `toml:"dependencies"`
	} `toml:"workspace"`

	text string
	tree *tree.Tree
	dir  string
}

type program struct {
	Name string `toml:"name"`
	Path string `toml:"path"`
}

// crateOf reads the Cargo.toml of a directory; nil where there is none that can be read.
func crateOf(t *tree.Tree, dir string) *crate {
	c := &crate{text: t.Text(path.Join(dir, "Cargo.toml")), tree: t, dir: dir}
	if c.text == "" || toml.Unmarshal([]byte(c.text), c) != nil {
		return nil
	}
	return c
}

// programs are those that cargo builds, the one that it runs first: what the manifest names,
// src/main.rs, and the files of src/bin.
func (c *crate) programs() []program {
	var all []program
	for _, b := range c.Bin {
		if b.Name != "" {
			if b.Path == "" {
				b.Path = "src/bin/" + b.Name + ".rs"
			}
			all = append(all, b)
		}
	}
	add := func(name, file string) {
		if c.tree.Has(path.Join(c.dir, file)) && !slices.ContainsFunc(all, func(p program) bool { return p.Name == name || path.Clean(p.Path) == file }) {
			all = append(all, program{name, file})
		}
	}
	add(c.Package.Name, "src/main.rs")
	f := c.tree.Directory(path.Join(c.dir, "src/bin"))
	for _, name := range f.Names {
		if stem, ok := strings.CutSuffix(name, ".rs"); ok {
			add(stem, "src/bin/"+name)
		}
	}
	for _, sub := range f.Subs {
		add(path.Base(sub), path.Join("src/bin", path.Base(sub), "main.rs"))
	}
	rank := func(p program) int {
		switch {
		case p.Name == c.Package.DefaultRun:
			return 0
		case path.Clean(p.Path) == "src/main.rs":
			return 1
		case stack.HasOne(p.Name, "server", "api", "web"):
			return 2
		}
		return 3
	}
	slices.SortStableFunc(all, func(a, b program) int { return rank(a) - rank(b) })
	return all
}

// line is where the manifest names a crate.
func (c *crate) line(name string) int {
	for i, line := range strings.Split(c.text, "\n") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), name); ok && strings.HasPrefix(strings.TrimLeft(rest, ` ".`), "=") {
			return i + 1
		}
	}
	return 1
}

// packagesOf says from which directory the image is built: that of the workspace, or one that
// holds what the crate depends on by path.
func packagesOf(a *stack.App, c *crate) stack.Packages {
	p := stack.Packages{Manager: "cargo", Manifest: "Cargo.toml"}
	top := workspaceOf(a.Tree, a.Dir)
	crates := cratesOf(a.Tree, c, crateOf(a.Tree, top))
	for _, to := range crates {
		for top != "." && top != to && !tree.IsBelow(top, to) {
			top = path.Dir(top)
		}
	}
	if top != a.Dir {
		p.Workspace = top
		p.Members = []string{tree.Relative(top, a.Dir)}
		for _, dir := range crates {
			p.Linked = append(p.Linked, tree.Relative(top, dir))
		}
	}
	for _, dir := range []string{a.Dir, top} {
		if a.Tree.Exists(path.Join(dir, ".sqlx")) || a.Tree.Exists(path.Join(dir, "sqlx-data.json")) {
			p.Includes = []string{offlineQueries}
		}
	}
	if top == a.Dir && len(c.Workspace.Members) == 0 && a.Entry != "" {
		p.Includes = append(p.Includes, path.Clean(a.Entry))
	}
	if a.Tree.Has(path.Join(top, "Cargo.lock")) {
		p.Lock = "Cargo.lock"
	}
	return p
}

// cratesOf are the directories of the crates that a crate depends on by path, directly or through
// others, sorted. A workspace may say the path for its members.
func cratesOf(t *tree.Tree, c, workspace *crate) []string {
	var all []string
	open := []*crate{c}
	for len(open) > 0 && len(all) < maxCrates {
		from := open[0]
		open = open[1:]
		for name, dependency := range from.Dependencies {
			fields, _ := dependency.(map[string]any)
			to, base := pathIn(fields), from.dir
			if fields["workspace"] == true && workspace != nil {
				shared, _ := workspace.Workspace.Dependencies[name].(map[string]any)
				to, base = pathIn(shared), workspace.dir
			}
			dir := path.Join(base, to)
			if to == "" || strings.HasPrefix(dir, "..") || dir == c.dir || slices.Contains(all, dir) {
				continue
			}
			if next := crateOf(t, dir); next != nil {
				all, open = append(all, dir), append(open, next)
			}
		}
	}
	slices.Sort(all)
	return all
}

func pathIn(fields map[string]any) string {
	to, _ := fields["path"].(string)
	return to
}

// maxCrates bounds how far paths between crates are followed.
const maxCrates = 50

// workspaceOf is the directory of the workspace that the crate is a member of, or its own.
func workspaceOf(t *tree.Tree, dir string) string {
	for at := dir; at != "."; {
		at = path.Dir(at)
		c := crateOf(t, at)
		if c == nil || len(c.Workspace.Members) == 0 {
			continue
		}
		below := strings.Split(tree.Relative(at, dir), "/")
		for _, pattern := range c.Workspace.Members {
			if tree.MatchParts(strings.Split(path.Clean(pattern), "/"), below) {
				return at
			}
		}
	}
	return dir
}

var channel = lazyregexp.New(`(?m)^\s*channel\s*=\s*["']([^"']+)["']`)

// version is the release that rust-toolchain pins. Its words (stable, nightly) name none.
func version(a *stack.App) (string, tree.Evidence) {
	for _, file := range a.VersionFiles("rust", "rust-toolchain.toml", "rust-toolchain", ".tool-versions") {
		named := file.Text
		text := a.Tree.Text(file.File)
		if match := channel.FindStringSubmatchIndex(text); match != nil {
			named, file.Line = stack.Group(text, match, 1), tree.LineAt(text, match[2])
		}
		if pinned := stack.PlainVersion(named); pinned != "" {
			file.Text = "channel " + pinned
			return pinned, file
		}
	}
	return newest, tree.Evidence{Text: "the newest Rust"}
}

// offlineQueries is where sqlx keeps what it has to know of a database.
const offlineQueries = ".sqlx"

// wants is what a Cargo.toml says of a crate.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.Match(read("Cargo.toml"), `(?m)^\s*`+name+`\s*=\s*(?:\{[^}\n]*version\s*=\s*)?["']?([^"'\n]*)`)
}

// image is the official image with the usual libraries for builds, and the Debian release in
// its tag.
func image(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return image(newest)
	case whole:
		return "rust:" + tag
	}
	return "rust:" + tag + "-bookworm"
}

// installation is what the template reads as .Install.
type installation struct {
	Sources untrusted.Inert   // names of files after whose edit the program is built again, as find takes them
	Build   untrusted.Inert   // the command that builds it for development, for sh
	Program untrusted.Inert   // the name of the built program, for sh
	Tools   []untrusted.Inert // the commands that install what setup steps need, for sh
	Entry   untrusted.Inert   // its source, for sh; empty where cargo needs more than Cargo.toml and that
	Offline bool              // sqlx checks its queries with what the repository holds of the database
}

// copies are none: cargo compiles crates with the source alone.
func copies(*untrusted.Quoter, stack.Service) []untrusted.Inert { return nil }

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	v := installation{
		Sources: `-name "*.rs" -o -name "Cargo.*" -o -name "*.html" -o -name "*.hbs" -o -name "*.tera" -o -name "*.j2" -o -name "*.sql" -o -name "*.toml" -o -name "*.yaml" -o -name ".env"`,
		Build:   "cargo build",
		Tools:   stack.Tools(q, s),
		Offline: slices.Contains(s.Packages.Includes, offlineQueries),
	}
	if build := stack.Rebuild(s.Dev); build != nil {
		v.Build = q.Shell(build...)
	}
	v.Program = q.Shell(cmp.Or(s.Module, s.Name))
	for _, file := range s.Packages.Includes {
		if path.Ext(file) == ".rs" {
			v.Entry = q.Shell(file)
		}
	}
	return v
}
