package python

import (
	"cmp"
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
	accompany(a, pip.Installed(a))
	pip.System(a)
	if !a.Stack.Worker {
		a.Workers = workers(a)
	}
	if a.Seed.Command == nil && stack.SeedIn(a.Tree.Text(readmeOf(a.Tree, a.Dir))) == nil {
		a.Seed.Command = seed(a)
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
	if needs == nil || !needs.HoldsMore() {
		a.Packages.Missing = append(a.Packages.Missing, drivers(a, needs)...)
	}
	imported := len(a.Packages.Missing)
	if needs != nil && imported > 0 {
		a.Note(tree.At(needs.Manifest, 0, "lacks "+strings.Join(a.Packages.Missing, ", ")+", which the source uses"))
	}
	for _, required := range a.Stack.Requires {
		if !needs.Needs(required.Package) && !slices.Contains(a.Packages.Missing, required.Package) && !needs.Mention(a.Tree, required.Unless) {
			a.Packages.Missing = append(a.Packages.Missing, required.Package)
		}
	}
	if needs != nil && len(a.Packages.Missing) > imported {
		a.Note(tree.At(needs.Manifest, 0, "lacks "+strings.Join(slices.Sorted(slices.Values(a.Packages.Missing[imported:])), ", ")+", which starts the service"))
	}
	slices.Sort(a.Packages.Missing)
}

// driverNames are the packages that a source needs for what it says, although it imports none: the
// first is installed where the list has none of them.
var driverNames = []struct {
	says     *lazyregexp.Regexp
	packages []string
}{
	{lazyregexp.New(`["']django\.(?:db\.backends\.postgresql\w*|contrib\.gis\.db\.backends\.postgis)["']`), []string{"psycopg2-binary", "psycopg2", "psycopg", "psycopg-binary"}},
	{lazyregexp.New(`["']django\.(?:contrib\.gis\.)?db\.backends\.mysql["']`), []string{"mysqlclient", "pymysql"}},
	{lazyregexp.New(`["']mysql\+pymysql://`), []string{"pymysql"}},
	{lazyregexp.New(`["']mysql\+mysqlconnector://`), []string{"mysql-connector-python"}},
	{lazyregexp.New(`["']postgresql\+asyncpg://`), []string{"asyncpg"}},
	{lazyregexp.New(`["']postgresql\+psycopg://`), []string{"psycopg[binary]", "psycopg", "psycopg-binary"}},
	{lazyregexp.New(`["']postgres(?:ql)?(?:\+psycopg2)?://[^"'\s]*@`), []string{"psycopg2-binary", "psycopg2", "psycopg", "psycopg-binary", "asyncpg", "pg8000", "aiopg", "databases"}},
	{lazyregexp.New(`["']sqlite\+aiosqlite://`), []string{"aiosqlite", "databases"}},
	{lazyregexp.New(`\bimport\b[^\n]*\bEmailStr\b`), []string{"email-validator", "pydantic[email]", "fastapi[all]", "fastapi[standard]", "fastapi-users", "fastapi-mail"}},
	{lazyregexp.New(`\bwtforms\.validators\s+import\b[^\n]*\bEmail\b`), []string{"email-validator", "wtforms[email]", "flask-security-too"}},
}

// drivers are the packages of databases that the source names and the list forgets.
func drivers(a *stack.App, needs *pip.Requirements) []string {
	var packages []string
	for _, driver := range driverNames {
		has := func(name string) bool {
			name, extra, with := strings.Cut(strings.TrimSuffix(name, "]"), "[")
			if with && (needs == nil || !strings.Contains(needs.Extras[name], extra)) {
				return false
			}
			return needs.Needs(name) || slices.Contains(a.Packages.Missing, name)
		}
		if slices.ContainsFunc(driver.packages, has) {
			continue
		}
		if slices.ContainsFunc(a.Sources, func(s tree.File) bool {
			return !aside.MatchString(tree.Relative(a.Dir, s.Path)) && driver.says.MatchString(s.Text)
		}) {
			packages = append(packages, driver.packages[0])
		}
	}
	return packages
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
	return cmp.Or(knownImports[module], djangoImports[module])
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
			if known = known || strings.HasPrefix(module, "flask_") || djangoImports[module] != ""; module != "jose" { // PyPI's jose is another package, of Python 2
				by = append(by, module)
			}
			if !known || own[module] || needs.Needs(append(by, found)...) || slices.Contains(packages, found) {
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
	"mysql":          {"mysql-connector-python", "mysql-connector", "mysql-connector-python-rf"},
	"MySQLdb":        {"mysqlclient", "flask-mysqldb"},
	"bcrypt":         {"flask-bcrypt", "passlib"},
	"jwt":            {"flask-jwt-extended", "djangorestframework-simplejwt", "djoser", "dj-rest-auth", "twilio", "firebase-admin", "msal"},
	"jose":           {"python-jose"},
	"passlib":        nil,
	"socketio":       {"flask-socketio"},
}

// djangoImports are modules of Django's world, with the package that holds each. Only that one
// brings it.
var djangoImports = map[string]string{
	"decouple": "python-decouple", "environ": "django-environ", "dj_database_url": "dj-database-url", "whitenoise": "whitenoise", "django_filters": "django-filter",
	"drf_yasg": "drf-yasg", "drf_spectacular": "drf-spectacular", "rest_framework_simplejwt": "djangorestframework-simplejwt", "djoser": "djoser", "dj_rest_auth": "dj-rest-auth",
	"allauth": "django-allauth", "oauth2_provider": "django-oauth-toolkit", "social_django": "social-auth-app-django", "storages": "django-storages", "cloudinary_storage": "django-cloudinary-storage",
	"crispy_forms": "django-crispy-forms", "crispy_bootstrap4": "crispy-bootstrap4", "crispy_bootstrap5": "crispy-bootstrap5", "widget_tweaks": "django-widget-tweaks",
	"bootstrap4": "django-bootstrap4", "bootstrap5": "django-bootstrap5", "django_bootstrap5": "django-bootstrap5", "debug_toolbar": "django-debug-toolbar", "django_extensions": "django-extensions",
	"channels": "channels", "daphne": "daphne", "django_celery_beat": "django-celery-beat", "django_celery_results": "django-celery-results", "ckeditor": "django-ckeditor",
	"tinymce": "django-tinymce", "import_export": "django-import-export", "jazzmin": "django-jazzmin", "mptt": "django-mptt", "taggit": "django-taggit", "graphene_django": "graphene-django",
	"simple_history": "django-simple-history", "django_countries": "django-countries", "phonenumber_field": "django-phonenumber-field[phonenumbers]", "imagekit": "django-imagekit",
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
	"mysql": "mysql-connector-python", "MySQLdb": "mysqlclient", "cv2": "opencv-python-headless", "markdown": "markdown", "pytz": "pytz", "qrcode": "qrcode", "aiosqlite": "aiosqlite",
	"wtforms": "wtforms", "email_validator": "email-validator", "itsdangerous": "itsdangerous", "peewee": "peewee", "apscheduler": "apscheduler", "dateutil": "python-dateutil",
	"slugify": "python-slugify", "docx": "python-docx", "PyPDF2": "pypdf2", "pypdf": "pypdf", "fitz": "pymupdf", "openpyxl": "openpyxl", "reportlab": "reportlab",
	"scipy": "scipy", "seaborn": "seaborn", "plotly": "plotly", "joblib": "joblib", "nltk": "nltk", "dash_bootstrap_components": "dash-bootstrap-components", "yfinance": "yfinance",
	"Crypto": "pycryptodome", "magic": "python-magic", "pyotp": "pyotp", "stripe": "stripe", "twilio": "twilio", "cloudinary": "cloudinary", "groq": "groq", "anthropic": "anthropic",
	"django": "django", "rest_framework": "djangorestframework", "corsheaders": "django-cors-headers",
	"streamlit": "streamlit", "gradio": "gradio", "dash": "dash", "aiohttp": "aiohttp", "httpx": "httpx", "requests": "requests", "dotenv": "python-dotenv",
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
