package node

import "github.com/devup-cli/devup/internal/stack"

// Nuxt is an app of Nuxt.
var Nuxt = stack.Stack{
	Name: "node", Title: "Nuxt", Language: &Language, Page: true, Port: 3000,
	Packages: []string{"nuxt"},
	Find:     runs([]string{"nuxt"}, "nuxt"),
	Commands: servers("--host", "0.0.0.0", "--port", "{port}"),
	Prefixes: []string{"NUXT_PUBLIC_", "NUXT_ENV_"},
	Proxy: []stack.Rule{
		{
			From:      stack.Release(3, 0),
			Variables: []stack.Setting{viteHosts},
		},
	},
}
