package node

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

// TestCommands: how a service is started, built and served.
func TestCommands(t *testing.T) {
	t.Parallel()
	const listens = "-- index.js --\napp.listen(3000)\n"
	for _, test := range []struct {
		name, files     string
		node            string
		dev, build, out string
	}{
		{"Create React App", packageWith("start=react-scripts start; build=react-scripts build", "react-scripts:5"), "", "npm start", "npm run build", ""},
		{"Vite", "-- package.json --\n" + packageWith("dev=vite", "vite:5") + "-- index.html --\n", "", "npm run dev -- --host 0.0.0.0 --port 4000 --strictPort", "npm run build", ""},
		{"Vite that says it itself", "-- package.json --\n" + packageWith("dev=vite --host --port=3000 --strictPort", "vite:5") + "-- index.html --\n", "", "npm run dev", "npm run build", ""},
		{"Vite that starts more", "-- package.json --\n" + packageWith("dev=tsc -w & vite", "vite:5") + "-- index.html --\n", "", "npx vite --host 0.0.0.0 --port 4000 --strictPort", "npm run build", ""},
		{"Vite of another program", "-- package.json --\n" + packageWith("dev=react-router dev; start=react-router-serve x", "@react-router/dev:5") + "-- vite.config.ts --\n", "", "npm run dev -- --host 0.0.0.0 --port 4000", "npx react-router build", "npm start"},
		{"Next", packageWith("dev=next dev; build=next build; start=next start", "next:15"), "", "npm run dev -- -H 0.0.0.0 -p 4000", "npm run build", "npm start"},
		{"Next with a port of its own", packageWith("dev=next dev -p 3001", "next:15"), "", "npm run dev -- -H 0.0.0.0", "npx next build", "npx next start -H 0.0.0.0 -p 4000"},
		{"Angular with both", packageWith("start=ng serve --host=0.0.0.0 --port 1", "@angular/cli:17"), "", "npm start", "npx ng build", ""},
		{"a build that starts others", packageWith("dev=next dev; build=turbo build", "next:15"), "", "npm run dev -- -H 0.0.0.0 -p 4000", "npx next build", "npx next start -H 0.0.0.0 -p 4000"},
		{"a start that lacks its tool", packageWith("dev=next dev; start=pm2 start x", "next:15"), "", "npm run dev -- -H 0.0.0.0 -p 4000", "npx next build", "npx next start -H 0.0.0.0 -p 4000"},
		{"a file", "-- package.json --\n" + packageWith("", "express:4") + listens, "24", "node --watch index.js", "", "node index.js"},
		{"a file on an old Node", "-- package.json --\n" + packageWith("", "express:4") + listens, "18.2", "node index.js", "", "node index.js"},
		{"a file on a Node without a number", "-- package.json --\n" + packageWith("", "express:4") + listens, "lts", "node --watch index.js", "", "node index.js"},
		{"a script of a file", "-- package.json --\n" + packageWith("start=node index.js", "express:4") + listens, "24", "node --watch index.js", "", "npm start"},
		{"a script of a file with a hook", "-- package.json --\n" + packageWith("prestart=x; start=node index.js", "express:4") + listens, "24", "npm start", "", "npm start"},
		{"a script of a file with flags", "-- package.json --\n" + packageWith("start=node -r x index.js", "express:4") + listens, "24", "node --watch -r x index.js", "", "npm start"},
		{"a script that calls the start", "-- package.json --\n" + packageWith("dev=npm start; start=node index.js", "express:4") + listens, "24", "node --watch index.js", "", "npm start"},
		{"yarn hands arguments on", "-- package.json --\n" + packageWith("dev=next dev", "next:15") + "-- yarn.lock --\n", "", "yarn run dev -H 0.0.0.0 -p 4000", "npx next build", "npx next start -H 0.0.0.0 -p 4000"},
		{"bun has no short form", "-- package.json --\n" + packageWith("start=next dev; build=x", "next:15") + "-- bun.lock --\n", "", "bun run start -H 0.0.0.0 -p 4000", "bun run build", "npx next start -H 0.0.0.0 -p 4000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, ".")
			if !a.Recognise(stacks()) {
				t.Fatal("not recognised")
			}
			a.DescribeAs(a.Stack)
			a.Port, a.Runtime.Version = stack.Port{Number: 4000}, test.node
			start := a.Stack.Commands(a)
			for _, c := range []struct {
				what string
				got  []string
				want string
			}{{"dev", start.Dev, test.dev}, {"build", start.Build, test.build}, {"prod", start.Prod, test.out}} {
				if text := strings.Join(c.got, " "); text != c.want {
					t.Errorf("%s %q, want %q", c.what, text, c.want)
				}
			}
		})
	}
}

// TestDescribe: what the package itself decides, with the places.
func TestDescribe(t *testing.T) {
	t.Parallel()
	a := appIn(t, `-- web/package.json --
{
  "name": "@shop/front",
  "proxy": "http://localhost:5000",
  "scripts": {
    "start": "PORT=3005 react-scripts start"
  },
  "dependencies": {"react-scripts": "5"}
}
-- web/craco.config.js --
module.exports = {}
-- web/jest.config.json --
{}
-- web/config.ts --
`, "web")
	a.Recognise(stacks())
	a.DescribeAs(a.Stack)
	if a.PackageName != "front" || a.Framework != "Create React App" || !a.Frontend {
		t.Errorf("called %q, framework %q, page %v", a.PackageName, a.Framework, a.Frontend)
	}
	if len(a.Configs) != 1 || a.Configs[0].Path != "web/craco.config.js" {
		t.Errorf("configurations %v, want the one of craco", a.Configs)
	}
	if len(a.Starts) != 1 || a.Starts[0] != (stack.Command{Text: "PORT=3005 react-scripts start", File: "web/package.json", Line: 5}) {
		t.Errorf("starts %+v", a.Starts)
	}
	if len(a.Proxies) != 1 || a.Proxies[0].Line != 3 || a.Proxies[0].Text != "http://localhost:5000" {
		t.Errorf("proxies %+v", a.Proxies)
	}
}
