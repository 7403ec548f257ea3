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
	ForPort:  []string{"UVICORN_PORT"},
	Commands: uvicorn,
	Listen:   stack.Listen{Prints: lazyregexp.New(`Uvicorn running on`), Hint: "start uvicorn with `--host 0.0.0.0`"},
	Proxy: []stack.Rule{
		{
			// Both read it as the default of --forwarded-allow-ips: https://www.uvicorn.org/settings,
			// https://docs.gunicorn.org/en/stable/settings.html. Without it redirects lead to http.
			Title: "Uvicorn", Packages: []string{"uvicorn", "fastapi"},
			Variables: proxied,
		},
		{
			// Every option of its command has such a variable. Without it redirects lead out of the
			// path, and FastAPI's page /docs finds no schema: https://fastapi.tiangolo.com/advanced/behind-a-proxy
			Title: "Uvicorn", Packages: []string{"uvicorn", "fastapi"}, Path: true,
			Variables: []stack.Setting{{Name: "UVICORN_ROOT_PATH", Value: "{path}"}},
		},
	},
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
