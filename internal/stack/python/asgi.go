package python

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var asgi = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(Starlette|Quart|Litestar)\(`)

// ASGI is an application of a framework without a stack of its own that uvicorn serves.
var ASGI = stack.Stack{
	Name: "python", Title: "ASGI", Language: &Language, Port: 8000,
	Packages: []string{"starlette", "quart", "litestar"},
	Requires: []stack.Requirement{{Package: "uvicorn"}},
	Find:     inSource(asgi, ""),
	Describe: func(a *stack.App) {
		match := asgi.FindStringSubmatch(a.Tree.Source(path.Join(a.Dir, a.Entry)).Text)
		a.Framework, a.Module, a.Shown.Text = match[2], imported(a), match[2]
	},
	Commands: uvicornCommands,
	Listen:   Uvicorn.Listen,
}
