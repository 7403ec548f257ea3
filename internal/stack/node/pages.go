package node

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// outcome is what the build of a framework makes, and how production serves it: files in
// Output, or a server.
type outcome struct {
	Output    string   // relative to the service's directory; empty for a server
	ManyPages bool     // Output holds a file for each path
	Prod      []string // the server; nil for the start script, or for the framework's preview
}

// built are a framework's build, and what it makes of an app; nil where that is a server.
type built struct {
	build   []string // the command where no script does it
	preview []string // what serves a build that has no server of its own
	flags   []string // those of the development server, and of the preview, as in [servers]
	of      func(*stack.App) outcome
}

// describe fills in what production serves.
func (b built) describe(a *stack.App) {
	if b.of != nil {
		o := b.of(a)
		if o.Output = path.Clean(o.Output); o.Output != "." && fs.ValidPath(o.Output) {
			a.Output, a.ManyPages = o.Output, o.ManyPages
		}
	}
}

// commands are those of development and of production.
func (b built) commands(a *stack.App) stack.Commands {
	p := npm.ManifestOf(a.Tree, a.Dir)
	start := stack.Commands{Dev: development(a, p, b.flags), Build: buildOf(a, p)}
	if start.Build == nil {
		start.Build = append([]string{"npx"}, b.build...)
	}
	if a.Output != "" {
		return start
	}
	if b.of != nil {
		start.Prod = b.of(a).Prod
	}
	switch name := productionScript(p); {
	case start.Prod != nil:
	case name != "":
		start.Prod = runScript(a, name)
	case len(b.preview) > 0:
		start.Prod = append([]string{"npx"}, b.preview...)
		for _, flag := range b.flags {
			start.Prod = append(start.Prod, strings.ReplaceAll(flag, "{port}", strconv.Itoa(a.Port.Number)))
		}
	default:
		start.Prod = start.Dev
	}
	a.Packages.Whole = a.Packages.Whole || needsDevelopment(p, start.Prod)
	return start
}

// packagesOf are packages by the programs that they bring, where the names differ.
var packagesOf = map[string]string{
	"tsc": "typescript", "nest": "@nestjs/cli", "ng": "@angular/cli", "nuxi": "nuxt", "remix-serve": "@remix-run/serve", "react-router-serve": "@react-router/serve",
	"eleventy": "@11ty/eleventy", "babel-node": "@babel/node", "vue-cli-service": "@vue/cli-service", "run-s": "npm-run-all", "run-p": "npm-run-all",
	"dotenv": "dotenv-cli", "dotenvx": "@dotenvx/dotenvx", "docusaurus": "@docusaurus/core", "tsnd": "ts-node-dev",
	"svelte-kit": "@sveltejs/kit", "babel": "@babel/cli", "webpack": "webpack-cli",
}

// packageOf is the package that brings a program: mostly that of its name.
func packageOf(program string) string { return cmp.Or(packagesOf[program], program) }

// needsDevelopment says whether a command runs programs of packages that are for development.
func needsDevelopment(p *npm.Manifest, command []string) bool {
	if len(command) == 0 {
		return false
	}
	words := slices.Clone(command)
	names := command[1:]
	if managed := slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, command[0]); !managed {
		names = nil
	}
	for _, word := range names {
		for _, c := range scriptsOf(p).Commands(word) {
			words = slices.Concat(words, c.Words, strings.Fields(strings.Join(c.Before, " ")))
		}
		words = append(words, strings.Fields(p.Scripts[word])...)
	}
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc([]string{word, packageOf(word)}, func(name string) bool {
			_, production := p.Dependencies[name]
			_, development := p.DevDependencies[name]
			return development && !production
		})
	})
}

// config is the text of the framework's configuration.
func config(a *stack.App, names ...string) string {
	if name := a.Directory().First(names...); name != "" {
		return a.Tree.Source(path.Join(a.Dir, name)).Text
	}
	return ""
}

// named are the names of a configuration in all its languages.
func named(stem string) []string {
	var names []string
	for _, ending := range []string{".js", ".ts", ".mjs", ".mts", ".cjs"} {
		names = append(names, stem+ending)
	}
	return names
}

// platforms are what adapters build for: no server that runs by itself.
var platforms = []string{
	"@sveltejs/adapter-auto", "@sveltejs/adapter-vercel", "@sveltejs/adapter-netlify", "@sveltejs/adapter-cloudflare",
	"@astrojs/vercel", "@astrojs/netlify", "@astrojs/cloudflare",
}

// remarkAdapter says that the build makes no server, where an adapter for a platform decides it
// and the one of Node is not there.
func remarkAdapter(a *stack.App, instead string) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	if adapter := p.NeedsOneOf(platforms...); adapter != "" && p.NeedsOneOf(instead, "@sveltejs/adapter-static") == "" {
		a.Remark(p.At(adapter, "the build of "+a.Framework+" makes no server with "+adapter+", so production runs its preview"), "use the adapter "+instead+" for a server of its own")
	}
}
