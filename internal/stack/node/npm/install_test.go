package npm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// TestManaged: what is installed first, and the two commands that install the packages.
func TestManaged(t *testing.T) {
	t.Parallel()
	const loose = "(npm install || npm install --force)"
	for _, test := range []struct {
		name, manager, version, lock, node string
		tool, all, prod                    string
	}{
		{"npm, locked", "npm", "", "package-lock.json", "24", "", "npm ci", "npm ci --omit=dev"},
		{"npm", "npm", "", "", "24", "", loose, "(npm install --omit=dev || npm install --force --omit=dev)"},
		{"nothing is npm", "", "", "", "24", "", loose, "(npm install --omit=dev || npm install --force --omit=dev)"},
		{"npm comes with Node, whatever is pinned", "npm", "9.0.0", "", "24", "", loose, "(npm install --omit=dev || npm install --force --omit=dev)"},
		{"npm 6", "npm", "", "package-lock.json", "14", "", "npm ci", "npm ci --only=production"},
		{"npm 6 and a newer lock file", "npm", "8", "package-lock.json", "14", "npm@" + npm8, "npm ci", "npm ci --omit=dev"},
		{"Yarn 1, locked", "yarn", "", "yarn.lock", "24", "yarn@" + yarnClassic, "yarn install --frozen-lockfile --ignore-engines", "yarn install --frozen-lockfile --ignore-engines --production"},
		{"Yarn 1", "yarn", "1.22.19", "", "24", "yarn@1.22.19", "yarn install --ignore-engines", "yarn install --ignore-engines --production"},
		{"a line of Yarn 1", "yarn", "1", "", "24", "yarn@" + yarnClassic, "yarn install --ignore-engines", "yarn install --ignore-engines --production"},
		{"Yarn 4, locked", "yarn", "4", "yarn.lock", "24", "@yarnpkg/cli-dist@" + yarnNew, "yarn install --immutable", "yarn workspaces focus --all --production"},
		{"Yarn 2", "yarn", "2.4.3", "", "24", "@yarnpkg/cli-dist@2.4.3", "yarn install --no-immutable", "yarn workspaces focus --all --production"},
		{"pnpm, locked", "pnpm", "", "pnpm-lock.yaml", "24", "pnpm@" + pnpm10, "pnpm install --frozen-lockfile --store-dir /root/.pnpm-store", "pnpm install --frozen-lockfile --store-dir /root/.pnpm-store --prod"},
		{"pnpm", "pnpm", "", "", "16", "pnpm@" + pnpm8, "pnpm install --no-frozen-lockfile --store-dir /root/.pnpm-store", "pnpm install --no-frozen-lockfile --store-dir /root/.pnpm-store --prod"},
		{"pnpm of the lock file's line", "pnpm", "7", "", "24", "pnpm@" + pnpm7, "pnpm install --no-frozen-lockfile --store-dir /root/.pnpm-store", "pnpm install --no-frozen-lockfile --store-dir /root/.pnpm-store --prod"},
		{"bun, locked", "bun", "", "bun.lock", "24", "bun@" + bun, "bun install --frozen-lockfile", "bun install --frozen-lockfile --production"},
		{"bun", "bun", "1.1.0", "", "24", "bun@1.1.0", "bun install", "bun install --production"},
		{"a version that is none", "bun", "$(id)", "", "24", "bun@" + bun, "bun install", "bun install --production"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := managed(stack.Packages{Manager: test.manager, Version: test.version, Lock: test.lock}, test.node)
			got := []string{string(v.Tool), string(v.All), string(v.Prod)}
			if diff := cmp.Diff([]string{test.tool, test.all, test.prod}, got); diff != "" {
				t.Errorf("tool, all, prod (-want +got):\n%s", diff)
			}
			if !strings.HasPrefix(string(v.Cache), "/") {
				t.Errorf("cache %q, want an absolute path", v.Cache)
			}
		})
	}
}

func TestPnpmFor(t *testing.T) {
	t.Parallel()
	for node, want := range map[string]untrusted.Inert{
		"lts": pnpm10, "24": pnpm10, "18": pnpm10, "18.12": pnpm10, "18.11.0": pnpm8, "17": pnpm8, "16.13": pnpm8, "14": pnpm7,
	} {
		if got := pnpmFor(node); got != want {
			t.Errorf("pnpmFor(%s) = %s, want %s", node, got, want)
		}
	}
}

