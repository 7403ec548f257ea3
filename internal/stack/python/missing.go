package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	importLine = lazyregexp.New(`(?m)^[ \t]*import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)`)
	fromLine   = lazyregexp.New(`(?m)^[ \t]*from[ \t]+(\w[\w.]*)[ \t]+import\b`)
)

// finish decides what needs the commands and the version of Python.
func finish(a *stack.App) {
	missing(a)
	if needs := pip.Read(a.Tree, a.Dir); needs != nil {
		accompany(a, needs)
	}
	pip.System(a)
	if !a.Of.Worker {
		a.Workers = workers(a)
	}
}

// missing works out which packages the service needs that no manifest names: without
// a manifest, those that its source imports; with one, those that its stack requires,
// which people have installed on their own machine.
func missing(a *stack.App) {
	needs := pip.Read(a.Tree, a.Dir)
	if needs == nil {
		a.Packages.Missing = importedPackages(a)
	} else if !needs.HoldsMore() {
		a.Packages.Missing = undeclared(a, needs)
	}
	imported := len(a.Packages.Missing)
	if needs != nil && imported > 0 {
		a.Note(tree.At(needs.Manifest, 0, "lacks "+strings.Join(a.Packages.Missing, ", ")+", which the source imports"))
	}
	for _, required := range a.Of.Requires {
		if !needs.Needs(required.Package) && !slices.Contains(a.Packages.Missing, required.Package) && !needs.Mention(a.Tree, required.Unless) {
			a.Packages.Missing = append(a.Packages.Missing, required.Package)
		}
	}
	if needs != nil && len(a.Packages.Missing) > imported {
		a.Note(tree.At(needs.Manifest, 0, "lacks "+strings.Join(slices.Sorted(slices.Values(a.Packages.Missing[imported:])), ", ")+", which starts the service"))
	}
	slices.Sort(a.Packages.Missing)
}

// importedPackages are the packages of the modules that the service's source
// imports. Modules that are neither Python's, nor the repository's, nor known
// are named in a remark: an import's name is often not the package's.
func importedPackages(a *stack.App) []string {
	own := ownModules(a)
	var packages, unknown []string
	for _, source := range a.Sources {
		for _, module := range importsOf(source.Text) {
			if own[module] || standardLibrary[module] {
				continue
			}
			switch known := packageOf(module); {
			case known != "" && !slices.Contains(packages, known):
				packages = append(packages, known)
			case known == "" && !slices.Contains(unknown, module):
				unknown = append(unknown, module)
			}
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		a.Remark(tree.Evidence{Text: "imports " + strings.Join(unknown, ", ") + ", which no requirements file names"},
			"add the packages to "+path.Join(a.Dir, "requirements.txt")+", remove "+path.Join(a.Dir, "Dockerfile")+", and run `devup init` again")
	}
	return packages
}

// ownModules are the names by which the service's own files may be imported.
func ownModules(a *stack.App) map[string]bool {
	own := map[string]bool{path.Base(a.Dir): true}
	for _, f := range a.Tree.Below(a.Dir, func(*tree.Directory) bool { return true }) {
		own[path.Base(f.Path)] = true
		for _, name := range f.Names {
			own[strings.TrimSuffix(name, ".py")] = true
		}
	}
	return own
}

// packageOf is the package that holds a module; empty where it is not known.
func packageOf(module string) string {
	if flask, is := strings.CutPrefix(module, "flask_"); is && knownImports[module] == "" {
		return "flask-" + strings.ReplaceAll(flask, "_", "-")
	}
	return knownImports[module]
}

var (
	topLevelImport = lazyregexp.New(`(?m)^(?:import|from)[ \t].*`)
	aside          = lazyregexp.New(`(?:^|/)(?:tests?|scripts?|notebooks?|seeds?|examples?|docs)(?:/|\.py$)|(?:^|/)(?:test|seed|populate)_|_test\.py$`)
)

// undeclared are the packages that the server imports as it starts and the manifest does not
// name: the author's machine has them. Those that others may bring along are left out.
func undeclared(a *stack.App, needs *pip.Requirements) []string {
	own := ownModules(a)
	var packages []string
	for _, source := range a.Sources {
		if aside.MatchString(tree.Relative(a.Dir, source.Path)) {
			continue
		}
		for _, module := range loadedBy(source.Text) {
			found, _, _ := strings.Cut(packageOf(module), "[")
			by, known := bringers[module]
			if known = known || strings.HasPrefix(module, "flask_"); !known || own[module] || needs.Needs(append(by, found, module)...) || slices.Contains(packages, found) {
				continue
			}
			packages = append(packages, packageOf(module))
		}
	}
	return packages
}

// bringers are modules that manifests forget, each with the packages other than its own that
// bring it. A module that many packages bring has no row.
var bringers = map[string][]string{
	"dotenv":         {"pydantic-settings", "uvicorn", "fastapi", "litellm", "environs", "langchain-community"},
	"corsheaders":    nil,
	"rest_framework": {"djangorestframework-simplejwt", "dj-rest-auth", "drf-yasg", "drf-spectacular", "djoser"},
	"psycopg2":       {"psycopg2-binary", "psycopg2-pool", "aiopg"},
	"pymysql":        {"aiomysql"},
	"pymongo":        {"motor", "mongoengine", "flask-pymongo", "beanie", "djongo", "mongoengine-python"},
	"bcrypt":         {"flask-bcrypt", "passlib"},
	"jwt":            {"flask-jwt-extended", "djangorestframework-simplejwt", "djoser", "dj-rest-auth", "twilio", "firebase-admin", "msal"},
	"jose":           {"python-jose"},
	"passlib":        nil,
	"socketio":       {"flask-socketio"},
	"decouple":       nil, "environ": nil, "dj_database_url": nil, "whitenoise": nil, "django_filters": nil, "drf_yasg": nil, "drf_spectacular": nil,
	"rest_framework_simplejwt": {"djoser", "dj-rest-auth"}, "storages": nil, "crispy_forms": nil, "debug_toolbar": nil, "django_extensions": nil, "channels": nil,
}

// djangoNames are those of modules that Django's settings load: INSTALLED_APPS and MIDDLEWARE.
var (
	djangoLists = lazyregexp.New(`(?m)^(?:INSTALLED_APPS|MIDDLEWARE|THIRD_PARTY_APPS)\s*\+?=\s*[\[(]([^\])]*)[\])]`)
	djangoName  = lazyregexp.New(`(?m)^\s*["'](\w+)[\w.]*["']`)
)

// loadedBy are the top-level names of the modules that a source loads as it is imported.
func loadedBy(text string) []string {
	modules := importsOf(strings.Join(topLevelImport.FindAllString(text, -1), "\n"))
	for _, list := range djangoLists.FindAllStringSubmatch(text, -1) {
		for _, m := range djangoName.FindAllStringSubmatch(list[1], -1) {
			modules = append(modules, m[1])
		}
	}
	return modules
}

// importsOf are the top-level names of the modules that a source imports.
func importsOf(text string) []string {
	var modules []string
	add := func(name string) {
		top, _, _ := strings.Cut(strings.TrimSpace(name), ".")
		modules = append(modules, top)
	}
	for _, match := range importLine.FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(match[1], ",") {
			add(name)
		}
	}
	for _, match := range fromLine.FindAllStringSubmatch(text, -1) {
		add(match[1])
	}
	return modules
}

