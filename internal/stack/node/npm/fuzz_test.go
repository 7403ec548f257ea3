package npm

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/tree"
)

// FuzzManifest: whatever a package.json holds, its scripts end, and evidence lies within it.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		`{"scripts": {"dev": "npm run dev", "start": "yarn dev"}}`, `{"engines": {"node": ">=99999999999999999999"}}`, `{"main": "../../a.js", "workspaces": {"packages": "a"}}`,
		`[]`, `{"dependencies": {"react-scripts": "^^4", "node-sass": ""}, "packageManager": "yarn@"}`, "{",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseManifest("package.json", text)
		if err != nil {
			return
		}
		p.Script("start")
		if limit, why := limitOf(p, lock{}); limit < 10 || why.Line > strings.Count(text, "\n")+1 {
			t.Errorf("Node %d by %+v", limit, why)
		}
	})
}

// FuzzPnpmMembers: a pnpm-workspace.yaml of any form names members, or none.
func FuzzPnpmMembers(f *testing.F) {
	for _, seed := range []string{"packages:\n  - a\n  - '!b/**'\n", "packages: {a: b}", "&a [*a]", "packages: [1, null, [a]]", "\x00"} {
		f.Add(seed, "libs/a")
	}
	f.Fuzz(func(t *testing.T, text, dir string) {
		patterns := pnpmMembers(text)
		if isMember(patterns, path.Clean(dir)) && len(patterns) == 0 {
			t.Errorf("%q is a member of nothing", dir)
		}
	})
}

// FuzzLock: a lock file of any form is read without a crash, and what it holds fits itself.
func FuzzLock(f *testing.F) {
	for name, text := range lockSamples {
		f.Add(name, text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		files := fstest.MapFS{name: {Data: []byte(text)}}
		if !fs.ValidPath(name) {
			return
		}
		root, err := tree.Walk(files, tree.Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return true }})
		if err != nil {
			return
		}
		l := readLock(root, name)
		l.behind(map[string]*Manifest{"": {Dependencies: Texts{"a": "^1"}}})
		for name := range l.versions {
			if name == "" {
				t.Error("a package without a name")
			}
		}
	})
}
