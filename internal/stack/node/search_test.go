package node

import (
	"fmt"
	"strings"
	"testing"
)

// TestSearch: what a directory with a package.json is taken for, or why it is no service.
func TestSearch(t *testing.T) {
	t.Parallel()
	const listens = "-- index.js --\napp.listen(3000)\n"
	for _, test := range []struct{ name, files, want string }{
		{"Create React App", packageWith("start=react-scripts start", "react-scripts:5"), "Create React App by start"},
		{"craco", packageWith("start=craco start", "@craco/craco:7"), "Create React App by start"},
		{"Vite", "-- package.json --\n" + packageWith("dev=vite", "vite:5") + "-- index.html --\n", "Vite by dev"},
		{"Vite by its configuration alone", "-- package.json --\n" + packageWith("dev=vite", "") + "-- vite.config.ts --\nexport default {}\n", "Vite by dev"},
		{"React Router on Vite", packageWith("dev=react-router dev", "vite:5 @react-router/dev:7"), "React Router by dev"},
		{"Remix", packageWith("dev=remix vite:dev", "vite:5 @remix-run/dev:2"), "Remix by dev"},
		{"SvelteKit", packageWith("dev=vite dev", "vite:5 @sveltejs/kit:2"), "SvelteKit by dev"},
		{"Eleventy", packageWith("start=npx @11ty/eleventy --serve --quiet", "@11ty/eleventy:3"), "Eleventy by start"},
		{"Nuxt by nuxi", packageWith("dev=nuxi dev", "nuxt:3"), "Nuxt by dev"},
		{"Vite that is built only", "-- package.json --\n" + packageWith("build=vite build", "vite:5") + "-- index.html --\n", "no: package.json has no start script and no server entry"},
		{"a library of Vite", "-- package.json --\n" + packageWith("dev=vite", "vite:5") + "-- vite.config.ts --\nexport default { build: { lib: { entry: 'a' } } }\n", "no: a library (build.lib in its Vite configuration) [vite.config.ts]"},
		{"Vite without a page", packageWith("dev=vite", "vite:5"), "no: package.json has no start script and no server entry"},
		{"Next", packageWith("dev=next dev; start=next start", "next:15"), "Next.js by dev"},
		{"Next that is exported only", packageWith("build=next build", "next:15"), "no: package.json has no start script and no server entry"},
		{"Nuxt", packageWith("dev=nuxt dev", "nuxt:3"), "Nuxt by dev"},
		{"Angular", packageWith("start=ng serve", "@angular/cli:17"), "Angular by start"},
		{"Gatsby", packageWith("develop=gatsby develop", "gatsby:5"), "Gatsby by develop"},
		{"Astro", packageWith("dev=astro dev", "astro:4"), "Astro by dev"},
		{"Docusaurus", packageWith("start=docusaurus start", "@docusaurus/core:3"), "Docusaurus by start"},
		{"Vue CLI", packageWith("serve=vue-cli-service serve", "@vue/cli-service:5"), "Vue CLI by serve"},
		{"Parcel", packageWith("start=parcel index.html", "parcel:2"), "Parcel by start"},
		{"webpack serve", packageWith("start=webpack serve", "webpack-dev-server:5"), "webpack by start"},
		{"json-server", packageWith("start=json-server db.json", "json-server:0"), "json-server by start"},
		{"Express", "-- package.json --\n" + packageWith("start=node index.js", "express:4") + listens, "Express by start"},
		{"Express without a script", "-- package.json --\n" + packageWith("", "express:4") + listens, "Express runs index.js"},
		{"what is built on Express", "-- package.json --\n" + packageWith("start=nest start", "express:4 @nestjs/core:10"), "NestJS by start"},
		{"a server of Node alone", "-- package.json --\n" + packageWith("start=node index.js", "") + listens, "Node by start"},
		{"Express among the tools", "-- package.json --\n{\"devDependencies\": {\"express\": \"4\"}, \"main\": \"a.js\"}\n-- a.js --\nx\n", "no: a library: it has a main file, but no start script and no server entry [package.json:1 main]"},
		{"a broken package.json", "{", "no: package.json is not valid JSON: line 1 [package.json:1]"},
		{"React Native", packageWith("start=react-native start", "react-native:0"), "no: a mobile app (react-native) [package.json:1 react-native]"},
		{"React Native with a server", "-- package.json --\n" + packageWith("start=node index.js", "react-native:0 express:4") + listens, "Express by start"},
		{"Capacitor around a web app", packageWith("start=react-scripts start", "@capacitor/core:6 react-scripts:5"), "Create React App by start"},
		{"Capacitor around a server of pages", packageWith("start=next dev", "@capacitor/core:6 next:15"), "Next.js by start"},
		{"Electron around a web app", packageWith("start=react-scripts start", "electron:30 react-scripts:5"), "no: a desktop app (electron) [package.json:1 electron]"},
		{"CDK", packageWith("start=node bin.js", "aws-cdk-lib:2"), "no: infrastructure code (AWS CDK) [package.json:1 aws-cdk-lib]"},
		{"CDK by its file", "-- package.json --\n" + packageWith("start=react-scripts start", "react-scripts:5") + "-- cdk.json --\n{}\n", "no: infrastructure code (cdk.json) [cdk.json]"},
		{"an editor's extension", `{"engines": {"vscode": "^1.80"}}`, "no: an editor extension (engines.vscode) [package.json:1 engines.vscode]"},
		{"the root of a workspace", `{"workspaces": ["a"]}`, "no: the root of a workspace: its members are examined instead [package.json:1 workspaces]"},
		{"the root of a workspace of pnpm", "-- package.json --\n{}\n-- pnpm-workspace.yaml --\npackages: []\n", "no: the root of a workspace: its members are examined instead [pnpm-workspace.yaml]"},
		{"the root of a workspace of lerna", "-- package.json --\n{\"workspaces\": null}\n-- lerna.json --\n{}\n", "no: the root of a workspace: its members are examined instead [lerna.json]"},
		{"a front for others", packageWith("dev=cd web && npm start", ""), "no: its scripts only start other directories [package.json:1 dev: cd web &&]"},
		{"a lambda", "-- package.json --\n{}\n-- index.js --\nexports.handler = 1\n", "no: a lambda: it exports a handler and starts no server [index.js]"},
		{"a lambda with a script", "-- package.json --\n" + packageWith("start=node x.js", "") + "-- index.js --\nexports.handler = 1\n", "no: a lambda: it exports a handler and starts no server [index.js]"},
		{"a library of exports", `{"exports": "./a.js"}`, "no: a library: it has a main file, but no start script and no server entry [package.json main]"},
		{"nothing that runs", "{}", "no: package.json has no start script and no server entry"},
		{"a script of another kind", packageWith("start=SECRET=x node index.js a b", ""), "no: its start script starts no server that is known [package.json:1 start: node index.js a]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := treeOf(t, test.files)
			var got []string
			for _, a := range search(root, stacks()) {
				if a.Stack == nil {
					a.Stack = &Plain
				}
				a.DescribeAs(a.Stack)
				text := a.Stack.Title
				if a.Script != "" {
					text += " by " + a.Script
				}
				if a.Script == "" && a.Module != "" {
					text += " runs " + a.Module
				}
				got = append(got, text)
			}
			for _, r := range root.Rejected {
				text := "no: " + r.Why
				place := r.Evidence.File
				if r.Evidence.Line > 0 {
					place = fmt.Sprintf("%s:%d", place, r.Evidence.Line)
				}
				if place = strings.TrimSpace(place + " " + r.Evidence.Text); place != "package.json" {
					text += " [" + place + "]"
				}
				got = append(got, text)
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// TestTitleOfVite: what is shown for the library that a page is written in.
func TestTitleOfVite(t *testing.T) {
	t.Parallel()
	for dependencies, want := range map[string]string{
		"vite:5": "Vite", "vite:5 react:18": "Vite + React", "vite:5 vue:3": "Vite + Vue", "svelte:4": "Vite + Svelte",
		"preact:10": "Vite + Preact", "solid-js:1": "Vite + Solid",
	} {
		if got := viteTitle(manifestFrom(t, packageWith("", dependencies))); got != want {
			t.Errorf("%s: %q, want %q", dependencies, got, want)
		}
	}
}
