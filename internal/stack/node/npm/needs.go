package npm

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// native are packages that compile, or that download what they would else
// compile from places that not every network reaches.
var native = []string{
	"node-sass", "bcrypt", "canvas", "sqlite3", "better-sqlite3", "argon2", "node-gyp", "usb", "serialport", "libpq", "pg-native", "grpc",
	"couchbase", "deasync", "fibers", "iconv", "kerberos", "leveldown", "libxmljs", "libxmljs2", "node-expat", "node-rdkafka", "oracledb", "re2", "zeromq",
}

// system are the Debian packages that a package needs, by its own documentation. Sources:
// https://www.prisma.io/docs/orm/reference/system-requirements, https://github.com/Automattic/node-canvas#compiling,
// https://github.com/brianc/node-pg-native#install, https://github.com/Blizzard/node-rdkafka#requirements,
// https://github.com/pkrumins/node-tree-kill (runs ps, which slim images lack, to stop what it started before it starts it again).
var system = map[string][]string{
	"prisma":         {"openssl"},
	"@prisma/client": {"openssl"},
	"canvas":         {"libcairo2-dev", "libgif-dev", "libjpeg-dev", "libpango1.0-dev", "librsvg2-dev"},
	"pg-native":      {"libpq-dev"},
	"libpq":          {"libpq-dev"},
	"kerberos":       {"libkrb5-dev"},
	"node-rdkafka":   {"libsasl2-dev", "libssl-dev"},
	"@nestjs/cli":    {"procps"}, // tree-kill
	"concurrently":   {"procps"}, // tree-kill
	"ts-node-dev":    {"procps"}, // tree-kill
	"tsc-watch":      {"procps"}, // tree-kill
	"npm-run-all":    {"procps"}, // pidtree
	"npm-run-all2":   {"procps"}, // pidtree
}

// fromGit are ranges that npm answers by a clone.
var fromGit = lazyregexp.New(`^(?:git[+:]|github:|gitlab:|bitbucket:|[\w-]+/[\w.-]+(?:#.*)?$)`)

