package node

import "github.com/devup-cli/devup/internal/stack"

// VueCLI is the dev server of Vue CLI.
var VueCLI = stack.Stack{
	Name: "node", Title: "Vue CLI", Language: &Language, Page: true, Port: 8080,
	Packages: []string{"@vue/cli-service"},
	Find:     runs([]string{"vue-cli-service"}, "@vue/cli-service"),
	Commands: servers("--host", "0.0.0.0", "--port", "{port}"),
	Prefixes: []string{"VUE_APP_"},
	Reads:    "process.env.VUE_APP_",
	Proxy: []stack.Rule{
		{
			// webpack-dev-server 4 is in Vue CLI 5, 3 in Vue CLI 4. serve.js of @vue/cli-service 5
			// finds the live reload itself inside of a container.
			From: stack.Release(5, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: []string{"vue.config.js", "vue.config.cjs", "vue.config.mjs", "vue.config.ts"}, Has: `allowedHosts`,
				Code: `devServer: { allowedHosts: ["{suffix}"] }`,
			},
		},
		{
			Below: stack.Release(5, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: []string{"vue.config.js"}, Has: `disableHostCheck|allowedHosts`,
				Code: `devServer: { disableHostCheck: true }`,
			},
		},
	},
}
