package python

import (
	"regexp"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
)

// matches holds a pattern against texts that it has to match, or must not.
func matches(t *testing.T, name, pattern string, texts map[string]bool) {
	t.Helper()
	compiled := regexp.MustCompile(pattern)
	for text, want := range texts {
		if got := compiled.MatchString(text); got != want {
			t.Errorf("%s matches %q: %v, want %v", name, text, got, want)
		}
	}
}

// TestDebuggersOfFlask: code and starts that show a debugger to any visitor.
func TestDebuggersOfFlask(t *testing.T) {
	t.Parallel()
	matches(t, "the source", flaskDebug, map[string]bool{
		"app.run(debug=True)": true, "app.run(host=os.environ.get('HOST', str(1)), debug = True)": true, "app.run_server(port=1,\n  debug=1)": true, "app.debug = True": true,
		"app.config['DEBUG'] = True": true, "app.run(debug=bool(x))": true, "app.run(debug=os.getenv('X'))": true,
		"app.run(debug=False)": false, "app.run()": false, "app.config['DEBUG'] = False": false, "app.run(a); x(debug=True)": false, "app.run(nodebug=True)": false,
	})
	matches(t, "the last word", useDebugger, map[string]bool{"app.run(debug=True, use_debugger=False)": true, "use_debugger = False": true, "use_debugger=True": false})
	matches(t, "a start", Flask.Debuggers[0].Start, map[string]bool{
		"flask run": true, `["flask", "run"]`: true, "FLASK_APP: web": true, "flask --version": false, "flask_runner": false, "MY_FLASK_APPS": false,
	})
	matches(t, "a file", pythonFile, map[string]bool{
		"python app.py": true, `["python3", "-u", "src/app.py"]`: true, "python3.12 -X dev ./a-b.py": false, "python -m flask run": false, "python app": false, "pythonic.py": false,
	})
	matches(t, "the variable", Flask.Debuggers[2].Only, map[string]bool{
		"FLASK_DEBUG=1 python app.py": true, "python app.py\nFLASK_DEBUG: 'True'": true, "FLASK_DEBUG=0 python app.py": false, "FLASK_DEBUG=1 flask run": false, "FLASK_DEBUG=on\npython a.py": true,
	})
	matches(t, "the PIN", pinOff, map[string]bool{"WERKZEUG_DEBUG_PIN=off": true, "WERKZEUG_DEBUG_PIN: \"off\"": true, "WERKZEUG_DEBUG_PIN=on": false, "WERKZEUG_DEBUG_PIN=offer": false})
}

func TestDebuggersOfOthers(t *testing.T) {
	t.Parallel()
	matches(t, "FastAPI", FastAPI.Debuggers[0].Line.Only, map[string]bool{
		"app = FastAPI(title='x', debug=True)": true, "Starlette(debug = True)": true, "FastAPI(debug=False)": false, "FastAPI()\nx(debug=True)": false, "MyFastAPI(debug=True)": false,
	})
	matches(t, "Django", Django.Debuggers[0].Line.Only, map[string]bool{"A = 1\nDEBUG = True": true, "DEBUG=True": true, "DEBUG = env('X')": false, "# DEBUG = True": false, "DEBUG = False": false})
	matches(t, "runserver_plus", Django.Debuggers[1].Only, map[string]bool{"python manage.py runserver_plus": true, "python manage.py runserver": false})
}

// TestSettingsOfDjango: settings that say already what a proxy needs.
func TestSettingsOfDjango(t *testing.T) {
	t.Parallel()
	hosts, origins := Django.Proxy[0].Line, Django.Proxy[1].Line
	fill := func(pattern string) string {
		return strings.ReplaceAll(pattern, "{suffix}", regexp.QuoteMeta(".example.dev"))
	}
	matches(t, "hosts", fill(hosts.Has), map[string]bool{
		"ALLOWED_HOSTS = ['*']": true, "ALLOWED_HOSTS += [\"*\"]": true, "ALLOWED_HOSTS = [\n  'a',\n  '.example.dev']": true, "ALLOWED_HOSTS = env.list('X')": true, "ALLOWED_HOSTS: list = config('X')": true,
		"ALLOWED_HOSTS = []": false, "ALLOWED_HOSTS = ['localhost']": false, "ALLOWED_HOSTS = []\nX = ['*']": false,
	})
	matches(t, "origins", fill(origins.Has), map[string]bool{
		"CSRF_TRUSTED_ORIGINS = ['https://*.example.dev']": true, "CSRF_TRUSTED_ORIGINS = config('X')": true, "SECURE_PROXY_SSL_HEADER = ('a', 'b')": true,
		"CSRF_TRUSTED_ORIGINS = ['https://a']": false, "": false,
	})
	matches(t, "the middleware", origins.Only, map[string]bool{"'django.middleware.csrf.CsrfViewMiddleware',": true, "MIDDLEWARE = []": false})
}

// TestServes: code of a program that listens.
func TestServes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"HTTPServer(x)": true, "socketserver.TCPServer(x)": true, "make_server('', 80, x)": true, "web.run_app(x)": true, "uvicorn.run('a')": true, "s.serve_forever()": true, "app.listen(1)": true,
		"x.run(debug=1, port=3)": true, "from waitress import serve; serve(app)": true, "Sanic('x')": true, "grpc.server(x)": true, "demo.launch(server_port=1)": true, "socketio.run(app)": true,
		"x.run()": false, "subprocess.run(['port'])": false, "observe(x)": false, "demo.launch()": false,
	} {
		if got := serves.MatchString(text); got != want {
			t.Errorf("%q serves: %v, want %v", text, got, want)
		}
	}
}

