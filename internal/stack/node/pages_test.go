package node

import (
	"strings"
	"testing"
)

// TestBuilt: what the build of a framework makes, and how production serves it.
func TestBuilt(t *testing.T) {
	t.Parallel()
	const angular = `-- angular.json --
{ // one of two
  "projects": {"shop-e2e": {"projectType": "application"}, "shop": {"projectType": "application", "architect": {"build": {"builder": "@angular/build:application", "options": OPTIONS}}}}
}
`
	for _, test := range []struct{ name, files, want string }{
		{"Next", packageWith("dev=next dev; build=next build; start=next start", "next:15"), "npm run build: npm start"},
		{"Next that exports files", packageWith("dev=next dev; build=next build", "next:15") + "-- next.config.mjs --\nexport default { output: 'export' }\n", "npm run build: files in out by path"},
		{"Nuxt 3", packageWith("dev=nuxt dev; build=nuxt build", "nuxt:^3.2.0"), "npm run build: node .output/server/index.mjs"},
		{"Nuxt 3 that is generated", packageWith("dev=nuxt dev; build=nuxt generate", "nuxt:^3.2.0"), "npm run build: files in .output/public by path"},
		{"Nuxt 2", packageWith("dev=nuxt; build=nuxt build; start=nuxt start", "nuxt:^2.0.0"), "npm run build: npm start"},
		{"Nuxt 2 without a start script", packageWith("dev=nuxt", "nuxt:^2.0.0"), "npx nuxt build: npx nuxt start --hostname 0.0.0.0 --port 4000"},
		{"SvelteKit for Node", packageWith("dev=vite dev; build=vite build", "@sveltejs/kit:2 @sveltejs/adapter-node:5"), "npm run build: node build"},
		{"SvelteKit for files", packageWith("dev=vite dev; build=vite build", "@sveltejs/kit:2 @sveltejs/adapter-static:3") + "-- svelte.config.js --\nadapter({ pages: 'public_html' })\n", "npm run build: files in public_html by path"},
		{"SvelteKit for a platform", packageWith("dev=vite dev; build=vite build", "@sveltejs/kit:2 @sveltejs/adapter-auto:6"), "npm run build: npx vite preview --host 0.0.0.0 --port 4000 ! use the adapter @sveltejs/adapter-node for a server of its own"},
		{"Astro", packageWith("dev=astro dev; build=astro build", "astro:5"), "npm run build: files in dist by path"},
		{"Astro into another directory", packageWith("dev=astro dev", "astro:5") + "-- astro.config.mjs --\nexport default { outDir: './public_html/' }\n", "npx astro build: files in public_html by path"},
		{"Astro for Node", packageWith("dev=astro dev", "astro:5 @astrojs/node:9") + "-- astro.config.mjs --\nexport default { output: 'server', adapter: node({ mode: 'standalone' }) }\n", "npx astro build: node dist/server/entry.mjs"},
		{"Astro for a platform", packageWith("dev=astro dev", "astro:5 @astrojs/vercel:9") + "-- astro.config.mjs --\nexport default { output: 'server' }\n", "npx astro build: npx astro preview --host 0.0.0.0 --port 4000 ! use the adapter @astrojs/node for a server of its own"},
		{"React Router", packageWith("dev=react-router dev; start=react-router-serve build/server/index.js", "@react-router/dev:7"), "npx react-router build: npm start"},
		{"React Router without a server", packageWith("dev=react-router dev", "@react-router/dev:7") + "-- react-router.config.ts --\nexport default { ssr: false }\n", "npx react-router build: files in build/client"},
		{"React Router with its server and no script", packageWith("dev=react-router dev", "@react-router/dev:7 @react-router/serve:7"), "npx react-router build: npx react-router-serve build/server/index.js"},
		{"React Router with a server of its own", packageWith("dev=react-router dev", "@react-router/dev:7"), "npx react-router build: npm run dev -- --host 0.0.0.0 --port 4000"},
		{"Remix on Vite", packageWith("dev=remix vite:dev", "@remix-run/dev:2 @remix-run/serve:2") + "-- vite.config.ts --\n", "npx remix build: npx remix-serve build/server/index.js"},
		{"Remix", packageWith("dev=remix dev", "@remix-run/dev:1 @remix-run/serve:1"), "npx remix build: npx remix-serve build/index.js"},
		{"TanStack Start", packageWith("dev=vite dev; build=vite build", "@tanstack/react-start:1 nitro:3"), "npm run build: node .output/server/index.mjs"},
		{"Vue CLI", packageWith("serve=vue-cli-service serve; build=vue-cli-service build", "@vue/cli-service:5"), "npm run build: files in dist"},
		{"Vue CLI into another directory", packageWith("serve=vue-cli-service serve", "@vue/cli-service:5") + "-- vue.config.js --\nmodule.exports = { outputDir: 'public_html' }\n", "npx vue-cli-service build: files in public_html"},
		{"Gatsby", packageWith("develop=gatsby develop; build=gatsby build", "gatsby:5"), "npm run build: files in public by path"},
		{"Eleventy", packageWith("start=eleventy --serve", "@11ty/eleventy:3") + "-- eleventy.config.js --\nexport const config = { dir: { input: 'src', output: 'public_html' } }\n", "npx eleventy: files in public_html by path"},
		{"Angular", packageWith("start=ng serve; build=ng build", "@angular/cli:19") + strings.Replace(angular, "OPTIONS", "{}", 1), "npm run build: files in dist/shop/browser"},
		{"Angular into another directory", packageWith("start=ng serve", "@angular/cli:19") + strings.Replace(angular, "OPTIONS", `{"outputPath": {"base": "out", "browser": ""}}`, 1), "npx ng build: files in out"},
		{"Angular that renders on a server", packageWith("start=ng serve", "@angular/cli:19") + strings.Replace(angular, "OPTIONS", `{"outputPath": "dist/x", "ssr": {"entry": "src/server.ts"}}`, 1), "npx ng build: node dist/x/server/server.mjs"},
		{"Angular of the old builder", packageWith("start=ng serve", "@angular/cli:12") + strings.NewReplacer("OPTIONS", `{"outputPath": "dist"}`, "@angular/build:application", "@angular-devkit/build-angular:browser").Replace(angular), "npx ng build: files in dist"},
		{"Angular without angular.json", packageWith("start=ng serve", "@angular/cli:12"), "npx ng build: files in dist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, "-- package.json --\n"+test.files, ".")
			if !a.Recognise(stacks()) {
				t.Fatal("not recognised")
			}
			a.DescribeAs(a.Stack)
			a.Port.Number = 4000
			start := a.Stack.Commands(a)
			got := strings.Join(start.Build, " ") + ": " + strings.Join(start.Prod, " ")
			if a.Output != "" {
				got += "files in " + a.Output
			}
			if a.ManyPages {
				got += " by path"
			}
			for _, r := range a.Remarks {
				got += " ! " + r.Fix
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestNeedsDevelopment: production keeps the packages for development where its command runs one.
func TestNeedsDevelopment(t *testing.T) {
	t.Parallel()
	p := manifestFrom(t, `{"scripts": {"start": "cross-env A=b node a.js", "plain": "node a.js", "built": "tsc && node a.js", "serve": "next start"},
		"dependencies": {"next": "15"}, "devDependencies": {"cross-env": "7", "typescript": "5", "nodemon": "3"}}`)
	for command, want := range map[string]bool{
		"npm start": true, "npm run plain": false, "npm run built": true, "npm run serve": false, "npx nodemon a.js": true, "node a.js": false, "npx next start": false,
	} {
		if got := needsDevelopment(p, strings.Fields(command)); got != want {
			t.Errorf("%s: %v, want %v", command, got, want)
		}
	}
}

// TestServerBeside: a server in the directory of a page is a service of its own, unless it only
// serves what the page's build makes.
func TestServerBeside(t *testing.T) {
	t.Parallel()
	const page, serves, answers = "-- index.html --\n", "-- server.js --\napp.use(express.static('dist'))\napp.listen(3000)\n", "-- server.js --\napp.get('/api/a', x)\napp.listen(3000)\n"
	for _, test := range []struct{ name, files, want string }{
		{"only files of the build", packageWith("dev=vite; start=node server.js", "vite:5 express:4") + page + serves, "Vite"},
		{"an API", packageWith("dev=vite; start=node server.js", "vite:5 express:4") + page + answers, "Vite, Express"},
		{"both at the same time", packageWith(`dev=concurrently \"vite\" \"node server.js\"`, "vite:5 express:4") + page + serves, "Vite, Express"},
		{"a script that is named for it", packageWith("dev=vite; server=node server.js", "vite:5") + page + serves, "Vite, Node"},
		{"a server that no script starts", packageWith("start=react-scripts start", "react-scripts:5 express:4") + page + "-- server/index.js --\napp.get('/api/a', x)\napp.listen(4000)\n", "Create React App, Express"},
		{"the page's own server", packageWith("dev=next dev; start=node server.js", "next:15 express:4") + answers, "Next.js"},
		{"next to a server of pages", packageWith(`dev=concurrently \"next dev\" \"node server.js\"`, "next:15 express:4") + answers, "Next.js, Express"},
	} {
		var got []string
		for _, a := range search(treeOf(t, "-- package.json --\n"+test.files), stacks()) {
			if a.Stack == nil {
				a.Stack = &Plain
			}
			got = append(got, a.Stack.Title)
		}
		if text := strings.Join(got, ", "); text != test.want {
			t.Errorf("%s: %s, want %s", test.name, text, test.want)
		}
	}
}

// TestNx: the kind of a project of Nx, and where its workspace is.
func TestNx(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, root, project, want string }{
		{"Vite", "-- nx.json --\n{}\n", `{"targets": {"serve": {"executor": "@nx/vite:dev-server", "options": {"port": 4300}}}}`, "Vite in .: npx nx serve shop --host 0.0.0.0 --port 4000"},
		{"of the old organisation", "-- nx.json --\n{}\n", `{"name": "x", "targets": {"serve": {"executor": "@nrwl/node:node"}, "build": {"executor": "x", "options": {"outputPath": "dist/apps/x"}}}} // y`, "Node in .: sh -c cd \"$0\" && exec \"$@\" ../.. npx nx serve x | npx nx build x | node ../../dist/apps/x/main.js"},
		{"an executor that is not known", "-- nx.json --\n{}\n", `{"targets": {"serve": {"executor": "@x/y:z"}}}`, ""},
		{"no workspace of Nx", "", `{"targets": {"serve": {"executor": "@nx/vite:dev-server"}}}`, ""},
		{"half a file", "-- nx.json --\n{}\n", `{"targets": {"serve":`, ""},
	} {
		got := ""
		a := appIn(t, test.root+"-- package.json --\n{}\n-- apps/shop/project.json --\n"+test.project+"\n", "apps/shop")
		if a.Recognise(Nx()) {
			a.DescribeAs(a.Stack)
			a.Port.Number = 4000
			start := a.Stack.Commands(a)
			got = a.Framework + " in " + a.Packages.Workspace + ": " + strings.Join(start.Dev, " ")
			if start.Build != nil {
				got += " | " + strings.Join(start.Build, " ") + " | " + strings.Join(start.Prod, " ")
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
