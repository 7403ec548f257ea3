package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	flaskInstance = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\s*=\s*)?(?:flask\.)?(?:Flask|APIFlask|OpenAPI)\(`)
	flaskMade     = lazyregexp.New(`(?m)^(\w+)\s*(?:,\s*\w+\s*)?(?::\s*[\w.]+\s*)?=\s*(?:\w+\s*=\s*)?(?:[\w.]+\.)?(?:create_app|make_app|create_application)\(`)
	flaskImported = lazyregexp.New(`(?m)^from\s+[\w.]+\s+import\s+(?:[\w ,]+,\s*)?(app|application)\b`)
	flaskMakes    = lazyregexp.New(`\b(?:Flask|APIFlask|OpenAPI)\(`)
	flaskName     = lazyregexp.New(`(?m)^\s*FLASK_APP\s*=\s*["']?([\w./:()-]+)`)
)

// Flask is an application that `flask run` serves.
var Flask = stack.Stack{
	Name: "flask", Title: "Flask", Language: &Language, Port: 5000, Module: "app",
	Packages: []string{"flask"},
	Requires: []stack.Requirement{{Package: "flask", Unless: lazyregexp.New(`(?im)^\W*flask[-_.]\w`)}}, // its extensions bring Flask
	Find:     findFlask,
	Describe: func(a *stack.App) { a.Module, a.ProdModule = flaskModule(a) },
	Commands: func(a *stack.App) stack.Commands {
		if a.Entry != "" && (a.Callable == "" || beforeFlaskRun(a)) {
			return stack.Commands{Dev: runFlask(a), Prod: gunicorn(a)}
		}
		return stack.Commands{Dev: []string{"flask", "run", "--host=0.0.0.0", "--port=" + port(a)}, Prod: gunicorn(a)}
	},
	Migrate:  flaskMigrate,
	Prefixes: []string{"FLASK_"},
	ForPort:  []string{"FLASK_RUN_PORT"},
	EnvFiles: []string{".flaskenv"},
	Settings: []string{"FLASK_APP", "FLASK_ENV", "FLASK_DEBUG", "FLASK_RUN_PORT", "FLASK_RUN_HOST"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`\* (Serving Flask app|Running on http://)`), Hint: "start Flask with `flask run --host=0.0.0.0`, or app.run(host=\"0.0.0.0\")"},
	Debuggers: []stack.Debugger{
		{
			// Every option of a command of Flask has such a variable: FLASK_, the command, the option.
			// https://flask.palletsprojects.com/en/stable/cli/#setting-command-options, tried with 2.2 and 3.1:
			// with FLASK_DEBUG=1 it reloads, and an error is a plain page.
			Rule:  stack.Rule{Variables: []stack.Setting{{Name: "FLASK_RUN_DEBUGGER", Value: "false"}}},
			Start: `\bFLASK_APP\b|\bflask["',\s]+run\b`,
		},
		{
			// run() of flask/app.py and dash: use_debugger has debug as its default.
			Rule: stack.Rule{Packages: []string{"flask", "dash"}, Line: stack.Line{
				Why: flaskVisible, Files: flaskFiles, Must: true, Only: flaskDebug, Has: useDebugger, Code: "use_debugger=False in run(), after debug",
			}},
			Only: pythonFile,
		},
		{
			// The variable comes before the argument, and flask run's own variable is not read.
			Rule: stack.Rule{Line: stack.Line{
				Why: flaskVisible, Files: flaskFiles, Must: true, Only: flaskRun, Has: useDebugger + `|` + flaskDebug, Code: "use_debugger=False in run(), after debug",
			}},
			Only: flaskVariable + `[\s\S]*` + pythonFile + `|` + pythonFile + `[\s\S]*` + flaskVariable,
		},
		{
			// get_pin_and_cookie_name of werkzeug/debug: only "off" lets visitors run code without a PIN.
			Rule:  stack.Rule{Title: "Werkzeug", Variables: []stack.Setting{{Name: "WERKZEUG_DEBUG_PIN", Value: "on"}}},
			Start: pinOff, Only: pinOff,
		},
	},
	Failures: []stack.Failure{
		{
			Reason: "flask-app", Pattern: lazyregexp.New(`Could not locate a Flask application`),
			Sentence: "Flask finds no app.py or wsgi.py in the directory that it runs in", Hint: "set FLASK_APP to the file that makes the app",
		},
		{
			Reason: "flask-app", Pattern: lazyregexp.New(`^Error: Could not import '(?P<module>[^']+)'|Failed to find Flask application or factory in module '(?P<module2>[^']+)'`),
			Sentence: "FLASK_APP or --app names $module, where Flask finds no app", Hint: "name the file that makes the app, without .py",
		},
		{
			Reason: "werkzeug", InBuild: true, Specific: true,
			Pattern:  lazyregexp.New(`cannot import name '(?P<name>url_quote|url_decode|url_encode|url_parse|escape|Markup|_request_ctx_stack|_app_ctx_stack|soft_unicode|BaseResponse)' from '(?P<from>werkzeug|jinja2|flask|markupsafe)`),
			Sentence: "the installed version of $from no longer has $name, which an older library needs",
			Hint:     "pin the version of $from that fits, or update the library that imports it",
		},
	},
}

// findFlask finds the application as Flask itself would, then as people do: the
// module that FLASK_APP names, wsgi.py or app.py in the directory, a module with
// an application, a factory, a file that makes one and runs it.
func findFlask(a *stack.App) bool {
	if flaskNamed(a) {
		return true
	}
	sources := a.Sources
	if len(sources) == 0 || !slices.ContainsFunc(sources, mentionsFlask) {
		return false
	}
	made := makersOf(sources, flaskMakes)
	// Nearest first: what lies deeper is imported by it, or is a tool's.
	for len(sources) > 0 {
		depth := strings.Count(sources[0].Path, "/")
		level := sources
		if i := slices.IndexFunc(sources, func(s tree.File) bool { return strings.Count(s.Path, "/") > depth }); i > 0 {
			level = sources[:i]
		}
		sources = sources[len(level):]
		if flaskAmong(a, level, made) {
			return true
		}
	}
	return made.ranAsFile(a, "Flask application")
}

// flaskAmong finds the application among the files of one depth.
func flaskAmong(a *stack.App, sources []tree.File, made makers) bool {
	filled := func(source tree.File) (string, int) { return made.madeBy(madeAtTop, source) }
	for i, looks := range [][]callableFinder{{instanceIn, madeIn, filled, importedIn, made.factoryIn}, {instanceIn, madeIn, filled, importedIn}, {made.factoryIn}} {
		for _, source := range sources {
			own := path.Base(source.Path) == "app.py" || path.Base(source.Path) == "wsgi.py"
			if i == 0 && !own {
				continue // Flask itself looks in these two first
			}
			if callable, offset := firstCallable(source, looks); callable != "" {
				setEntry(a, source.Path, callable, tree.LineAt(source.Text, offset), "Flask application")
				return true
			}
		}
	}
	return false
}

// callableFinder finds the application in a module: its variable or factory call, and where.
type callableFinder func(tree.File) (callable string, offset int)

func firstCallable(source tree.File, finders []callableFinder) (string, int) {
	for _, find := range finders {
		if callable, offset := find(source); callable != "" {
			return callable, offset
		}
	}
	return "", 0
}

// importedIn is the application that a module imports to run it.
func importedIn(source tree.File) (string, int) {
	if !strings.Contains(source.Text, ".run(") && path.Base(source.Path) != "wsgi.py" {
		return "", 0
	}
	return firstGroup(flaskImported, source.Text)
}

func mentionsFlask(source tree.File) bool {
	return strings.Contains(source.Text, "Flask(") || strings.Contains(source.Text, "OpenAPI(")
}

// instanceIn is the variable of an application at the top of a module.
func instanceIn(source tree.File) (string, int) { return firstGroup(flaskInstance, source.Text) }

// madeIn is the variable that a module fills by calling a factory of another.
func madeIn(source tree.File) (string, int) { return firstGroup(flaskMade, source.Text) }

func firstGroup(pattern *lazyregexp.Regexp, text string) (string, int) {
	match := pattern.FindStringSubmatchIndex(text)
	if match == nil {
		return "", 0
	}
	return text[match[2]:match[3]], match[0]
}

// flaskNamed finds the application that the directory's .flaskenv or .env names.
func flaskNamed(a *stack.App) bool {
	for _, name := range []string{".flaskenv", ".env", ".env.example"} {
		if !a.Directory().Has(name) {
			continue
		}
		match := flaskName.FindStringSubmatch(a.Tree.Text(path.Join(a.Dir, name)))
		if match == nil {
			continue
		}
		module, callable, _ := strings.Cut(match[1], ":")
		base := strings.ReplaceAll(strings.TrimSuffix(module, ".py"), ".", "/")
		for _, entry := range []string{base + ".py", base + "/__init__.py", base + "/app.py", base + "/wsgi.py"} {
			full := path.Join(a.Dir, entry)
			if !a.Tree.Has(full) {
				continue
			}
			if callable == "" {
				callable, _ = firstCallable(a.Tree.Source(full), []callableFinder{instanceIn, madeIn, importedIn, makersOf(a.Sources, flaskMakes).factoryIn})
			}
			if callable != "" {
				setEntry(a, full, callable, 1, "Flask application")
				return true
			}
		}
	}
	return false
}

// flaskModule is FLASK_APP and gunicorn's name of the application. Flask finds
// "app", "application" and the usual factories in a module by itself. A file
// that is run from its own directory is given by path, which puts that directory on
// Python's path, or the one above where it is a package; gunicorn gets --chdir for the same.
func flaskModule(a *stack.App) (module, prod string) {
	if a.Callable == "" {
		return a.Entry, ""
	}
	suffix := ""
	if !slices.Contains([]string{"app", "application", "create_app()", "make_app()"}, a.Callable) {
		suffix = ":" + strings.TrimSuffix(a.Callable, "()")
	}
	if importRoot(a) != "." || isPackage(a) {
		return a.Entry + suffix, imported(a)
	}
	return dotted(a.Dir, a.Entry) + suffix, imported(a)
}

// pythonFile is a start that runs a file of Python: python app.py, ["python3", "-u", "app.py"].
const pythonFile = `\bpython[0-9.]*["',\s]+(?:-[a-zA-Z]+["',\s]+)*[\w./-]+\.py\b`

// flaskFiles are where the start of an application of Flask stands.
var flaskFiles = []string{"app.py", "main.py", "run.py", "server.py", "wsgi.py", "src/app.py", "src/main.py", "app/main.py"}

// Code in Python that turns on Flask's debugger, of which use_debugger has the last word.
const (
	// arguments are those of a call, with calls in them: host=os.environ.get("HOST", str(x)).
	arguments = `(?:[^()]|\((?:[^()]|\([^()]*\))*\))*?`
	flaskRun  = `\.run(?:_server)?\(`
	// flaskDebug is True, or what is True unless a variable says something else.
	flaskDebug = flaskRun + arguments + `\bdebug\s*=\s*(?:True|1|(?:bool|int)\(|os\.)|\.debug\s*=\s*True|\bconfig\[["']DEBUG["']\]\s*=\s*True`
	// pinOff is how a service is started whose debugger asks for no PIN.
	pinOff       = `\bWERKZEUG_DEBUG_PIN["']?[=:\s]+["']?off\b`
	useDebugger  = `\buse_debugger\s*=\s*False`
	flaskVisible = "shows its debugger and source code"
	// flaskVariable is what makes run() of Flask turn on the debugger, however it is called.
	flaskVariable = `\bFLASK_DEBUG["']?[=:\s]+["']?(?i:1|true|yes|t|on)\b`
)
