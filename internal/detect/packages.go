package detect

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// locks are the lock files and whose they are, in the order of preference where
// several lie in a folder.
var locks = []struct{ file, manager string }{
	{"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"},
	{"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"},
}

// nodePackages decides the package manager: packageManager says it, else the
// lock file, of the service or of the workspace that it is a member of.
func (s *scan) nodePackages(c *candidate) Packages {
	p := Packages{Manager: "npm"}
	folder := s.tree.folders[c.Dir]
	if folder.has("package.json") {
		p.Manifest = "package.json"
	}
	p.Native = c.node.needsOneOf(nativeNode...) != ""
	pinned := rawText(c.node.PackageManager)
	root, member := s.workspaceOf(c.Dir)
	if pinned == "" && member {
		pinned = rawText(root.PackageManager)
	}
	if manager, version, ok := strings.Cut(pinned, "@"); ok && slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, manager) {
		version, _, _ = strings.Cut(version, "+") // the hash that corepack appends
		p.Manager, p.Version = manager, version
	} else {
		pinned = ""
	}
	if member {
		p.Workspace = path.Dir(root.path)
	}
	var present []string
	for _, lock := range locks {
		if folder.has(lock.file) {
			present = append(present, lock.file)
			if p.Lock == "" && (pinned == "" || lock.manager == p.Manager) {
				p.Manager, p.Lock = lock.manager, lock.file
			}
		}
	}
	if len(present) > 1 {
		c.note(Evidence{File: path.Join(c.Dir, p.Lock), Text: "taken of " + strings.Join(present, ", ")})
	}
	if p.Lock == "" && pinned == "" && member {
		for _, lock := range slices.Backward(locks) {
			if s.tree.folders[p.Workspace].has(lock.file) {
				p.Manager = lock.manager
			}
		}
	}
	if p.Version == "" {
		lockDir := c.Dir
		if p.Lock == "" && member {
			lockDir = p.Workspace
		}
		p.Version = s.versionOfLock(lockDir, p.Manager)
	}
	if p.Lock == "package-lock.json" && s.isBehind(c, path.Join(c.Dir, p.Lock)) {
		c.note(Evidence{File: path.Join(c.Dir, p.Lock), Text: "is behind package.json, so npm ci would refuse it"})
		p.Lock = ""
	}
	return p
}

var (
	yarnRelease = regexp.MustCompile(`(?m)^yarnPath:.*yarn-(\d+\.\d+\.\d+)\.c?js`)
	pnpmLock    = regexp.MustCompile(`(?m)^lockfileVersion:\s*['"]?(\d+)`)
)

// versionOfLock is the version of the manager that can read the lock file of a
// folder, where that is not the newest: Yarn 2 and later write another form
// than Yarn 1, and pnpm 9 and later no longer take the old ones as they are.
func (s *scan) versionOfLock(dir, manager string) string {
	f := s.tree.folders[dir]
	switch {
	case manager == "yarn" && f.has(".yarnrc.yml"):
		if match := yarnRelease.FindStringSubmatch(s.tree.files.text(path.Join(dir, ".yarnrc.yml"))); match != nil {
			return match[1]
		}
		return "4"
	case manager == "yarn" && f.has("yarn.lock") && strings.Contains(s.tree.files.text(path.Join(dir, "yarn.lock")), "\n__metadata:"):
		return "4"
	case manager == "pnpm" && f.has("pnpm-lock.yaml"):
		match := pnpmLock.FindStringSubmatch(s.tree.files.text(path.Join(dir, "pnpm-lock.yaml")))
		if match != nil {
			return map[string]string{"5": "7", "6": "8"}[match[1]]
		}
	}
	return ""
}

// nativeNode are packages that compile, or that download what they would else
// compile from places that not every network reaches.
var nativeNode = []string{"node-sass", "bcrypt", "canvas", "sqlite3", "better-sqlite3", "argon2", "node-gyp", "usb", "serialport", "libpq", "pg-native", "grpc"}

// isBehind says whether a package-lock.json lacks a package that package.json
// asks for or asks for it in another version: `npm ci` refuses such a pair.
func (s *scan) isBehind(c *candidate, lock string) bool {
	type root struct {
		Dependencies    versions `json:"dependencies"`
		DevDependencies versions `json:"devDependencies"`
	}
	var file struct {
		Packages map[string]json.RawMessage `json:"packages"`
	}
	if json.Unmarshal([]byte(s.tree.files.upTo(lock, maxLock)), &file) != nil {
		return true
	}
	raw, found := file.Packages[""]
	if !found {
		return false // lockfileVersion 1 does not say what was asked for
	}
	var locked root
	if json.Unmarshal(raw, &locked) != nil {
		return true
	}
	for _, pair := range []struct{ wanted, locked versions }{
		{c.node.Dependencies, locked.Dependencies}, {c.node.DevDependencies, locked.DevDependencies},
	} {
		for name, version := range pair.wanted {
			if got, found := pair.locked[name]; !found || got != version {
				return true
			}
		}
	}
	return false
}

// workspaceOf is the nearest package above that declares a workspace with the folder in it.
func (s *scan) workspaceOf(dir string) (*nodePackage, bool) {
	for above := dir; above != "."; {
		above = path.Dir(above)
		f := s.tree.folders[above]
		if f == nil || !f.has("package.json") {
			continue
		}
		name := path.Join(above, "package.json")
		p, err := parsePackage(name, s.tree.files.text(name))
		if err != nil {
			continue
		}
		if slices.ContainsFunc(s.members(above, p), func(pattern string) bool {
			return matchParts(strings.Split(pattern, "/"), strings.Split(relative(above, dir), "/"))
		}) {
			return p, true
		}
	}
	return nil, false
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
	if s.tree.folders[dir].has("pnpm-workspace.yaml") {
		patterns = append(patterns, pnpmMembers(s.tree.files.text(path.Join(dir, "pnpm-workspace.yaml")))...)
	}
	for i, pattern := range patterns {
		patterns[i] = strings.Trim(strings.TrimPrefix(pattern, "./"), "/")
	}
	return patterns
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
	folder := s.tree.folders[c.Dir]
	p.Manager, p.Manifest = "pip", path.Base(needs.manifest)
	if p.Manifest == "Pipfile" {
		p.Manager = "pipenv"
		if folder.has("Pipfile.lock") {
			p.Lock = "Pipfile.lock"
		}
	}
	if p.Manifest == "pyproject.toml" {
		for _, manager := range pythonManagers {
			if folder.has(manager.lock) {
				p.Manager, p.Lock = manager.manager, manager.lock
			}
		}
		if p.Lock == "" && strings.Contains(s.tree.files.text(needs.manifest), "[tool.poetry") {
			p.Manager = "poetry"
		}
	}
	for _, included := range needs.includes {
		if inside := relative(c.Dir, included); inside != included || c.Dir == "." {
			p.Includes = append(p.Includes, inside)
		}
	}
	p.Native = slices.ContainsFunc(nativePython, needs.needs)
	return p
}

// nativePython are packages that have no wheels and compile against C libraries.
var nativePython = []string{
	"psycopg2", "mysqlclient", "uwsgi", "pycrypto", "python-ldap", "dlib", "pycairo", "xmlsec", "pygraphviz", "pyaudio", "pymssql", "netifaces",
}
