package npm

import (
	"path"
	"strings"
	"testing"
)

// lockSamples are lock files of each manager, of a package that asks for a ^1 and b 2.
var lockSamples = map[string]string{
	"package-lock.json":    `{"lockfileVersion": 2, "packages": {"": {"dependencies": {"a": "^1"}, "devDependencies": {"b": "2"}}, "node_modules/a": {"version": "1.2.3"}, "node_modules/b": {"version": "2.0.0"}, "node_modules/b/node_modules/a": {"version": "0.9.0"}}}`,
	"v1/package-lock.json": `{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.2.3"}, "b": {"version": "2.0.0"}}}`,
	"yarn.lock": `# yarn lockfile v1

a@^1, a@~1.2.0:
  version "1.2.3"
b@2:
  version "2.0.0"
`,
	"berry/yarn.lock": `__metadata:
  version: 8

"a@npm:^1":
  version: 1.2.3

"b@npm:2":
  version: 2.0.0
`,
	"pnpm-lock.yaml": `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      a:
        specifier: ^1
        version: 1.2.3
    devDependencies:
      b:
        specifier: '2'
        version: 2.0.0

packages:

  a@1.2.3:
    resolution: {}

  b@2.0.0(a@1.2.3):
    resolution: {}
`,
	"v6/pnpm-lock.yaml": `lockfileVersion: '6.0'
dependencies:
  a:
    specifier: ^1
    version: 1.2.3
devDependencies:
  b:
    specifier: '2'
    version: 2.0.0
packages:
  /a@1.2.3:
    resolution: {}
  /b@2.0.0:
    resolution: {}
`,
	"v5/pnpm-lock.yaml": `lockfileVersion: 5.4
specifiers:
  a: ^1
  b: '2'
packages:
  /a/1.2.3:
    resolution: {}
  /b/2.0.0_x:
    resolution: {}
`,
	"bun.lock": `{
  "lockfileVersion": 1,
  "workspaces": {"": {"name": "x", "dependencies": {"a": "^1",}, "devDependencies": {"b": "2",},},},
  "packages": {"a": ["a@1.2.3", "", {}, "sha512"], "b": ["b@2.0.0", "", {}, "sha512"],},
}
`,
}

// TestReadLock: every form of a lock file says its versions, and what it was made for.
func TestReadLock(t *testing.T) {
	t.Parallel()
	for name, text := range lockSamples {
		l := readLock(treeOf(t, "-- "+name+" --\n"+text), name)
		if l.versions["a"] != "1.2.3" || l.versions["b"] != "2.0.0" {
			t.Errorf("%s: versions %v", name, l.versions)
		}
		for _, test := range []struct {
			what string
			deps Texts
			want bool
		}{
			{"the same", Texts{"a": "^1"}, false},
			{"one that is missing", Texts{"a": "^1", "c": "1"}, true},
			{"another range", Texts{"a": "^3"}, path.Dir(name) != "v1"},
		} {
			p := &Manifest{Dependencies: test.deps, DevDependencies: Texts{"b": "2"}}
			if got := l.behind(map[string]*Manifest{"": p}); got != test.want {
				t.Errorf("%s: %s: behind is %v, want %v", name, test.what, got, test.want)
			}
		}
	}
}

// TestLockedTwice: of a package that is not at the top, its member's own version counts, else
// the newest, whatever the order.
func TestLockedTwice(t *testing.T) {
	t.Parallel()
	const lock = `-- package-lock.json --
{"packages": {"": {}, "web": {}, "api": {},
  "web/node_modules/next": {"version": "9.5.0"}, "api/node_modules/next": {"version": "14.2.0"}, "b/node_modules/next": {"version": "10.0.0"},
  "node_modules/a": {"version": "1.0.0"}, "api/node_modules/a": {"version": "2.0.0", "engines": {"node": "18"}}}}
`
	for range 20 {
		l := readLock(treeOf(t, lock), "package-lock.json")
		for _, test := range []struct{ dir, name, want string }{
			{"web", "next", "9.5.0"},
			{"api", "next", "14.2.0"},
			{"other", "next", "14.2.0"},
			{".", "next", "14.2.0"},
			{".", "a", "1.0.0"},
			{"web", "a", "1.0.0"},
			{"api", "a", "2.0.0 18"},
		} {
			version, node := l.seenBy(&Manifest{Path: path.Join(test.dir, "package.json")}, test.name)
			if got := strings.TrimSpace(version + " " + node); got != test.want {
				t.Fatalf("%s in %s: %s, want %s", test.name, test.dir, got, test.want)
			}
		}
	}
}

