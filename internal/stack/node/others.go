package node

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// onAll makes most dev servers listen on all addresses.
var onAll = []string{"--host", "0.0.0.0", "--port", "{port}"}

// devServer is a dev server of which there is little to know.
func devServer(title, needed, program string, port int, flags ...string) stack.Stack {
	return stack.Stack{
		Name: "node", Title: title, Language: &Language, Frontend: true, Port: port,
		Packages: []string{needed}, Find: runs([]string{program}, needed), Commands: servers(flags...),
	}
}

// site is a dev server whose build writes a file for each path.
func site(title, needed, program string, port int, b built) stack.Stack {
	s := devServer(title, needed, program, port)
	s.Describe, s.Commands = b.describe, b.commands
	return s
}

// files are a build that writes a file for each path into a directory.
func files(output string) func(*stack.App) outcome {
	return func(*stack.App) outcome { return outcome{Output: output, ManyPages: true} }
}

// Gatsby is Gatsby's dev server.
var Gatsby = func() stack.Stack {
	s := site("Gatsby", "gatsby", "gatsby", 8000, built{build: []string{"gatsby", "build"}, flags: []string{"-H", "0.0.0.0", "-p", "{port}"}, of: files("public")})
	s.Prefixes, s.EnvSyntax = []string{"GATSBY_"}, "process.env.GATSBY_"
	return s
}()

// Docusaurus, Parcel and webpack's own dev server.
var (
	Docusaurus    = site("Docusaurus", "@docusaurus/core", "docusaurus", 3000, built{build: []string{"docusaurus", "build"}, flags: onAll, of: files("build")})
	Parcel        = devServer("Parcel", "parcel", "parcel", 1234, onAll...)
	WebpackServer = devServer("webpack", "webpack-dev-server", "webpack-dev-server", 8080, onAll...)
	Webpack       = devServer("webpack", "webpack-dev-server", "webpack", 8080, onAll...)
)

// Eleventy is the dev server of Eleventy, which listens on all addresses: https://www.11ty.dev/docs/dev-server/.
var Eleventy = site("Eleventy", "@11ty/eleventy", "eleventy", 8080, built{
	build: []string{"eleventy"}, flags: []string{"--port", "{port}"}, of: func(a *stack.App) outcome {
		out, found := stack.Match(config(a, append(named(".eleventy"), named("eleventy.config")...)...), `\boutput\s*:\s*["']\.?/?([\w-][\w./-]*?)/?["']`)
		if !found {
			out = "_site"
		}
		return outcome{Output: out, ManyPages: true}
	},
})

var namesDevServer = lazyregexp.New(`(?:^|/)(?:dev-?server|webpack-?dev-?server|webpack\.server)\.[cm]?[jt]s$`)

// WebpackScript is a development server of the repository's own, around webpack: the file
// build/dev-server.js of Vue's old templates and its like.
var WebpackScript = stack.Stack{
	Name: "node", Title: "webpack", Language: &Language, Frontend: true, Port: 8080,
	Packages: []string{"webpack-dev-middleware"},
	Find: func(a *stack.App) bool {
		p := npm.ManifestOf(a.Tree, a.Dir)
		if p.NeedsOneOf("webpack") == "" {
			return false
		}
		scripts := scriptsOf(p)
		for _, name := range developmentScripts {
			for _, c := range scripts.Commands(name) {
				if entry := entryOfCommand(a, p, c); namesDevServer.MatchString(entry) && opensPort(a.Tree, a.Dir, entry) {
					a.Entry, a.FoundAt = entry, tree.Evidence{File: path.Join(a.Dir, entry), Text: "listens"}
					startBy(a, scripts, name, c)
					return true
				}
			}
		}
		return false
	},
	FindPort: func(a *stack.App) (stack.Port, bool) {
		if a.Entry == "" {
			return stack.Port{}, false
		}
		var found []tree.File
		for _, name := range []string{a.Entry, "config/index.js"} {
			found = append(found, a.Tree.Source(path.Join(a.Dir, name)))
		}
		if port, ok := stack.PortIn(found[:1], ports...); ok {
			return port, true
		}
		return stack.PortIn(found[1:], devPort)
	},
	OwnPort: true,
	Commands: func(a *stack.App) stack.Commands {
		p := npm.ManifestOf(a.Tree, a.Dir)
		start := stack.Commands{Dev: startWith(a), Build: buildOf(a, p)}
		start.Prod, a.Packages.Whole = start.Dev, true // what its build makes is not known
		return start
	},
}

// devPort is the port of development in the configuration of those templates.
var devPort = lazyregexp.New(`\bdev\s*:\s*\{(?:[^{}]|\{[^{}]*\})*?\bport\s*:\s*(?:[^,{}\n]*?\|\|\s*)?["']?(\d{2,5})\b`)

// server is a dev server of an API.
func server(s stack.Stack) stack.Stack {
	s.Frontend = false
	return s
}

// JSONServer is a server made of a JSON file. Nitro serves a directory of routes, and Wrangler a
// worker of Cloudflare; both listen on localhost by themselves: https://nitro.build,
// https://developers.cloudflare.com/workers/wrangler/commands/#dev.
var (
	JSONServer = server(devServer("json-server", "json-server", "json-server", 3000, onAll...))
	Nitro      = server(devServer("Nitro", "nitropack", "nitro", 3000, onAll...))
	Wrangler   = server(devServer("Cloudflare Workers", "wrangler", "wrangler", 8787, "--ip", "0.0.0.0", "--port", "{port}"))
)

// WebpackHosts is webpack's dev server behind a proxy, however it is started.
var WebpackHosts = stack.Stack{
	Title: "webpack-dev-server", Language: &Language, Packages: []string{"webpack-dev-server"},
	Proxy: []stack.Rule{
		{
			// https://webpack.js.org/configuration/dev-server/#devserverallowedhosts
			From: stack.Release(4, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: webpackFiles, Must: true, Has: `allowedHosts`,
				Code: `devServer: { allowedHosts: ["{suffix}"], client: { webSocketURL: "auto://0.0.0.0:0/ws" } }`,
			},
		},
		{
			Below: stack.Release(4, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: webpackFiles, Must: true, Has: `disableHostCheck|allowedHosts`,
				Code: `devServer: { disableHostCheck: true }`,
			},
		},
	},
}

var webpackFiles = []string{"webpack.config.js", "webpack.config.ts", "webpack.config.mjs", "webpack.config.cjs", "webpack.dev.js", "config/webpack.dev.js"}

// VitePress is a site of documents.
var VitePress = stack.Stack{
	Title: "VitePress", Language: &Language, Packages: []string{"vitepress"},
	Proxy: []stack.Rule{
		{
			// VitePress 1 has Vite 5. "vite" is a key of its config: https://vitepress.dev/reference/site-config
			Below: stack.Release(2, 0),
			Line: stack.Line{
				Why: stack.Refuses, Has: `allowedHosts`, Code: `vite: { server: { allowedHosts: ["{suffix}"] } }`,
				Files: []string{".vitepress/config.mts", ".vitepress/config.ts", ".vitepress/config.mjs", ".vitepress/config.js", "docs/.vitepress/config.mts", "docs/.vitepress/config.ts", "docs/.vitepress/config.js"},
			},
		},
	},
}
