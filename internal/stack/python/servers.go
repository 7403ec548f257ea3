package python

import (
	"path"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/stack"
)

func port(a *stack.App) string { return strconv.Itoa(a.Port.Number) }

// gunicorn serves the WSGI application in production; nil where there is none.
func gunicorn(a *stack.App) []string {
	if a.ProdModule == "" {
		return nil
	}
	command := []string{"gunicorn", "--bind", "0.0.0.0:" + port(a)}
	if folder := path.Dir(a.Entry); folder != "." && (path.Base(a.Entry) == "manage.py" || fromOwnFolder(a)) {
		command = append(command, "--chdir", folder)
	}
	return append(command, a.ProdModule)
}

// uvicorn serves the ASGI application.
func uvicorn(a *stack.App) stack.Commands {
	serve := []string{"uvicorn", a.Module, "--host", "0.0.0.0", "--port", port(a)}
	if fromOwnFolder(a) {
		serve = append(serve, "--app-dir", path.Dir(a.Entry))
	}
	return stack.Commands{Dev: append(slices.Clip(serve), "--reload"), Prod: serve}
}
