package npm

import (
	"slices"
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
	for _, part := range []struct {
		name string
		is   bool
	}{{"native", p.Native}, {"stale", p.Stale}, {"whole", p.Whole}} {
		if part.is {
			text += " " + part.name
		}
	}
	for _, part := range []struct{ name, value string }{
		{"peers", p.Peers},
		{"system", strings.Join(p.System, ",")},
		{"early", strings.Join(p.Early, ",")},
		{"above", p.Above},
		{"outside", strings.Join(p.Outside, ",")},
		{"generated", strings.Join(p.Generated, ",")},
		{"hooks", stepsText(p.Hooks)},
		{"after", stepsText(p.After)},
		{"libraries", stepsText(p.Libraries)},
		{"made", strings.Join(p.Made, ",")},
	} {
		if part.value != "" {
			text += " " + part.name + " " + part.value
		}
	}
	return text
}

func stepsText(all []stack.Step) string {
	var lines []string
	for _, step := range all {
		lines = append(lines, step.Dir+"$ "+strings.Join(step.Command, " "))
	}
	return strings.Join(lines, "; ")
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
		{"pnpm 9", plain + "-- pnpm-lock.yaml --\nlockfileVersion: '9.0'\n", "pnpm@9 of package.json lock pnpm-lock.yaml", ""},
		{"pnpm's lock file without a version", plain + "-- pnpm-lock.yaml --\nx: 5\n", "pnpm@9 of package.json lock pnpm-lock.yaml", ""},
		{"bun", plain + "-- bun.lockb --\n", "bun of package.json lock bun.lockb", ""},
		{"packageManager", `{"packageManager": "pnpm@9.1.0+sha512.abc"}`, "pnpm@9.1.0 of package.json", ""},
		{"packageManager before a lock file of another", "-- package.json --\n{\"packageManager\": \"yarn@1.22.0\"}\n-- package-lock.json --\n{}\n", "yarn@1.22.0 of package.json", ""},
		{"packageManager of none that is known", "-- package.json --\n{\"packageManager\": \"cnpm@9.1.0\"}\n-- yarn.lock --\n", "yarn of package.json lock yarn.lock", ""},
		{"packageManager without a version", `{"packageManager": "yarn"}`, "npm of package.json", ""},
		{"packageManager that is no text", `{"packageManager": {"yarn": 1}}`, "npm of package.json", ""},
		{"several lock files", plain + "-- package-lock.json --\n{}\n-- yarn.lock --\n", "yarn of package.json lock yarn.lock", "yarn.lock taken of yarn.lock, package-lock.json"},
		{"several lock files and packageManager", "-- package.json --\n{\"packageManager\": \"npm@10.0.0\"}\n-- package-lock.json --\n{}\n-- yarn.lock --\n", "npm@10.0.0 of package.json lock package-lock.json", "package-lock.json taken of yarn.lock, package-lock.json"},
		{"a lock file that fits before one that does not", "-- package.json --\n{\"dependencies\": {\"a\": \"1\"}}\n-- yarn.lock --\n# yarn lockfile v1\n\nb@2:\n  version \"2.0.0\"\n-- package-lock.json --\n{\"packages\": {\"\": {\"dependencies\": {\"a\": \"1\"}}}}\n", "npm of package.json lock package-lock.json", "package-lock.json taken of yarn.lock, package-lock.json"},
		{"the README's manager of two", plain + "-- package-lock.json --\n{}\n-- yarn.lock --\n-- README.md --\nRun `npm install`, then `npm run dev`.\n", "npm of package.json lock package-lock.json", "package-lock.json taken of yarn.lock, package-lock.json"},
		{"a README of all managers", plain + "-- yarn.lock --\n-- package-lock.json --\n{}\n-- README.md --\n    npm run dev\n    # or\n    yarn dev\n", "yarn of package.json lock yarn.lock", "yarn.lock taken of yarn.lock, package-lock.json"},
		{"the README's manager without a lock file", plain + "-- README.md --\n$ yarn\n$ yarn start\n", "yarn of package.json", ""},
		{"a README that installs the manager", plain + "-- README.md --\nnpm install -g yarn\nyarn install\n", "yarn of package.json", ""},
		{"Yarn 1's lock file next to Yarn 2's settings", plain + "-- yarn.lock --\n# yarn lockfile v1\n-- .yarnrc.yml --\nnodeLinker: node-modules\n", "yarn of package.json lock yarn.lock", ""},
		{"pnpm 10 by its settings", "-- package.json --\n{\"pnpm\": {\"onlyBuiltDependencies\": []}}\n-- pnpm-lock.yaml --\nlockfileVersion: '9.0'\n", "pnpm of package.json lock pnpm-lock.yaml", ""},
		{"npm's third form", plain + "-- package-lock.json --\n{\"lockfileVersion\": 3, \"packages\": {\"\": {}}}\n", "npm@8 of package.json lock package-lock.json", ""},
		{"the README's flag for peers", plain + "-- README.md --\nnpm i --legacy-peer-deps\n", "npm of package.json peers --legacy-peer-deps", ""},
		{"a lock file with peers that conflict", plain + "-- package-lock.json --\n" + conflicting + "\n", "npm of package.json lock package-lock.json peers --legacy-peer-deps", ""},
		{"a package that compiles", `{"devDependencies": {"bcrypt": "5"}}`, "npm of package.json native", ""},
		{"a lock file that is behind", "-- package.json --\n{\"dependencies\": {\"a\": \"1\"}}\n-- package-lock.json --\n{\"packages\": {\"\": {}}}\n", "npm of package.json lock package-lock.json stale", "package-lock.json is behind package.json, so it is brought up to date"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, ".")
			if got := explained(projectOf(a).Packages); got != test.want {
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

// TestPackagesByPath: what is missing is said in the same order in each run.
func TestPackagesByPath(t *testing.T) {
	t.Parallel()
	const files = "-- package.json --\n" + `{"workspaces": ["*"], "dependencies": {"e": "file:../e", "a": "file:../a", "d": "file:d", "c": "file:c"}}` +
		"\n-- web/package.json --\n" + `{"dependencies": {"g": "file:../../g", "f": "file:../../f"}}` + "\n"
	for range 10 {
		var got []string
		for _, r := range projectOf(appIn(t, files, ".")).Remarks {
			got = append(got, r.Fix)
		}
		want := []string{"put a into", "put c into", "put d into", "put e into", "put f into", "put g into"}
		if !slices.EqualFunc(got, want, strings.HasPrefix) {
			t.Fatalf("remarks %q", got)
		}
	}
}

const conflicting = `{"packages": {"": {}, "node_modules/a": {"version": "1.0.0", "peerDependencies": {"react": "^16 || ^17"}}, "node_modules/react": {"version": "18.2.0"}}}`

// TestInstallationNeeds: what the installation needs besides the files that say which packages.
func TestInstallationNeeds(t *testing.T) {
	t.Parallel()
	const schema = "-- prisma/schema.prisma --\ngenerator client { provider = \"prisma-client-js\" }\n"
	for _, test := range []struct{ name, files, dir, want string }{
		{"a package from git", `{"dependencies": {"a": "github:x/y", "b": "x/y#main", "c": "^1.0.0", "d": "git+https://x/y.git"}}`, ".", "npm of package.json system ca-certificates,git"},
		{"a library of the system", `{"dependencies": {"canvas": "2.9.1"}}`, ".", "npm of package.json native system libcairo2-dev,libgif-dev,libjpeg-dev,libpango1.0-dev,librsvg2-dev"},
		{"a library that it brings itself", `{"dependencies": {"canvas": "^3.0.0"}}`, ".", "npm of package.json native"},
		{"patches", "-- package.json --\n{\"scripts\": {\"postinstall\": \"patch-package\"}}\n-- patches/a.patch --\n", ".", "npm of package.json whole early patches"},
		{"plugins of Yarn", "-- package.json --\n{}\n-- yarn.lock --\n__metadata:\n-- .yarn/plugins/a.cjs --\n-- .yarn/patches/a.patch --\n", ".", "yarn@4 of package.json lock yarn.lock early .yarn/patches,.yarn/plugins"},
		{"a script that reads the source", `{"scripts": {"postinstall": "node scripts/a.js"}}`, ".", "npm of package.json whole early ."},
		{"a script that sets up git", `{"scripts": {"prepare": "husky install || true"}, "devDependencies": {"husky": "8"}}`, ".", "npm of package.json hooks $ npm pkg delete scripts.prepare"},
		{"scripts that only set up git", `{"scripts": {"prepare": "is-ci || husky install"}, "devDependencies": {"husky": "8"}}`, ".", "npm of package.json hooks $ npm pkg delete scripts.prepare"},
		{"a path below", "-- package.json --\n{\"dependencies\": {\"a\": \"file:./libs/a\", \"b\": \"file:vendor/b.tgz\"}}\n-- libs/a/package.json --\n{}\n-- vendor/b.tgz --\n", ".", "npm of package.json early libs/a,vendor/b.tgz"},
		{"a path above", "-- web/package.json --\n{\"dependencies\": {\"a\": \"file:../api\"}}\n-- api/package.json --\n{}\n-- web/patches/a.patch --\n", "web", "npm of package.json early web/patches above . outside api"},
		{"Prisma", "-- package.json --\n{\"dependencies\": {\"@prisma/client\": \"4\"}, \"devDependencies\": {\"prisma\": \"4\"}}\n" + schema, ".", "npm of package.json whole system openssl early prisma after $ npx prisma generate"},
		{"Prisma's client alone", "-- package.json --\n{\"dependencies\": {\"@prisma/client\": \"4\"}}\n" + schema, ".", "npm of package.json system openssl early prisma after $ npx --yes prisma generate"},
		{"a tool that starts its program again", `{"devDependencies": {"@nestjs/cli": "11"}}`, ".", "npm of package.json system procps"},
		{"Prisma without a schema", `{"dependencies": {"prisma": "4"}}`, ".", "npm of package.json system openssl"},
		{
			"Prisma with settings and generated code", "-- package.json --\n{\"dependencies\": {\"prisma\": \"7\"}}\n-- prisma.config.ts --\nexport default { schema: 'db/schema.prisma', datasource: { url: env('DATABASE_URL') } }\n-- db/schema.prisma --\ngenerator client {\n  output = \"../src/generated\"\n}\n", ".",
			"npm of package.json system openssl early db,prisma.config.ts generated src/generated after $ env DATABASE_URL=none npx prisma generate",
		},
		{
			"Prisma in a member", "-- package.json --\n{\"workspaces\": [\"*\"]}\n-- api/package.json --\n{\"dependencies\": {\"@x/db\": \"*\"}}\n-- db/package.json --\n{\"name\": \"@x/db\", \"dependencies\": {\"prisma\": \"5\"}}\n-- db/prisma/schema.prisma --\n", "api",
			"npm of package.json workspace . members api,db linked db system openssl early db/prisma after db$ npx prisma generate",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := explained(projectOf(appIn(t, test.files, test.dir)).Packages); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// unbuilt is a workspace of an app and libraries: only core and ui lack what they are imported by.
const unbuilt = `-- package.json --
{}
-- pnpm-workspace.yaml --
packages: [apps/*, libs/*]
-- apps/web/package.json --
{"dependencies": {"ui": "*", "typed": "*", "made": "*", "distant": "*"}}
-- libs/ui/package.json --
{"name": "ui", "main": "./lib/index.js", "exports": {".": {"types": "./types/index.d.ts", "import": "./dist/index.js"}, "./a": "./dist/a.js"}, "scripts": {"build": "tsc"}, "dependencies": {"core": "*"}}
-- libs/core/package.json --
{"name": "core", "exports": "./dist/index.js", "scripts": {"build": "tsc"}, "dependencies": {"base": "*"}}
-- libs/base/package.json --
{"name": "base", "main": "dist/index.js"}
-- libs/typed/package.json --
{"name": "typed", "exports": {".": {"types": "./dist/index.d.ts", "default": "./src/index.ts"}}, "scripts": {"build": "tsc"}}
-- libs/made/package.json --
{"name": "made", "main": "lib/index.js", "scripts": {"build": "tsc"}}
-- libs/made/lib/index.js --
-- libs/distant/package.json --
{"name": "distant", "main": "distant/index.js", "scripts": {"build": "tsc"}}
`

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
		{"a lock file that lacks what a member asks for", strings.Replace(monorepo, `"libs/deep/core": {"dependencies": {"@x/ui": "*"}}`, `"libs/deep/core": {}`, 1), ".", "npm@10.1.0 of package.json lock package-lock.json workspace . " + members + " stale"},
		{"no member", monorepo, "tools", "npm of package.json"},
		{"what a pattern leaves out", monorepo, "libs/old", "npm of package.json"},
		{"below what a star stands for", monorepo, "apps/deep/er", "npm of package.json"},
		{"libraries that are imported as built files", unbuilt, "apps/web", "pnpm@9 of package.json workspace . members apps/web,libs/base,libs/core,libs/distant,libs/made,libs/typed,libs/ui linked libs/distant,libs/made,libs/typed,libs/base,libs/core,libs/ui libraries libs/core$ pnpm run build; libs/ui$ pnpm run build made libs/core/dist,libs/ui/dist,libs/ui/lib"},
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
			p := projectOf(appIn(t, test.files, test.dir)).Packages
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
		if got := projectOf(a).Packages.Workspace; got != want {
			t.Errorf("built in %q: workspace %q, want %q", builtIn, got, want)
		}
	}
}
