package node

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// VueCLI is the dev server of Vue CLI.
var VueCLI = stack.Stack{
	Name: "node", Title: "Vue CLI", Language: &Language, Frontend: true, Port: 8080,
	Packages:  []string{"@vue/cli-service"},
	Find:      runs([]string{"vue-cli-service"}, "@vue/cli-service"),
	Describe:  vueBuilt.describe,
	Commands:  vueBuilt.commands,
	FindPort:  func(a *stack.App) (stack.Port, bool) { return stack.PortIn(a.Configs, devServerPort) },
	OwnPort:   true,
	Prefixes:  []string{"VUE_APP_"},
	EnvSyntax: "process.env.VUE_APP_",
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

// devServerPort is where the configuration of webpack's development server says the port.
var devServerPort = lazyregexp.New(`\bdevServer\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*?\bport\s*:\s*["']?(\d{2,5})\b`)

// vueBuilt is the directory that Vue CLI builds: https://cli.vuejs.org/config/#outputdir.
var vueBuilt = built{build: []string{"vue-cli-service", "build"}, flags: onAll, of: func(a *stack.App) outcome {
	out, found := stack.Match(config(a, named("vue.config")...), `\boutputDir\s*:\s*["']\.?/?([\w-][\w./-]*?)/?["']`)
	if !found {
		out = "dist"
	}
	return outcome{Output: out}
}}
