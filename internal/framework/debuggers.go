package framework

import (
	"cmp"
	"io/fs"
	"regexp"
)

// debugger is a framework that shows source code, or runs code, for any visitor of a service
// under development.
type debugger struct {
	rule          // what is set or said; the variables turn it off and leave reloading as it is
	start  string // a pattern of how the service is started that shows the framework too; empty for none
	only   string // a pattern that the start must match; empty for any
	unless string // a pattern of a start that has no debugger; empty for none
	// instead is what the command of a service should say instead of what start matches; why
	// is the line's. Empty where the command is right.
	instead string
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
	flaskDebug   = flaskRun + arguments + `\bdebug\s*=\s*(?:True|1|(?:bool|int)\(|os\.)|\.debug\s*=\s*True|\bconfig\[["']DEBUG["']\]\s*=\s*True`
	useDebugger  = `\buse_debugger\s*=\s*False`
	flaskVisible = "shows its debugger and source code"
	// flaskVariable is what makes run() of Flask turn on the debugger, however it is called.
	flaskVariable = `\bFLASK_DEBUG["']?[=:\s]+["']?(?i:1|true|yes|t|on)\b`
)

const showsCode = "shows source code in its error pages"

// debuggers must not be on the internet. What starts a service is matched as text: its
// environment, command and Dockerfile.
var debuggers = []debugger{
	{
		// Every option of a command of Flask has such a variable: FLASK_, the command, the option.
		// https://flask.palletsprojects.com/en/stable/cli/#setting-command-options, tried with 2.2 and 3.1:
		// with FLASK_DEBUG=1 it reloads, and an error is a plain page.
		rule:  rule{title: "Flask", manifest: python, packages: []string{"flask"}, variables: []setting{{"FLASK_RUN_DEBUGGER", "false"}}},
		start: `\bFLASK_APP\b|\bflask["',\s]+run\b`,
	},
	{
		// run() of flask/app.py and dash: use_debugger has debug as its default.
		rule: rule{title: "Flask", manifest: python, packages: []string{"flask", "dash"}, line: advice{
			why: flaskVisible, files: flaskFiles, must: true, only: flaskDebug, has: useDebugger, code: "use_debugger=False in run(), after debug",
		}},
		only: pythonFile,
	},
	{
		// The variable comes before the argument, and flask run's own variable is not read.
		rule: rule{title: "Flask", manifest: python, packages: []string{"flask"}, line: advice{
			why: flaskVisible, files: flaskFiles, must: true, only: flaskRun, has: useDebugger + `|` + flaskDebug, code: "use_debugger=False in run(), after debug",
		}},
		only: flaskVariable + `[\s\S]*` + pythonFile + `|` + pythonFile + `[\s\S]*` + flaskVariable,
	},
	{
		// get_pin_and_cookie_name of werkzeug/debug: only "off" lets visitors run code without a PIN.
		rule:  rule{title: "Werkzeug", variables: []setting{{"WERKZEUG_DEBUG_PIN", "on"}}},
		start: `\bWERKZEUG_DEBUG_PIN["']?[=:\s]+["']?off\b`,
	},
	{
		// https://django-extensions.readthedocs.io/en/latest/runserver_plus.html: Werkzeug's debugger,
		// which no setting turns off.
		rule:  rule{title: "Django", line: advice{why: "shows a debugger that runs code"}},
		start: `\brunserver_plus\b`, instead: "runserver instead of runserver_plus",
	},
	{
		// https://docs.djangoproject.com/en/stable/ref/settings/#debug
		rule: rule{title: "Django", mark: "manage.py", line: advice{
			why: "shows source code and settings in its error pages", files: []string{"{settings}"}, must: true, only: `(?m)^DEBUG\s*=\s*True`, code: `DEBUG = os.environ.get("DEBUG") == "1"`,
		}},
	},
	{
		// https://www.starlette.io/exceptions: ServerErrorMiddleware with debug.
		rule: rule{title: "FastAPI", manifest: python, packages: []string{"fastapi", "starlette"}, line: advice{
			why: showsCode, files: []string{"main.py", "app.py", "app/main.py", "src/main.py"}, must: true,
			only: `\b(?:FastAPI|Starlette)\([^)]*\bdebug\s*=\s*True`, code: "debug=False",
		}},
	},
	{
		// https://guides.rubyonrails.org/configuring.html#config-consider-all-requests-local. The console
		// of web-console answers private addresses alone, which the proxy of a workspace has.
		rule: rule{title: "Rails", manifest: gems, packages: []string{"rails", "railties"}, line: advice{
			why: showsCode, files: []string{"config/environments/development.rb"}, must: true,
			only: `consider_all_requests_local\s*=\s*true`, code: "config.consider_all_requests_local = false",
		}},
		unless: `\bRAILS_ENV["']?[=:\s]+["']?production`,
	},
	{
		// config/app.php reads it: https://laravel.com/docs/configuration#debug-mode. A variable of the
		// container comes before the .env.
		rule: rule{title: "Laravel", manifest: composer, packages: []string{"laravel/framework"}, variables: []setting{{"APP_DEBUG", "false"}}},
	},
	{
		// https://symfony.com/doc/current/profiler.html
		rule: rule{title: "Symfony", manifest: composer, packages: []string{"symfony/framework-bundle"}, line: advice{
			why: "shows its profiler and source code", files: []string{".env"}, must: true, only: `(?m)^APP_ENV=dev`, code: "APP_ENV=prod",
		}},
		unless: `\bAPP_ENV["']?[=:\s]+["']?prod`,
	},
}

// Debuggers says what the frameworks in a folder need before a service may be public: the
// variables that turn off what shows source code or runs code for its visitors, also where an
// env file of the folder sets them, and the lines that only the user can change. start is how
// the service is started, as text: environment, command and Dockerfile.
func Debuggers(files fs.FS, start string) Needs {
	f := folder{files: files, texts: map[string]string{}}
	var needs Needs
	for _, d := range debuggers {
		shown := d.start != "" && regexp.MustCompile(d.start).MatchString(start)
		switch {
		case !shown && !d.meets(&f),
			d.only != "" && !regexp.MustCompile(d.only).MatchString(start),
			d.unless != "" && regexp.MustCompile(d.unless).MatchString(start):
			continue
		}
		for _, s := range d.variables {
			needs.Variables = append(needs.Variables, Variable{d.title, s.name, s.value})
		}
		if d.instead != "" {
			needs.Lines = append(needs.Lines, Line{Framework: d.title, Why: d.line.why, Code: d.instead})
		}
		if d.line.code == "" {
			continue
		}
		if file, lacks := f.lacks(d.line, Address{}); lacks {
			needs.Lines = append(needs.Lines, Line{d.title, d.line.why, d.line.code, file})
		}
	}
	return needs
}

// PublicNote says of a line that [Debuggers] gave what visitors of the service see without it.
func (l Line) PublicNote(service string) string {
	return service + ": " + l.Framework + " " + l.Why + " to any visitor of a public service: write " + l.Code + " in " + cmp.Or(l.File, "its command")
}
