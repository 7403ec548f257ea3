package node

import "github.com/devup-cli/devup/internal/stack"

// Angular is Angular's dev server.
var Angular = stack.Stack{
	Name: "node", Title: "Angular", Language: &Language, Page: true, Port: 4200,
	Packages: []string{"@angular/cli"},
	Find:     runs([]string{"ng"}, "@angular/cli"),
	Commands: servers("--host", "0.0.0.0", "--port", "{port}"),
}
