package python

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var asgi = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(FastAPI|Starlette|Quart|Litestar)\(`)

// ASGI is an application of a framework that uvicorn serves.
var ASGI = stack.Stack{
	Name: "python", Title: "ASGI", Language: &Language, Port: 8000,
	Packages: []string{"fastapi", "starlette", "quart", "litestar"},
	Requires: []stack.Requirement{{Package: "uvicorn", Unless: lazyregexp.New(`(?i)fastapi\[`)}}, // fastapi[standard] brings it
	Find:     inSource(asgi, ""),
	Describe: func(a *stack.App) {
		match := asgi.FindStringSubmatch(a.Tree.Source(path.Join(a.Dir, a.Entry)).Text)
		a.Framework, a.Module, a.Shown.Text = match[2], imported(a), match[2]
	},
	Commands: uvicornCommands,
	Listen:   Uvicorn.Listen,
	Debuggers: []stack.Debugger{
		{
			// https://www.starlette.io/exceptions: ServerErrorMiddleware with debug.
			Rule: stack.Rule{Title: "FastAPI", Packages: []string{"fastapi", "starlette"}, Line: stack.Line{
				Why: stack.ShowsCode, Files: []string{"main.py", "app.py", "app/main.py", "src/main.py"}, Must: true,
				Only: `\b(?:FastAPI|Starlette)\([^)]*\bdebug\s*=\s*True`, Code: "debug=False",
			}},
		},
	},
}
