package python

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
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
	Failures: []rule.Rule{
		{
			Reason: "app-missing", Scope: rule.Program, Pattern: lazyregexp.New(`Failed to find attribute '(?P<name>[^']+)' in '(?P<module>[^']+)'`),
			Sentence: "gunicorn finds no $name in $module.py", Hint: "name the variable that holds the app, as in `gunicorn $module:app`",
		},
	},
}

// listener is a program of the image that runs a file as Python would, and makes servers that
// listen on the container's own loopback address listen on all of its addresses.
const listener = "/usr/local/lib/listen.py"

// runFile runs the entry itself, which decides where it listens.
func runFile(a *stack.App) []string { return []string{"python", listener, a.Entry} }

// runScript runs the entry as it is: where it listens is said by its source or by variables.
// A host that the source names beats those.
func runScript(a *stack.App) []string {
	if loopbackOnly.MatchString(a.Tree.Source(joined(a)).Text) {
		return runFile(a)
	}
	return []string{"python", a.Entry}
}

// loopbackOnly are calls that listen on the loopback address, or by default do.
var loopbackOnly = lazyregexp.New(`["'](?:127\.0\.0\.1|localhost)["']`)

// joined is the entry's path in the repository.
func joined(a *stack.App) string { return path.Join(a.Dir, a.Entry) }

// runFlask runs an application without the command of Flask.
func runFlask(a *stack.App) []string {
	if a.Callable == "" || strings.Contains(a.Tree.Source(joined(a)).Text, ".run(") {
		return runFile(a)
	}
	// Werkzeug of that time cannot start this again.
	return []string{"python", "-c", "from " + importedModule(a) + " import " + strings.TrimSuffix(a.Callable, "()") + " as app; app.run('0.0.0.0', " + port(a) + ", use_reloader=False)"}
}

// beforeFlaskRun says whether the version of Flask has no command of its own, which came
// with 0.11.
func beforeFlaskRun(a *stack.App) bool {
	needs := pip.Read(a.Tree, a.Dir)
	if needs == nil {
		return false
	}
	version := pip.PinnedVersion(needs, pip.LockOf(a.Tree, needs), "flask")
	return version != "" && versions.Less(versions.Numbers(version), []int{0, 11})
}

var (
	createsAll = lazyregexp.New(`\.create_all\(`)
	onStartup  = lazyregexp.New(`(?s)@\w+\.on_event\(\s*["']startup["']\s*\)\s*\n(?:[ \t]*@[^\n]*\n)*\s*(?:async\s+)?def\s+\w+\([^\n]*\n(?:[ \t]+[^\n]*\n|\n)*?[ \t]+[^\n]*\.create_all\(`)
)

// makesTables says whether the server makes its tables itself when it starts. A migration
// next to it would find them there, and its first step would fail.
func makesTables(a *stack.App) bool {
	for _, source := range a.Sources {
		if name := tree.Relative(a.Dir, source.Path); aside.MatchString(name) || strings.Contains(name, "migrations/") || strings.Contains(name, "alembic/") {
			continue
		}
		at := createsAll.FindStringIndex(source.Text)
		if at == nil || !runsAtStart(source.Text, at[0]) && !onStartup.MatchString(source.Text) {
			continue
		}
		a.Note(source.At(at[0], "makes the tables when it starts, so that nothing is migrated"))
		return true
	}
	return false
}

// prependsPath is the setting by which Alembic's command finds the modules of the project.
var prependsPath = lazyregexp.New(`(?m)^\s*prepend_sys_path\s*=\s*\S`)

// alembic is the migration of a project that has Alembic's settings, whose paths start at the
// directory that it runs in. Without the one for the project's modules it runs as a module of
// Python, which finds those of the current directory.
func alembic(a *stack.App) []string {
	at, has := nextToEntry(a, "alembic.ini")
	if !has || makesTables(a) || !pip.Read(a.Tree, a.Dir).Needs("alembic") {
		return nil
	}
	command := []string{"alembic", "upgrade", "head"}
	if !prependsPath.MatchString(a.Tree.Text(path.Join(a.Dir, at, "alembic.ini"))) {
		command = append([]string{"python", "-m"}, command...)
	}
	if at != "." {
		command = append([]string{"sh", "-c", `cd "$0" && exec "$@"`, at}, command...)
	}
	return command
}

// nextToEntry is the directory, relative to the service's, that has a file: the service's own, or
// that of the entry or the one that it is imported from.
func nextToEntry(a *stack.App, name string) (dir string, has bool) {
	for _, dir := range []string{".", importRoot(a), path.Dir(a.Entry)} {
		if a.Tree.Has(path.Join(a.Dir, dir, name)) {
			return dir, true
		}
	}
	return "", false
}

// flaskMigrate is the migration of a Flask application: that of Flask-Migrate, which needs an
// application that `flask` finds, or Alembic's.
func flaskMigrate(a *stack.App) []string {
	at, has := nextToEntry(a, "migrations/env.py")
	if !has || a.Callable == "" || !pip.Read(a.Tree, a.Dir).Needs("flask-migrate") || makesTables(a) {
		return alembic(a)
	}
	command := []string{"flask", "db", "upgrade"}
	if at != "." {
		command = append(command, "--directory", path.Join(at, "migrations"))
	}
	return command
}
