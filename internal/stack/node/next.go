package node

import "github.com/devup-cli/devup/internal/stack"

// Next is an app of Next.js.
var Next = stack.Stack{
	Name: "node", Title: "Next.js", Language: &Language, Page: true, Port: 3000,
	Packages:   []string{"next"},
	Find:       runs([]string{"next"}, "next"),
	Commands:   servers("-H", "0.0.0.0", "-p", "{port}"),
	Prefixes:   []string{"NEXT_PUBLIC_"},
	Reads:      "process.env.NEXT_PUBLIC_",
	ServerSide: true,
}
