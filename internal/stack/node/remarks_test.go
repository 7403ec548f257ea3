package node

import (
	"fmt"
	"path"
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
	core, ui := stack.Step{Dir: "libs/core"}, stack.Step{Dir: "libs/ui"}
	built1 := stack.Packages{Manager: "pnpm", Workspace: ".", Libraries: []stack.Step{ui}}
	built2 := stack.Packages{Manager: "pnpm", Workspace: ".", Libraries: []stack.Step{core, ui}}
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
		{"an env file that is copied", dev + packageWith("dev=node --env-file=../.env a.js", "") + "-- .env.example --\n", stack.Packages{}, ""},
		{"an env file with an example", dev + packageWith("dev=env-cmd -f .env node a.js", "") + "-- web/.env.sample --\n", stack.Packages{}, reads("web/.env") + ": copy web/.env.sample to web/.env"},
		{"an env file of dotenv", dev + packageWith("dev=dotenv -e ../.env.dev -- node a.js", ""), stack.Packages{}, reads(".env.dev")},
		{"an env file out of the repository", dev + packageWith("dev=dotenv -e ../../.env -- node a.js", ""), stack.Packages{}, ""},
		{"a file with other letters", dev + "{}\n-- web/src/a.jsx --\nimport x from './b'\nimport Side from \"./Sidebar\"\nimport c from './C'\n-- web/src/c.js --\n-- web/src/SideBar.jsx --\n-- web/src/b.js --\n-- web/src/B.js --\n", stack.Packages{}, "web/src/a.jsx:2 imports ./Sidebar, and the file is SideBar.jsx (and in 1 more place): Linux, and so a container, tells them apart: write the name as the file has it"},
		{"a directory with other letters", dev + "{}\n-- web/a.js --\nconst x = require('../Web/lib/b.js')\n// require('./LIB')\nconst y = require('./gone')\n-- web/lib/b.js --\n", stack.Packages{}, "web/a.js:1 imports ../Web/lib/b.js, and the file is lib/b.js: Linux"},
		{"a library that the image does not build", dev + "{}\n-- libs/ui/package.json --\n" + built("dist/a.js"), built1, "libs/ui/package.json:2 shop imports what this builds, and it is not built: before `devup up`, run `pnpm run build` in libs/ui"},
		{"two, in the order of their building", dev + "{}\n-- libs/ui/package.json --\n" + built("dist/a.js") + "-- libs/core/package.json --\n" + built("lib/b.js"), built2, "libs/core/package.json:2 shop imports what is not built: before `devup up`, run `pnpm run build` in libs/core, libs/ui, in this order"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, "web")
			a.Name, a.Script, a.Packages, a.Dockerfile = "shop", "dev", test.packages, "Dockerfile"
			for _, dir := range a.Tree.Paths {
				for _, name := range a.Tree.Directory(dir).Names {
					a.Sources = append(a.Sources, a.Tree.Source(path.Join(dir, name)))
				}
			}
			a.EnvFiles = []stack.EnvFile{{Path: ".env", Example: ".env.example"}}
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