// TestBehind: lock files that are none, and what a lock file need not say.
func TestBehind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, lock, dependency string
		want                   bool
	}{
		{"package-lock.json", `{"packages": `, "1", true},
		{"package-lock.json", `{"packages": {"": []}}`, "1", true},
		{"package-lock.json", `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"optionalDependencies": {"fsevents": "2"}}}}`, "1", true},
		{"package-lock.json", `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"dependencies": {"b": "2"}}, "node_modules/c/node_modules/b": {}}}`, "1", true},
		{"package-lock.json", `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"dependencies": {"b": "2", "c": "1"}}, "node_modules/a/node_modules/b": {"dependencies": {"c": "*"}}, "node_modules/c": {}, "node_modules/d": {"link": true, "dependencies": {"e": "1"}}}}`, "1", false},
		{"package-lock.json", `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {}, "node_modules/w": {"optional": true, "peerDependencies": {"core": "^1"}}, "node_modules/x/node_modules/core": {}}}`, "1", true},
		{"package-lock.json", `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {}, "node_modules/w": {"optional": true, "peerDependencies": {"core": "^1"}}, "node_modules/core": {"version": "2.0.0"}}}`, "1", false},
		{"yarn.lock", "# yarn lockfile v1\n", "file:../a", false},
		{"yarn.lock", "", "1", false},
		{"bun.lock", "{", "1", false},
		{"bun.lockb", "\x00", "1", false},
		{"pnpm-lock.yaml", "overrides:\n  a: 2\nspecifiers:\n  a: 2\n", "1", false},
	} {
		l := readLock(treeOf(t, "-- "+test.name+" --\n"+test.lock), test.name)
		if got := l.behind(map[string]*Manifest{"": {Dependencies: Texts{"a": test.dependency}}}); got != test.want {
			t.Errorf("%s %q: %v, want %v", test.name, test.lock, got, test.want)
		}
	}
}

// TestPeers: the flag that a lock file of npm 7 and later was made with.
func TestPeers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, packages, want string }{
		{"none", `"node_modules/a": {}`, ""},
		{"a peer that fits", `"node_modules/a": {"peerDependencies": {"b": "^2"}}, "node_modules/b": {"version": "2.1.0"}`, ""},
		{"a peer of another version", `"node_modules/a": {"peerDependencies": {"b": "^2"}}, "node_modules/b": {"version": "3.0.0"}`, legacyPeers},
		{"a peer that is missing", `"node_modules/a": {"peerDependencies": {"b": "*"}}`, legacyPeers},
		{"one that may be missing", `"node_modules/a": {"peerDependencies": {"b": "*"}, "peerDependenciesMeta": {"b": {"optional": true}}}`, ""},
		{"a peer that an optional package lacks", `"node_modules/a": {"optional": true, "peerDependencies": {"b": "*"}}, "node_modules/c": {"peer": true}`, ""},
		{"a peer of its own", `"node_modules/c/node_modules/a": {"peerDependencies": {"b": "2"}}, "node_modules/c/node_modules/b": {"version": "2.0.0"}, "node_modules/b": {"version": "3.0.0"}`, ""},
		{"a peer above a member", `"apps/x/node_modules/a": {"peerDependencies": {"b": "2"}}, "node_modules/b": {"version": "2.0.0"}`, ""},
		{"forced", `"node_modules/a": {"peerDependencies": {"b": "^2"}}, "node_modules/b": {"version": "3.0.0"}, "node_modules/c": {"peer": true}`, forcePeers},
	} {
		l := readLock(treeOf(t, "-- package-lock.json --\n{\"packages\": {\"\": {}, "+test.packages+"}}"), "package-lock.json")
		if l.peers != test.want {
			t.Errorf("%s: %q, want %q", test.name, l.peers, test.want)
		}
	}
}
