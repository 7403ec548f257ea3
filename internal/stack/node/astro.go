package node

import "github.com/devup-cli/devup/internal/stack"

// Astro is Astro's dev server.
var Astro = stack.Stack{
	Name: "node", Title: "Astro", Language: &Language, Page: true, Port: 4321,
	Packages: []string{"astro"},
	Find:     runs([]string{"astro"}, "astro"),
	Commands: servers("--host", "0.0.0.0", "--port", "{port}"),
	Prefixes: []string{"PUBLIC_"},
	Reads:    "import.meta.env.PUBLIC_",
	Proxy: []stack.Rule{
		{
			// Astro and Nuxt start Vite's own server, with its default list of hosts.
			From:      stack.Release(5, 0),
			Variables: []stack.Setting{viteHosts},
		},
		{
			From: stack.Release(4, 0), Below: stack.Release(5, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: []string{"astro.config.mjs", "astro.config.ts", "astro.config.js"}, Has: `allowedHosts`,
				Code: `vite: { server: { allowedHosts: ["{suffix}"] } }`,
			},
		},
	},
}