// TestInstall: the directories that the service's user writes to, and why Node gets flags.
func TestInstall(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		service stack.Service
		want    string
	}{
		{"alone", stack.Service{Dir: "web", Output: "dist", Port: stack.Port{Number: 5173}}, "node_modules | . node_modules | serve --single --listen 5173 dist"},
		{
			"a member",
			stack.Service{Dir: "apps/my web", Packages: stack.Packages{Workspace: "."}, Output: "./build/", Port: stack.Port{Number: 1}},
			"node_modules 'apps/my web/node_modules' | . 'apps/my web' node_modules 'apps/my web/node_modules' | serve --single --listen 1 build",
		},
		{"the root of a workspace", stack.Service{Dir: "js", Packages: stack.Packages{Workspace: "js"}, Port: stack.Port{Number: 1}}, "node_modules | . node_modules | serve --single --listen 1 ."},
		{"with a package above", stack.Service{Dir: "web", Packages: stack.Packages{Above: ".", Outside: []string{"api"}}, Port: stack.Port{Number: 1}}, "web/node_modules | . web web/node_modules | serve --single --listen 1 ."},
	} {
		q := &untrusted.Quoter{}
		v, ok := Install(q, test.service, nil).(installation)
		if !ok || q.Err != nil {
			t.Fatalf("%s: %v", test.name, q.Err)
		}
		got := string(v.Modules) + " | " + string(v.Owned) + " | " + strings.Join(v.Serve, " ")
		if got != test.want || v.Server != serve {
			t.Errorf("%s:\ngot  %s (%s)\nwant %s", test.name, got, v.Server, test.want)
		}
	}
	for flags, want := range map[string]untrusted.Inert{
		"--max-old-space-size=1":       "Its packages need this on Node 18.",
		"--dns-result-order=ipv4first": "It calls localhost, where this version asks for ::1 alone.",
		"--openssl-legacy-provider":    "Its version of webpack uses a hash that newer OpenSSL only has as legacy.",
	} {
		v, ok := Install(&untrusted.Quoter{}, stack.Service{Runtime: stack.Runtime{Version: "18", Flags: flags}}, nil).(installation)
		if !ok || v.Why != want || v.Flags != flags {
			t.Errorf("%s: %q because %q, want %q", flags, v.Flags, v.Why, want)
		}
	}
}

// TestCopies: the files of the layer of dependencies, as COPY takes them.
func TestCopies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		packages stack.Packages
		want     string
	}{
		{"no package.json", stack.Packages{Manager: "npm", Lock: "package-lock.json"}, ""},
		{"npm", stack.Packages{Manifest: "package.json", Manager: "npm"}, "package.json .npmrc* ./"},
		{"npm, locked", stack.Packages{Manifest: "package.json", Manager: "npm", Lock: "package-lock.json"}, "package.json package-lock.json .npmrc* ./"},
		{"yarn", stack.Packages{Manifest: "package.json", Manager: "yarn", Lock: "yarn.lock"}, "package.json yarn.lock .npmrc* .yarnrc* ./"},
		{"pnpm", stack.Packages{Manifest: "package.json", Manager: "pnpm"}, "package.json .npmrc* pnpm-workspace.yaml* .pnpmfile.cjs* ./"},
		{"bun", stack.Packages{Manifest: "package.json", Manager: "bun", Lock: "bun.lockb"}, "package.json bun.lockb .npmrc* bunfig.toml* ./"},
		{
			"a workspace",
			stack.Packages{Manifest: "package.json", Manager: "npm", Workspace: ".", Members: []string{"apps/web", "my lib"}},
			`package.json .npmrc* ./|apps/web/package.json apps/web/|["my lib/package.json", "my lib/"]`,
		},
		{"with some of the source", stack.Packages{Manifest: "package.json", Manager: "npm", Early: []string{"libs/a", "b.tgz"}}, "package.json .npmrc* ./|libs/a libs/a|b.tgz b.tgz"},
		{"with the source", stack.Packages{Manifest: "package.json", Manager: "npm", Early: []string{"."}}, ". ."},
		{"with a package above", stack.Packages{Manifest: "package.json", Manager: "npm", Lock: "package-lock.json", Above: ".", Outside: []string{"api"}}, "web/package.json web/package-lock.json web/.npmrc* web/|api api"},
	} {
		q := &untrusted.Quoter{}
		var got []string
		for _, layer := range Copies(q, stack.Service{Dir: "web", Packages: test.packages}) {
			got = append(got, string(layer))
		}
		if text := strings.Join(got, "|"); text != test.want || q.Err != nil {
			t.Errorf("%s: %s (%v), want %s", test.name, text, q.Err, test.want)
		}
	}
}

// TestKeeps: the directories of installed packages that a mount of the source must not hide.
func TestKeeps(t *testing.T) {
	t.Parallel()
	member := stack.Packages{Manifest: "package.json", Workspace: ".", Linked: []string{"libs/ui", "libs/a", "apps/web"}}
	for _, test := range []struct {
		name    string
		service stack.Service
		want    string
	}{
		{"without packages", stack.Service{Dir: "x"}, ""},
		{"alone", stack.Service{Dir: "x", Packages: stack.Packages{Manifest: "package.json", Linked: []string{"a"}}}, "node_modules"},
		{"a member and its libraries, each once", stack.Service{Dir: "apps/web", Packages: member}, "node_modules apps/web/node_modules libs/a/node_modules libs/ui/node_modules"},
		{"the root", stack.Service{Dir: ".", Packages: stack.Packages{Manifest: "package.json", Workspace: "."}}, "node_modules"},
	} {
		if got := strings.Join(Keeps(test.service), " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if linked := strings.Join(member.Linked, " "); linked != "libs/ui libs/a apps/web" {
		t.Errorf("the service's own list was changed to %s", linked)
	}
}
