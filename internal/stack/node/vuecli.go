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
}
