package python

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var asgi = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(Starlette|Quart|Litestar|Sanic)\(`)

// ASGI is an application of a framework without a stack of its own that uvicorn serves.
var ASGI = stack.Stack{
	Name: "python", Title: "ASGI", Language: &Language, Port: 8000,
	Packages: []string{"starlette", "quart", "litestar", "sanic"},
	Requires: []stack.Requirement{{Package: "uvicorn"}},
	Find:     inSource(asgi, ""),
	Describe: func(a *stack.App) {
		match := asgi.FindStringSubmatch(a.Tree.Source(path.Join(a.Dir, a.Entry)).Text)
		a.Framework, a.Module, a.FoundAt.Text = match[2], imported(a), match[2]
	},
	Commands: uvicornCommands,
	Listen:   Uvicorn.Listen,
}

var wsgi = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:falcon\.(?:App|API)\(|(?:bottle\.)?(Bottle|default_app)\(|\w+\.(make_wsgi_app)\()`)

// WSGI is an application of a framework without a stack of its own that gunicorn serves, also
// for development, because it reloads.
var WSGI = stack.Stack{
	Name: "python", Title: "WSGI", Language: &Language, Port: 8000,
	Packages: []string{"falcon", "bottle", "pyramid"},
	Requires: []stack.Requirement{{Package: "gunicorn"}},
	Find:     inSource(wsgi, ""),
	Describe: func(a *stack.App) {
		match := wsgi.FindStringSubmatch(a.Tree.Source(joined(a)).Text)
		a.Framework = "Falcon"
		switch {
		case match[2] != "":
			a.Framework = "Bottle"
		case match[3] != "":
			a.Framework = "Pyramid"
		}
		a.Module, a.ProdModule, a.FoundAt.Text = imported(a), imported(a), a.Framework
	},
	Commands: func(a *stack.App) stack.Commands {
		prod := gunicorn(a)
		return stack.Commands{Dev: append([]string{"gunicorn", "--reload"}, prod[1:]...), Prod: prod}
	},
	Listen: Gunicorn.Listen,
}
