package detect

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// locks are the lock files and whose they are, in the order of preference where
// several lie in a folder.
var locks = []struct{ file, manager string }{
	{"pnpm-lock.yaml", "pnpm"},
	{"yarn.lock", "yarn"},
	{"bun.lock", "bun"},
	{"bun.lockb", "bun"},
	{"package-lock.json", "npm"},
	{"npm-shrinkwrap.json", "npm"},
}

// nodePackages decides the package manager: packageManager says it, else the
// lock file, of the service or of the workspace that it is a member of.
func (s *scan) nodePackages(c *candidate) Packages {
	p := Packages{Manager: "npm"}
	folder := s.tree.Folder(c.Dir)
	if folder.Has("package.json") {
		p.Manifest = "package.json"
	}
	p.Native = c.node.needsOneOf(nativeNode...) != ""
	pinned := rawText(c.node.PackageManager)
	lockDir := c.Dir
	root, found := s.workspaceOf(c.Dir)
	if found && !s.standsAlone(c, root) {
		lockDir = root.dir
		p.Workspace, p.Members, p.Linked = root.dir, root.members, s.linked(c, root)
		pinned = cmp.Or(rawText(root.manifest.PackageManager), pinned)
	}
	if manager, version, ok := strings.Cut(pinned, "@"); ok && slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, manager) {
		version, _, _ = strings.Cut(version, "+") // the hash that corepack appends
		p.Manager, p.Version = manager, version
	} else {
		pinned = ""
	}
	var present []string
	for _, lock := range locks {
		if s.tree.Folder(lockDir).Has(lock.file) {
			present = append(present, lock.file)
			if p.Lock == "" && (pinned == "" || lock.manager == p.Manager) {
				p.Manager, p.Lock = lock.manager, lock.file
			}
		}
	}
	lock := path.Join(lockDir, p.Lock)
	if len(present) > 1 {
		c.note(Evidence{File: lock, Text: "taken of " + strings.Join(present, ", ")})
	}
	if p.Version == "" {
		p.Version = s.versionOfLock(lockDir, p.Manager)
	}
	if p.Lock == "package-lock.json" && s.isBehind(lock, s.lockedBy(c, p)) {
		c.note(Evidence{File: lock, Text: "is behind package.json, so npm ci would refuse it"})
		p.Lock = ""
	}
	return p
}

// lockedBy are the packages that the service's lock file is of, by their folder
// as the lock file has it: "" is its own.
func (s *scan) lockedBy(c *candidate, p Packages) map[string]*nodePackage {
	if p.Workspace == "" {
		return map[string]*nodePackage{"": c.node}
	}
	packages := map[string]*nodePackage{}
	for _, member := range append([]string{""}, p.Members...) {
		name := path.Join(p.Workspace, member, "package.json")
		packages[member], _ = parsePackage(name, s.tree.Text(name)) // broken: as if it were empty
	}
	return packages
}

var (
	yarnRelease = lazyregexp.New(`(?m)^yarnPath:.*yarn-(\d+\.\d+\.\d+)\.c?js`)
	pnpmLock    = lazyregexp.New(`(?m)^lockfileVersion:\s*['"]?(\d+)`)
)

// versionOfLock is the version of the manager that can read the lock file of a
// folder, where that is not the newest: Yarn 2 and later write another form
// than Yarn 1, and pnpm 9 and later no longer take the old ones as they are.
func (s *scan) versionOfLock(dir, manager string) string {
	f := s.tree.Folder(dir)
	switch {
	case manager == "yarn" && f.Has(".yarnrc.yml"):
		if match := yarnRelease.FindStringSubmatch(s.tree.Text(path.Join(dir, ".yarnrc.yml"))); match != nil {
			return match[1]
		}
		return "4"
	case manager == "yarn" && f.Has("yarn.lock") && strings.Contains(s.tree.Text(path.Join(dir, "yarn.lock")), "\n__metadata:"):
		return "4"
	case manager == "pnpm" && f.Has("pnpm-lock.yaml"):
		match := pnpmLock.FindStringSubmatch(s.tree.Text(path.Join(dir, "pnpm-lock.yaml")))
		if match != nil {
			return map[string]string{"5": "7", "6": "8"}[match[1]]
		}
	}
	return ""
}

// nativeNode are packages that compile, or that download what they would else
// compile from places that not every network reaches.
var nativeNode = []string{"node-sass", "bcrypt", "canvas", "sqlite3", "better-sqlite3", "argon2", "node-gyp", "usb", "serialport", "libpq", "pg-native", "grpc"}

// isBehind says whether a package-lock.json lacks a package that a package.json
// of its asks for, or has it for another version: `npm ci` refuses such a pair.
func (s *scan) isBehind(lock string, manifests map[string]*nodePackage) bool {
	var file struct {
		Packages map[string]json.RawMessage `json:"packages"`
	}
	if json.Unmarshal([]byte(s.tree.LockText(lock)), &file) != nil {
		return true
	}
	if _, found := file.Packages[""]; !found {
		return false // lockfileVersion 1 does not say what was asked for
	}
	for dir, manifest := range manifests {
		var locked nodePackage
		if json.Unmarshal(file.Packages[dir], &locked) != nil {
			return true
		}
		for _, pair := range []struct{ wanted, locked versions }{
			{manifest.Dependencies, locked.Dependencies}, {manifest.DevDependencies, locked.DevDependencies},
		} {
			for name, version := range pair.wanted {
				if got, found := pair.locked[name]; !found || got != version {
					return true
				}
			}
		}
	}
	return false
}

// pythonManagers are the lock files of Python's package managers.
var pythonManagers = []struct{ lock, manager string }{
	{"uv.lock", "uv"}, {"poetry.lock", "poetry"},
}

func (s *scan) pythonPackages(c *candidate) Packages {
	var p Packages
	needs := c.python.needs
	if needs == nil {
		return p
	}
	folder := s.tree.Folder(c.Dir)
	p.Manager, p.Manifest = "pip", path.Base(needs.manifest)
	if p.Manifest == "Pipfile" {
		p.Manager = "pipenv"
		if folder.Has("Pipfile.lock") {
			p.Lock = "Pipfile.lock"
		}
	}
	if p.Manifest == "pyproject.toml" {
		for _, manager := range pythonManagers {
			if folder.Has(manager.lock) {
				p.Manager, p.Lock = manager.manager, manager.lock
			}
		}
		if p.Lock == "" && strings.Contains(s.tree.Text(needs.manifest), "[tool.poetry") {
			p.Manager = "poetry"
		}
	}
	for _, included := range needs.includes {
		if tree.IsBelow(c.Dir, included) {
			p.Includes = append(p.Includes, tree.Relative(c.Dir, included))
		} else {
			c.remark(tree.At(needs.manifest, 0, "takes in "+included+", which lies outside of "+c.Dir+": a build cannot read it there, so put a copy beside it or build: with the folder above as context"))
		}
	}
	p.Native = slices.ContainsFunc(nativePython, needs.needs)
	return p
}

// nativePython are packages that have no wheels and compile against C libraries.
var nativePython = []string{
	"psycopg2", "mysqlclient", "uwsgi", "pycrypto", "python-ldap", "dlib", "pycairo", "xmlsec", "pygraphviz", "pyaudio", "pymssql", "netifaces",
}
