package python

import (
	"path"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

func port(a *stack.App) string { return strconv.Itoa(a.Port.Number) }

// gunicorn serves the WSGI application in production; nil where there is none.
func gunicorn(a *stack.App) []string {
	if a.ProdModule == "" {
		return nil
	}
	command := []string{"gunicorn", "--bind", "0.0.0.0:" + port(a)}
	directory := importRoot(a)
	if path.Base(a.Entry) == "manage.py" {
		directory = path.Dir(a.Entry)
	}
	if directory != "." {
		command = append(command, "--chdir", directory)
	}
	return append(command, a.ProdModule)
}

// uvicornCommands serve the ASGI application.
func uvicornCommands(a *stack.App) stack.Commands {
	serve := []string{"uvicorn", a.Module, "--host", "0.0.0.0", "--port", port(a)}
	if root := importRoot(a); root != "." {
		serve = append(serve, "--app-dir", root)
	}
	return stack.Commands{Dev: append(slices.Clip(serve), "--reload"), Prod: serve}
}

// proxied makes servers believe the proxy in front of them about the address in the browser.
var proxied = []stack.Setting{{Name: "FORWARDED_ALLOW_IPS", Value: "*"}}

// Uvicorn is a server that runs ASGI applications of several frameworks; FastAPI brings it.
var Uvicorn = stack.Stack{
	Title: "Uvicorn", Language: &Language, Packages: []string{"uvicorn", "fastapi"},
	ForPort: []string{"UVICORN_PORT"},
	Listen:  stack.Listen{Prints: lazyregexp.New(`Uvicorn running on`), Hint: "start uvicorn with `--host 0.0.0.0`"},
	Proxy: []stack.Rule{
		{
			// The default of --forwarded-allow-ips: https://www.uvicorn.org/settings. Without it
			// redirects lead to http.
			Variables: proxied,
		},
		{
			// Every option of its command has such a variable. Without it redirects lead out of the
			// path, and FastAPI's page /docs finds no schema: https://fastapi.tiangolo.com/advanced/behind-a-proxy
			Path:      true,
			Variables: []stack.Setting{{Name: "UVICORN_ROOT_PATH", Value: "{path}"}},
		},
	},
}

// Gunicorn is a server that runs applications of several frameworks.
var Gunicorn = stack.Stack{
	Title: "Gunicorn", Language: &Language, Packages: []string{"gunicorn"},
	Listen: stack.Listen{Prints: lazyregexp.New(`\[INFO\] Listening at: `), Hint: "start gunicorn with `--bind 0.0.0.0:%d`"},
	Proxy: []stack.Rule{
		{
			// As for uvicorn: https://docs.gunicorn.org/en/stable/settings.html
			Variables: proxied,
		},
	},
	Failures: []stack.Failure{
		{
			Reason: "app-missing", Pattern: lazyregexp.New(`Failed to find attribute '(?P<name>[^']+)' in '(?P<module>[^']+)'`),
			Sentence: "gunicorn finds no $name in $module.py", Hint: "name the variable that holds the app, as in `gunicorn $module:app`",
		},
	},
}
