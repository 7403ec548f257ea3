package npm

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

// explained is how packages are installed, in one line.
func explained(p stack.Packages) string {
	text := p.Manager
	if p.Version != "" {
		text += "@" + p.Version
	}
	for _, part := range []struct{ name, value string }{
		{"of", p.Manifest}, {"lock", p.Lock}, {"workspace", p.Workspace}, {"members", strings.Join(p.Members, ",")}, {"linked", strings.Join(p.Linked, ",")},
	} {
		if part.value != "" {
			text += " " + part.name + " " + part.value
		}
	}
	if p.Native {
		text += " native"
	}
	return text
}

// TestPackages: which package manager installs a service, and from which lock file.
func TestPackages(t *testing.T) {
	t.Parallel()
	const plain = "-- package.json --\n{}\n"
	for _, test := range []struct{ name, files, want, note string }{
		{"nothing", "-- a.js --\n", "npm", ""},
		{"a package.json", plain, "npm of package.json", ""},
		{"npm's lock file", plain + "-- package-lock.json --\n{}\n", "npm of package.json lock package-lock.json", ""},
		{"npm's older lock file", plain + "-- npm-shrinkwrap.json --\n{}\n", "npm of package.json lock npm-shrinkwrap.json", ""},
		{"Yarn 1", plain + "-- yarn.lock --\n# yarn lockfile v1\n", "yarn of package.json lock yarn.lock", ""},
		{"Yarn 4 by its lock file", plain + "-- yarn.lock --\n# x\n\n__metadata:\n  version: 8\n", "yarn@4 of package.json lock yarn.lock", ""},
		{"Yarn 3 by its release", plain + "-- yarn.lock --\n-- .yarnrc.yml --\nnodeLinker: x\nyarnPath: .yarn/releases/yarn-3.6.1.cjs\n", "yarn@3.6.1 of package.json lock yarn.lock", ""},
		{"Yarn 4 by its settings", plain + "-- yarn.lock --\n-- .yarnrc.yml --\nnodeLinker: x\n", "yarn@4 of package.json lock yarn.lock", ""},
		{"pnpm 7", plain + "-- pnpm-lock.yaml --\nlockfileVersion: 5.4\n", "pnpm@7 of package.json lock pnpm-lock.yaml", ""},
		{"pnpm 8", plain + "-- pnpm-lock.yaml --\nlockfileVersion: '6.0'\n", "pnpm@8 of package.json lock pnpm-lock.yaml", ""},
		{"pnpm 9", plain + "-- pnpm-lock.yaml --\nlockfileVersion: '9.0'\n", "pnpm of package.json lock pnpm-lock.yaml", ""},
		{"pnpm's lock file without a version", plain + "-- pnpm-lock.yaml --\nx: 5\n", "pnpm of package.json lock pnpm-lock.yaml", ""},
		{"bun", plain + "-- bun.lockb --\n", "bun of package.json lock bun.lockb", ""},
		{"packageManager", `{"packageManager": "pnpm@9.1.0+sha512.abc"}`, "pnpm@9.1.0 of package.json", ""},
		{"packageManager before a lock file of another", "-- package.json --\n{\"packageManager\": \"yarn@1.22.0\"}\n-- package-lock.json --\n{}\n", "yarn@1.22.0 of package.json", ""},
		{"packageManager of none that is known", "-- package.json --\n{\"packageManager\": \"cnpm@9.1.0\"}\n-- yarn.lock --\n", "yarn of package.json lock yarn.lock", ""},
		{"packageManager without a version", `{"packageManager": "yarn"}`, "npm of package.json", ""},
		{"packageManager that is no text", `{"packageManager": {"yarn": 1}}`, "npm of package.json", ""},
		{"several lock files", plain + "-- package-lock.json --\n{}\n-- yarn.lock --\n", "yarn of package.json lock yarn.lock", "yarn.lock taken of yarn.lock, package-lock.json"},
		{"several lock files and packageManager", "-- package.json --\n{\"packageManager\": \"npm@10.0.0\"}\n-- package-lock.json --\n{}\n-- yarn.lock --\n", "npm@10.0.0 of package.json lock package-lock.json", "package-lock.json taken of yarn.lock, package-lock.json"},
		{"a package that compiles", `{"devDependencies": {"bcrypt": "5"}}`, "npm of package.json native", ""},
		{"a lock file that is behind", "-- package.json --\n{\"dependencies\": {\"a\": \"1\"}}\n-- package-lock.json --\n{\"packages\": {\"\": {}}}\n", "npm of package.json", "package-lock.json is behind package.json, so npm ci would refuse it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, ".")
			if got := explained(PackagesOf(a)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			var notes []string
			for _, e := range a.Evidence {
				notes = append(notes, e.File+" "+e.Text)
			}
			if got := strings.Join(notes, "|"); got != test.note {
				t.Errorf("notes %q, want %q", got, test.note)
			}
		})
	}
}

