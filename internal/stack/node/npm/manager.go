package npm

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// locks are the lock files and whose they are, in the order of preference where
// several lie in a directory.
var locks = []struct{ file, manager string }{
	{"pnpm-lock.yaml", "pnpm"},
	{"yarn.lock", "yarn"},
	{"bun.lock", "bun"},
	{"bun.lockb", "bun"},
	{"package-lock.json", "npm"},
	{"npm-shrinkwrap.json", "npm"},
}

// PackagesOf decides the package manager: packageManager says it, else the
// lock file, of the service or of the workspace that it is a member of.
func PackagesOf(a *stack.App) stack.Packages {
	t, own := a.Tree, ManifestOf(a.Tree, a.Dir)
	p := stack.Packages{Manager: "npm"}
	if a.Directory().Has("package.json") {
		p.Manifest = "package.json"
	}
	p.Native = own.NeedsOneOf(native...) != ""
	pinned := RawText(own.PackageManager)
	lockDir := a.Dir
	root, found := workspaceOf(t, a.Dir)
	if found && !standsAlone(a, root) {
		lockDir = root.dir
		p.Workspace, p.Members, p.Linked = root.dir, root.members, linked(a, root)
		pinned = cmp.Or(RawText(root.manifest.PackageManager), pinned)
	}
	if manager, version, ok := strings.Cut(pinned, "@"); ok && slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, manager) {
		version, _, _ = strings.Cut(version, "+") // the hash that corepack appends
		p.Manager, p.Version = manager, version
	} else {
		pinned = ""
	}
	var present []string
	for _, lock := range locks {
		if t.Directory(lockDir).Has(lock.file) {
			present = append(present, lock.file)
			if p.Lock == "" && (pinned == "" || lock.manager == p.Manager) {
				p.Manager, p.Lock = lock.manager, lock.file
			}
		}
	}
	lock := path.Join(lockDir, p.Lock)
	if len(present) > 1 {
		a.Note(tree.Evidence{File: lock, Text: "taken of " + strings.Join(present, ", ")})
	}
	if p.Version == "" {
		p.Version = versionOfLock(t, lockDir, p.Manager)
	}
	if p.Lock == "package-lock.json" && isBehind(t, lock, lockedBy(a, p)) {
		a.Note(tree.Evidence{File: lock, Text: "is behind package.json, so npm ci would refuse it"})
		p.Lock = ""
	}
	return p
}

// lockedBy are the packages that the service's lock file is of, by their directory
// as the lock file has it: "" is its own.
func lockedBy(a *stack.App, p stack.Packages) map[string]*Manifest {
	if p.Workspace == "" {
		return map[string]*Manifest{"": ManifestOf(a.Tree, a.Dir)}
	}
	packages := map[string]*Manifest{}
	for _, member := range append([]string{""}, p.Members...) {
		packages[member] = ManifestOf(a.Tree, path.Join(p.Workspace, member))
	}
	return packages
}

var (
	yarnRelease = lazyregexp.New(`(?m)^yarnPath:.*yarn-(\d+\.\d+\.\d+)\.c?js`)
	pnpmLock    = lazyregexp.New(`(?m)^lockfileVersion:\s*['"]?(\d+)`)
)

// versionOfLock is the version of the manager that can read the lock file of a
// directory, where that is not the newest: Yarn 2 and later write another form
// than Yarn 1, and pnpm 9 and later no longer take the old ones as they are.
func versionOfLock(t *tree.Tree, dir, manager string) string {
	f := t.Directory(dir)
	switch {
	case manager == "yarn" && f.Has(".yarnrc.yml"):
		if match := yarnRelease.FindStringSubmatch(t.Text(path.Join(dir, ".yarnrc.yml"))); match != nil {
			return match[1]
		}
		return "4"
	case manager == "yarn" && f.Has("yarn.lock") && strings.Contains(t.Text(path.Join(dir, "yarn.lock")), "\n__metadata:"):
		return "4"
	case manager == "pnpm" && f.Has("pnpm-lock.yaml"):
		match := pnpmLock.FindStringSubmatch(t.Text(path.Join(dir, "pnpm-lock.yaml")))
		if match != nil {
			return map[string]string{"5": "7", "6": "8"}[match[1]]
		}
	}
	return ""
}

// native are packages that compile, or that download what they would else
// compile from places that not every network reaches.
var native = []string{"node-sass", "bcrypt", "canvas", "sqlite3", "better-sqlite3", "argon2", "node-gyp", "usb", "serialport", "libpq", "pg-native", "grpc"}

// isBehind says whether a package-lock.json lacks a package that a package.json
// of its asks for, or has it for another version: `npm ci` refuses such a pair.
func isBehind(t *tree.Tree, lock string, manifests map[string]*Manifest) bool {
	var file struct {
		Packages map[string]json.RawMessage `json:"packages"`
	}
	if json.Unmarshal([]byte(t.LockText(lock)), &file) != nil {
		return true
	}
	if _, found := file.Packages[""]; !found {
		return false // lockfileVersion 1 does not say what was asked for
	}
	for dir, asked := range manifests {
		var locked Manifest
		if json.Unmarshal(file.Packages[dir], &locked) != nil {
			return true
		}
		for _, pair := range []struct{ wanted, locked Texts }{
			{asked.Dependencies, locked.Dependencies}, {asked.DevDependencies, locked.DevDependencies},
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
