package node

import (
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/versions"
)

// Nuxt is an app of Nuxt.
var Nuxt = stack.Stack{
	Name: "node", Title: "Nuxt", Language: &Language, Page: true, Port: 3000,
	Packages: []string{"nuxt"},
	Find:     runs([]string{"nuxt", "nuxi"}, "nuxt", "nuxt-edge", "nuxi"),
	Describe: func(a *stack.App) { nuxtBuilt(a).describe(a) },
	Commands: func(a *stack.App) stack.Commands { return nuxtBuilt(a).commands(a) },
	Prefixes: []string{"NUXT_PUBLIC_", "NUXT_ENV_"},
	Settings: []string{"NITRO_PORT", "NITRO_HOST"},
	Proxy: []stack.Rule{
		{
			From:      stack.Release(3, 0),
			Variables: []stack.Setting{viteHosts},
		},
	},
	ServerSide: true,
}

// nuxtBuilt is how a version of Nuxt builds: https://nuxt.com/docs/getting-started/deployment
// from 3 on; the server of Nuxt 2 is its start script.
func nuxtBuilt(a *stack.App) built {
	p := npm.ManifestOf(a.Tree, a.Dir)
	version, _ := p.Needs("nuxt")
	if major := versions.Major(strings.TrimLeft(version, "^~>=v ")); major == 1 || major == 2 {
		return built{build: []string{"nuxt", "build"}, preview: []string{"nuxt", "start"}, flags: []string{"--hostname", "0.0.0.0", "--port", "{port}"}, of: func(*stack.App) outcome {
			return outcome{Output: outputOf(p, "nuxt generate", "dist"), ManyPages: true}
		}}
	}
	return built{build: []string{"nuxi", "build"}, flags: onAll, of: func(*stack.App) outcome {
		if output := outputOf(p, " generate", ".output/public"); output != "" {
			return outcome{Output: output, ManyPages: true}
		}
		return outcome{Prod: []string{"node", ".output/server/index.mjs"}}
	}}
}

// outputOf is the directory that a build script makes by a command; empty where it runs another.
func outputOf(p *npm.Manifest, command, output string) string {
	if strings.Contains(p.Script("build"), command) {
		return output
	}
	return ""
}
