package node

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// Astro is Astro's dev server.
var Astro = stack.Stack{
	Name: "node", Title: "Astro", Language: &Language, Frontend: true, Port: 4321,
	Packages: []string{"astro"},
	Find:     runs([]string{"astro"}, "astro"),
	Describe: func(a *stack.App) {
		if astroBuilt.describe(a); a.Output == "" {
			remarkAdapter(a, "@astrojs/node")
		}
	},
	Commands:  astroBuilt.commands,
	FindPort:  func(a *stack.App) (stack.Port, bool) { return stack.PortIn(a.Configs, vitePort) },
	OwnPort:   true,
	Prefixes:  []string{"PUBLIC_"},
	EnvSyntax: "import.meta.env.PUBLIC_",
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
	ServerSide: true,
}

var (
	rendersOnServer = lazyregexp.New(`\boutput\s*:\s*["'](?:server|hybrid)["']`)
	middlewareMode  = lazyregexp.New(`\bmode\s*:\s*["']middleware["']`)
	astroOutput     = `\boutDir\s*:\s*["']\.?/?([\w./-]+?)/?["']`
)

// astroBuilt are files, or the server of an adapter: https://docs.astro.build/en/guides/integrations-guide/node/.
var astroBuilt = built{build: []string{"astro", "build"}, preview: []string{"astro", "preview"}, flags: onAll, of: func(a *stack.App) outcome {
	text := config(a, named("astro.config")...)
	out, found := stack.Match(text, astroOutput)
	if !found {
		out = "dist"
	}
	switch p := npm.ManifestOf(a.Tree, a.Dir); {
	case p.NeedsOneOf("@astrojs/node") != "" && !middlewareMode.MatchString(text):
		return outcome{Prod: []string{"node", out + "/server/entry.mjs"}}
	case rendersOnServer.MatchString(text):
		return outcome{}
	}
	return outcome{Output: out, ManyPages: true}
}}
