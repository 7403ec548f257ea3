package node

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

// TestRemarks: what will not work in a container as the files stand.
func TestRemarks(t *testing.T) {
	t.Parallel()
	const dev = "-- web/package.json --\n"
	reads := func(name string) string {
		return "web/package.json:1 the script dev reads " + name + ", which does not exist"
	}
	linked := stack.Packages{Manager: "pnpm", Workspace: ".", Linked: []string{"libs/core", "libs/ui"}}
	built := func(main string) string {
		return "{\"main\": \"" + main + "\",\n\"scripts\": {\"build\": \"tsc\"}}\n"
	}
	for _, test := range []struct {
		name, files string
		packages    stack.Packages
		want        string
	}{
		{"nothing", dev + packageWith("dev=node a.js", ""), stack.Packages{}, ""},
		{"an env file that is missing", dev + packageWith("dev=node --env-file=.env.local a.js", ""), stack.Packages{}, reads("web/.env.local")},
		{"an env file that is there", dev + packageWith("dev=node --env-file .env.local a.js", "") + "-- web/.env.local --\n", stack.Packages{}, ""},
		{"an env file with an example", dev + packageWith("dev=env-cmd -f .env node a.js", "") + "-- web/.env.sample --\n", stack.Packages{}, reads("web/.env") + ": copy web/.env.sample to web/.env"},
		{"an env file of dotenv", dev + packageWith("dev=dotenv -e ../.env -- node a.js", ""), stack.Packages{}, reads(".env")},
		{"an env file out of the repository", dev + packageWith("dev=dotenv -e ../../.env -- node a.js", ""), stack.Packages{}, ""},
		{"a library that is not built", dev + "{}\n-- libs/ui/package.json --\n" + built("dist/a.js") + "-- libs/core/package.json --\n{}\n", linked, "libs/ui/package.json:2 shop imports what this builds, and it is not built: before `devup up`, run `pnpm run build` in libs/ui"},
		{"a library that is built", dev + "{}\n-- libs/ui/package.json --\n" + built("./lib/a.js") + "-- libs/ui/lib/a.js --\n", linked, ""},
		{"a library without a build", dev + "{}\n-- libs/ui/package.json --\n{\"main\": \"dist/a.js\"}\n", linked, ""},
		{"a library that is imported as it is", dev + "{}\n-- libs/ui/package.json --\n" + built("src/a.js"), linked, ""},
		{"a library with a directory of the same beginning", dev + "{}\n-- libs/ui/package.json --\n" + built("distant/a.js"), linked, ""},
		{"two, in the order of their building", dev + "{}\n-- libs/ui/package.json --\n" + built("dist/a.js") + "-- libs/core/package.json --\n" + built("lib/b.js"), linked, "libs/core/package.json:2 shop imports what is not built: before `devup up`, run `pnpm run build` in libs/core, libs/ui, in this order"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, "web")
			a.Name, a.Script, a.Packages = "shop", "dev", test.packages
			remarks(a)
			var got []string
			for _, e := range a.Remarks {
				got = append(got, fmt.Sprintf("%s:%d %s: %s", e.File, e.Line, e.Text, e.Fix))
			}
			text := strings.Join(got, "|")
			if !strings.HasPrefix(text, test.want) || (text == "") != (test.want == "") {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}
