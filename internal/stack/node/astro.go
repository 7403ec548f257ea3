package node

import "github.com/devup-cli/devup/internal/stack"

// Astro is Astro's dev server.
var Astro = stack.Stack{
	Name: "node", Title: "Astro", Language: &Language, Page: true, Port: 4321,
	Packages: []string{"astro"},
	Find:     runs([]string{"astro"}, "astro"),
	Commands: servers("--host", "0.0.0.0", "--port", "{port}"),
	Prefixes: []string{"PUBLIC_"},
	Reads:    "import.meta.env.PUBLIC_",
}