// TestBehind: a lock file that `npm ci` would refuse.
func TestBehind(t *testing.T) {
	t.Parallel()
	const asked = `{"dependencies": {"a": "^1.0.0"}, "devDependencies": {"b": "2"}}`
	for _, test := range []struct {
		name, lock string
		want       bool
	}{
		{"the same", `{"packages": {"": {"dependencies": {"a": "^1.0.0"}, "devDependencies": {"b": "2"}}}}`, false},
		{"more than was asked for", `{"packages": {"": {"dependencies": {"a": "^1.0.0", "c": "1"}, "devDependencies": {"b": "2"}}}}`, false},
		{"one of a version that was asked for before", `{"packages": {"": {"dependencies": {"a": "^0.9.0"}, "devDependencies": {"b": "2"}}}}`, true},
		{"one that is missing", `{"packages": {"": {"dependencies": {"a": "^1.0.0"}}}}`, true},
		{"one that moved", `{"packages": {"": {"dependencies": {"a": "^1.0.0", "b": "2"}}}}`, true},
		{"of npm 6, which does not say what was asked for", `{"dependencies": {"a": {"version": "0.1.0"}}}`, false},
		{"broken", `{"packages": `, true},
		{"of another form", `{"packages": {"": []}}`, true},
	} {
		root := treeOf(t, "-- package.json --\n"+asked+"\n-- package-lock.json --\n"+test.lock)
		if got := isBehind(root, "package-lock.json", map[string]*Manifest{"": ManifestOf(root, ".")}); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// monorepo is a workspace of an app and three libraries, of which one uses another.
const monorepo = `-- package.json --
{"workspaces": ["apps/*", "./libs/**", "!libs/old"], "packageManager": "npm@10.1.0"}
-- package-lock.json --
{"packages": {"": {}, "apps/web": {"dependencies": {"@x/ui": "*"}}, "libs/ui": {"dependencies": {"@x/core": "*"}, "devDependencies": {"web": "*"}}, "libs/deep/core": {"dependencies": {"@x/ui": "*"}}}}
-- apps/web/package.json --
{"name": "web", "dependencies": {"@x/ui": "*"}}
-- apps/deep/er/package.json --
{"name": "er"}
-- libs/ui/package.json --
{"name": "@x/ui", "dependencies": {"@x/core": "*"}, "devDependencies": {"web": "*"}}
-- libs/deep/core/package.json --
{"name": "@x/core", "dependencies": {"@x/ui": "*"}}
-- libs/old/package.json --
{"name": "@x/old"}
-- tools/package.json --
{"name": "tools"}
`

// TestWorkspace: which directories are installed together, and from where.
func TestWorkspace(t *testing.T) {
	t.Parallel()
	const members = "members apps/web,libs/deep/core,libs/ui"
	for _, test := range []struct{ name, files, dir, want string }{
		{"a member", monorepo, "apps/web", "npm@10.1.0 of package.json lock package-lock.json workspace . " + members + " linked libs/deep/core,libs/ui"},
		{"the root", monorepo, ".", "npm@10.1.0 of package.json lock package-lock.json workspace . " + members},
		{"a lock file that lacks what a member asks for", strings.Replace(monorepo, `"libs/deep/core": {"dependencies": {"@x/ui": "*"}}`, `"libs/deep/core": {}`, 1), ".", "npm@10.1.0 of package.json workspace . " + members},
		{"no member", monorepo, "tools", "npm of package.json"},
		{"what a pattern leaves out", monorepo, "libs/old", "npm of package.json"},
		{"below what a star stands for", monorepo, "apps/deep/er", "npm of package.json"},
		{"nested patterns", "-- package.json --\n{\"workspaces\": {\"packages\": [\"a/\"]}}\n-- a/package.json --\n{}\n", "a", "npm of package.json workspace . members a"},
		{"patterns of another form", "-- package.json --\n{\"workspaces\": 3}\n-- a/package.json --\n{}\n", "a", "npm of package.json"},
		{"a root that is broken", "-- package.json --\n{\"workspaces\": [\"a\"]\n-- a/package.json --\n{}\n", "a", "npm of package.json"},
		{"pnpm", "-- js/package.json --\n{}\n-- js/pnpm-workspace.yaml --\npackages:\n  - 'a'\n  - 5\n-- js/pnpm-lock.yaml --\nlockfileVersion: 5\n-- js/a/package.json --\n{}\n", "js/a", "pnpm@7 of package.json lock pnpm-lock.yaml workspace js members a"},
		{"pnpm without a package.json", "-- pnpm-workspace.yaml --\npackages: [a]\n-- a/package.json --\n{}\n", "a", "npm of package.json"},
		{"pnpm, broken", "-- package.json --\n{}\n-- pnpm-workspace.yaml --\npackages: {\n-- a/package.json --\n{}\n", "a", "npm of package.json"},
		{"a member with the only lock file", "-- package.json --\n{\"workspaces\": [\"a\"]}\n-- a/package.json --\n{}\n-- a/yarn.lock --\n", "a", "yarn of package.json lock yarn.lock"},
		{"a member with a lock file of its own besides", "-- package.json --\n{\"workspaces\": [\"a\"]}\n-- yarn.lock --\n-- a/package.json --\n{}\n-- a/package-lock.json --\n{}\n", "a", "yarn of package.json lock yarn.lock workspace . members a"},
		{"packageManager of a member", "-- package.json --\n{\"workspaces\": [\"a\"]}\n-- a/package.json --\n{\"packageManager\": \"bun@1.1.0\"}\n", "a", "bun@1.1.0 of package.json workspace . members a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := PackagesOf(appIn(t, test.files, test.dir))
			if got := explained(p); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestBuiltAlone: a member whose image is built from its own directory is installed by itself.
func TestBuiltAlone(t *testing.T) {
	t.Parallel()
	for builtIn, want := range map[string]string{"": ".", ".": ".", "apps/web": ""} {
		a := appIn(t, monorepo, "apps/web")
		a.BuiltIn = builtIn
		if got := PackagesOf(a).Workspace; got != want {
			t.Errorf("built in %q: workspace %q, want %q", builtIn, got, want)
		}
	}
}