// needs is what the installation needs besides the files that say which packages.
func (v *project) needs(p *stack.Packages) {
	v.compiled(p)
	v.byPath(p)
	v.early(p, v.inside...)
	for _, name := range []string{"patches", ".yarn/patches", ".yarn/plugins"} {
		if v.Tree.Exists(path.Join(v.dir, name)) && (name == "patches" || p.Manager == "yarn") {
			v.early(p, name)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(v.packages)) {
		v.lifecycle(p, dir)
	}
	v.prisma(p)
	p.System = sortedSet(p.System)
	if p.Early = sortedSet(p.Early); slices.Contains(p.Early, ".") {
		p.Early = []string{"."}
	}
}

// early adds what the installation reads, given below the directory of the lock file.
func (v *project) early(p *stack.Packages, names ...string) {
	for _, name := range names {
		p.Early = append(p.Early, path.Join(v.below(*p), name))
	}
}

// below is the directory of the lock file below the build context.
func (v *project) below(p stack.Packages) string {
	if p.Above == "" {
		return ""
	}
	return tree.Relative(p.Above, v.dir)
}

func sortedSet(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// compiled says what has to be compiled, and with which libraries.
func (v *project) compiled(p *stack.Packages) {
	for _, m := range v.packages {
		p.Native = p.Native || m.NeedsOneOf(native...) != ""
		for name, packages := range system {
			if _, needed := m.Needs(name); needed && (name != "canvas" || versions.Less(numberOf(m, v.lock, name), []int{3})) {
				p.System = append(p.System, packages...)
			}
		}
		if slices.ContainsFunc(m.ranges(), fromGit.MatchString) {
			p.System = append(p.System, "ca-certificates", "git")
		}
	}
	for _, name := range native {
		p.Native = p.Native || name != "node-gyp" && v.lock.versions[name] != ""
	}
}

var aPath = lazyregexp.New(`^(?:(?:file|link|portal):|(\.\.?/))(.*)$`)

// byPath finds the packages that are taken by their path: below the directory of the lock file
// they are copied before the installation, above it the image is built from where both lie.
func (v *project) byPath(p *stack.Packages) {
	for _, dir := range slices.Sorted(maps.Keys(v.packages)) {
		m := v.packages[dir]
		for _, some := range []Texts{m.Dependencies, m.DevDependencies} {
			for _, name := range slices.Sorted(maps.Keys(some)) {
				version := some[name]
				match := aPath.FindStringSubmatch(version)
				if match == nil || path.IsAbs(match[2]) {
					continue
				}
				target := path.Join(v.dir, dir, match[1]+match[2])
				switch {
				case strings.HasPrefix(target, "..") || !v.Tree.Exists(target):
					v.Remark(m.At(name, "it takes "+name+" from "+version+", which is not in this repository"), "put "+name+" into the repository, or take it from a registry")
				case slices.Contains(p.Members, tree.Relative(v.dir, target)) || target == v.dir:
				case tree.IsBelow(v.dir, target):
					v.inside = append(v.inside, tree.Relative(v.dir, target))
				case p.Workspace == "":
					p.Outside = append(p.Outside, target)
				}
			}
		}
	}
	if p.Outside = sortedSet(p.Outside); len(p.Outside) == 0 {
		return
	}
	p.Above = path.Dir(v.dir)
	for !slices.ContainsFunc(p.Outside, func(dir string) bool { return tree.IsBelow(p.Above, dir) }) {
		p.Above = path.Dir(p.Above)
	}
	for i, dir := range p.Outside {
		p.Outside[i] = tree.Relative(p.Above, dir)
	}
	v.Note(tree.Evidence{File: path.Join(v.dir, "package.json"), Text: "takes " + strings.Join(p.Outside, ", ") + " by its path"})
}

var (
	// gitHooks are commands that set up git alone, which an image lacks.
	gitHooks = lazyregexp.New(`^(?:npx )?(?:husky|lefthook|simple-git-hooks|git|pre-commit|is-ci)\b`)
	// ofNoFile are commands that read nothing of the source, or that do their work again at each start.
	ofNoFile = lazyregexp.New(`^(?:npx )?(?:patch-package|prisma generate|nuxi prepare|nuxt prepare|only-allow|opencollective\S*|ngcc|rimraf)(?:\s|$)`)
	noWork   = lazyregexp.New(`^(?:echo|true|exit|test|\[|:)(?:\s|$)|^$`)
	parts    = lazyregexp.New(`&&|\|\||[;|]`)
)

// lifecycle looks at the scripts that run while the packages of a directory are installed.
// Those that only set up git are left out; those that read the source have it copied first.
func (v *project) lifecycle(p *stack.Packages, dir string) {
	m := v.packages[dir]
	for _, name := range []string{"preinstall", "install", "postinstall", "prepare"} {
		text := m.Script(name)
		if text == "" {
			continue
		}
		hooks, source, other := false, false, false
		for _, part := range parts.Split(text, -1) {
			switch part = strings.TrimSpace(part); {
			case noWork.MatchString(part):
			case gitHooks.MatchString(part):
				hooks = true
			case ofNoFile.MatchString(part):
				other = true
			default:
				source = true
			}
		}
		switch {
		case hooks && !source && !other:
			p.Hooks = append(p.Hooks, stack.Step{Dir: path.Join(v.below(*p), dir), Command: []string{"npm", "pkg", "delete", "scripts." + name}})
			continue
		case source:
			v.early(p, ".")
			v.Note(m.At(name, fmt.Sprintf("%s reads the source, which is copied before the packages are installed", name)))
		}
		p.Whole = p.Whole || source || other // its program may be one that only development has
	}
}

// running is a program of a package, as a package manager runs it.
func running(manager string, words ...string) []string {
	switch manager {
	case "yarn":
		return append([]string{"yarn"}, words...)
	case "pnpm":
		return append([]string{"pnpm", "exec"}, words...)
	case "bun":
		return append([]string{"bunx"}, words...)
	}
	return append([]string{"npx"}, words...)
}