// knownImports are modules that servers often import, with the package that
// holds each. Those of the form flask_x are in flask-x.
var knownImports = map[string]string{
	"flask": "flask", "werkzeug": "werkzeug", "jinja2": "jinja2", "markupsafe": "markupsafe", "click": "click",
	"fastapi": "fastapi", "starlette": "starlette", "pydantic": "pydantic", "pydantic_settings": "pydantic-settings",
	"uvicorn": "uvicorn", "gunicorn": "gunicorn", "waitress": "waitress", "quart": "quart", "litestar": "litestar",
	"decouple": "python-decouple", "environ": "django-environ", "dj_database_url": "dj-database-url", "whitenoise": "whitenoise",
	"django_filters": "django-filter", "drf_yasg": "drf-yasg", "drf_spectacular": "drf-spectacular", "rest_framework_simplejwt": "djangorestframework-simplejwt",
	"storages": "django-storages", "crispy_forms": "django-crispy-forms", "debug_toolbar": "django-debug-toolbar", "django_extensions": "django-extensions", "channels": "channels",
	"django": "django", "rest_framework": "djangorestframework", "corsheaders": "django-cors-headers",
	"streamlit": "streamlit", "gradio": "gradio", "dash": "dash", "plotly": "plotly", "aiohttp": "aiohttp", "httpx": "httpx", "requests": "requests", "dotenv": "python-dotenv",
	"sqlalchemy": "sqlalchemy", "alembic": "alembic", "psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]", "asyncpg": "asyncpg",
	"pymysql": "pymysql", "pymongo": "pymongo", "bson": "pymongo", "redis": "redis", "celery": "celery",
	"boto3": "boto3", "botocore": "boto3", "jwt": "pyjwt", "jose": "python-jose", "passlib": "passlib", "bcrypt": "bcrypt",
	"cryptography": "cryptography", "marshmallow": "marshmallow", "yaml": "pyyaml", "bs4": "beautifulsoup4", "lxml": "lxml",
	"PIL": "pillow", "numpy": "numpy", "pandas": "pandas", "matplotlib": "matplotlib", "sklearn": "scikit-learn", "openai": "openai",
	"socketio": "python-socketio", "multipart": "python-multipart", "tornado": "tornado", "sanic": "sanic", "bottle": "bottle", "cherrypy": "cherrypy",
}

// standardLibrary are Python's own modules, without those that no server has.
var standardLibrary = setOf(`__future__ __main__ abc argparse array ast asyncio atexit base64 binascii bisect builtins bz2 calendar cgi cmath
	cmd code codecs collections colorsys concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime
	dbm decimal difflib dis doctest email encodings enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools
	gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib importlib inspect io ipaddress itertools json
	keyword linecache locale logging lzma mailbox marshal math mimetypes mmap multiprocessing netrc numbers operator os pathlib pdb
	pickle pkgutil platform plistlib poplib posixpath pprint profile pstats pty pwd pydoc queue quopri random re readline reprlib
	resource runpy sched secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat
	statistics string stringprep struct subprocess symtable sys sysconfig syslog tarfile tempfile termios textwrap threading time timeit
	tkinter token tokenize tomllib traceback tracemalloc tty turtle types typing unicodedata unittest urllib uuid venv warnings
	wave weakref webbrowser winreg wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}