// TestServersOfPages: code that answers with pages, and code that lets pages of others in.
func TestServersOfPages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]bool{
		"render_template('a')": {true}, "render_template_string('a')": {true}, "return render(request, 'a')": {true}, "class A(TemplateView)": {true}, "StaticFiles(directory='a')": {true},
		"import streamlit as st": {true}, "app = Dash(x)": {true}, "CORS(app)": {false, true}, "from flask_cors import x": {false, true}, "CORSMiddleware,": {false, true},
		"'corsheaders',": {false, true}, "r.headers['Access-Control-Allow-Origin']": {false, true}, "jsonify(x)": {}, "prerender(x)": {}, "SCORS(a)": {},
	} {
		if got := [2]bool{Language.RendersPages.MatchString(text), Language.AllowsCORS.MatchString(text)}; got != want {
			t.Errorf("%q renders, lets in: %v, want %v", text, got, want)
		}
	}
}

// TestPrints: the lines by which a log shows what runs.
func TestPrints(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of   *stack.Stack
		line string
	}{
		{&Flask, " * Serving Flask app 'app'"},
		{&Flask, " * Running on http://127.0.0.1:5000"},
		{&Django, "Starting development server at http://127.0.0.1:8000/"},
		{&Uvicorn, "INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)"},
		{&FastAPI, "INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)"},
		{&Gunicorn, "[2024-01-01 00:00:00 +0000] [1] [INFO] Listening at: http://127.0.0.1:8000 (1)"},
		{&Plain, "Serving HTTP on 127.0.0.1 port 8000 (http://127.0.0.1:8000/) ..."},
	} {
		if !test.of.Listen.Prints.MatchString(test.line) || test.of.Listen.Hint == "" {
			t.Errorf("%s does not print %q", test.of.Title, test.line)
		}
	}
	if Plain.Listen.Prints.MatchString("Serving HTTP on 0.0.0.0 port 8000") {
		t.Error("a program that listens on all addresses is told to")
	}
}

// TestFailures: a line that a framework prints, and what is wrong.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of         *stack.Stack
		line, want string
	}{
		{&Flask, "Error: Could not locate a Flask application. Use the 'flask --app' option", "flask-app"},
		{&Flask, "Error: Could not import 'web'.", "flask-app module=web"},
		{&Flask, "Error: Failed to find Flask application or factory in module 'web.app'. Use 'web.app:name'", "flask-app module2=web.app"},
		{&Flask, "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/usr/lib)", "werkzeug name=url_quote from=werkzeug"},
		{&Flask, "ImportError: cannot import name 'mine' from 'werkzeug.urls'", ""},
		{&FastAPI, `ERROR:    Error loading ASGI app. Could not import module "mian".`, "app-missing module=mian"},
		{&FastAPI, `ERROR:    Error loading ASGI app. Attribute "ap" not found in module "main".`, "app-missing name=ap module=main"},
		{&FastAPI, `RuntimeError: Form data requires "python-multipart" to be installed.`, "module-missing module=python-multipart"},
		{&Gunicorn, "Failed to find attribute 'app' in 'main'.", "app-missing name=app module=main"},
	} {
		got := ""
		for _, f := range test.of.Failures {
			if match := f.Pattern.FindStringSubmatch(test.line); match != nil {
				got = f.Reason + groups(f.Pattern, match)
				break
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.line, got, test.want)
		}
	}
}

// groups are the named groups that took part in a match.
func groups(pattern *lazyregexp.Regexp, match []string) string {
	text := ""
	for i, name := range pattern.Compiled().SubexpNames() {
		if name != "" && match[i] != "" {
			text += " " + name + "=" + match[i]
		}
	}
	return text
}

// TestImportsOf: the top-level names of the modules that a source imports.
func TestImportsOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"import a": "a", "import a.b, c as d": "a c", "import a , b.c": "a b", "  from a.b import c": "a", "from . import a": "", "from .a import b": "", "x = 'import a'": "", "important a": "",
		"from a import (\n  b,\n)": "a", "import a\nfrom b import c": "a b",
	} {
		if got := strings.Join(importsOf(text), " "); got != want {
			t.Errorf("%q imports %q, want %q", text, got, want)
		}
	}
}

// TestMention: an extra of a package in any list that the first one takes in.
func TestMention(t *testing.T) {
	t.Parallel()
	root := treeOf(t, "-- requirements.txt --\n-r base.txt\na\n-- base.txt --\nfastapi[standard]\n")
	r := pip.Read(root, ".")
	for pattern, want := range map[string]bool{`fastapi\[`: true, `(?m)^a$`: true, `flask`: false} {
		if got := r.Mention(root, lazyregexp.New(pattern)); got != want {
			t.Errorf("%s is mentioned: %v", pattern, got)
		}
	}
	if r.Mention(root, nil) || (*pip.Requirements)(nil).Mention(root, lazyregexp.New(`a`)) {
		t.Error("nothing is mentioned without a pattern or a list")
	}
}

// TestKnownImports: each package that is told of stands in the form in which a list has it.
func TestKnownImports(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*(?:\[[a-z]+\])?$`)
	for module, known := range knownImports {
		if !name.MatchString(known) || standardLibrary[module] {
			t.Errorf("%s is of %s", module, known)
		}
	}
	for module, want := range map[string]string{"PIL": "pillow", "yaml": "pyyaml", "jwt": "pyjwt", "bs4": "beautifulsoup4", "dotenv": "python-dotenv", "psycopg2": "psycopg2-binary", "rest_framework": "djangorestframework", "sklearn": "scikit-learn", "multipart": "python-multipart"} {
		if got := knownImports[module]; got != want {
			t.Errorf("%s is of %q, want %s", module, got, want)
		}
	}
}
