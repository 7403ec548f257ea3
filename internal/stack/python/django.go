package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Django is a site with a manage.py.
var Django = stack.Stack{
	Name: "python", Title: "Django", Language: &Language, Port: 8000,
	Packages: []string{"django"},
	Find:     findDjango,
	Describe: func(a *stack.App) { a.Module, a.ProdModule = a.Entry, djangoWSGI(a) },
	Commands: func(a *stack.App) stack.Commands {
		return stack.Commands{Dev: []string{"python", a.Module, "runserver", "0.0.0.0:" + port(a)}, Prod: djangoProd(a)}
	},
	Migrate:  djangoMigrate,
	Prefixes: []string{"DJANGO_"},
	Settings: []string{"DJANGO_SETTINGS_MODULE"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Starting development server at http://127`), Hint: "start Django with `python manage.py runserver 0.0.0.0:%d`"},
	Proxy: []stack.Rule{
		{
			// https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts. What the
			// settings read from somewhere else is not ours to judge.
			Mark: "manage.py",
			Line: stack.Line{
				Why: stack.Refuses, In: djangoSettings, Must: true,
				Has:  `ALLOWED_HOSTS\s*(?:\+?=|:)[^\]]*?(?:["']\*["']|env|config\(|{suffix})`,
				Code: `ALLOWED_HOSTS = ["{suffix}", "localhost", "127.0.0.1"]`,
			},
		},
		{
			// https://docs.djangoproject.com/en/stable/ref/settings/#csrf-trusted-origins:
			// needed since Django 4.0, because the request itself comes in without TLS.
			Mark: "manage.py",
			Line: stack.Line{
				Why: "refuses forms that were sent over https", In: djangoSettings, Must: true, Only: `CsrfViewMiddleware`,
				Has:  `CSRF_TRUSTED_ORIGINS\s*(?:\+?=|:)[^\]]*?(?:env|config\(|{suffix})|SECURE_PROXY_SSL_HEADER`,
				Code: `CSRF_TRUSTED_ORIGINS = ["https://*{suffix}"]`,
			},
		},
	},
	Debuggers: []stack.Debugger{
		{
			// https://docs.djangoproject.com/en/stable/ref/settings/#debug
			Rule: stack.Rule{Mark: "manage.py", Line: stack.Line{
				Why: "shows source code and settings in its error pages", In: djangoSettings, Must: true, Only: `(?m)^DEBUG\s*=\s*True`, Code: `DEBUG = os.environ.get("DEBUG") == "1"`,
			}},
		},
		{
			// https://django-extensions.readthedocs.io/en/latest/runserver_plus.html: Werkzeug's debugger,
			// which no setting turns off.
			Rule:  stack.Rule{Line: stack.Line{Why: "shows a debugger that runs code"}},
			Start: `\brunserver_plus\b`, Only: `\brunserver_plus\b`, Instead: "runserver instead of runserver_plus",
		},
	},
	Failures: []stack.Failure{
		{
			// The errors of its system checks: https://docs.djangoproject.com/en/stable/ref/checks
			Reason: "django-check", Specific: true, Pattern: lazyregexp.New(`^\S+: \((?P<name>\w+\.E\d{3})\) (?P<what>[^\n]+?)\.?$`),
			Sentence: "Django's check $name fails: $what", Hint: "correct the setting or the model that it names",
		},
	},
}

func findDjango(a *stack.App) bool {
	for _, source := range a.Sources {
		if at := strings.Index(source.Text, "DJANGO_SETTINGS_MODULE"); at >= 0 && path.Base(source.Path) == "manage.py" {
			setEntry(a, source.Path, "", tree.LineAt(source.Text, at), "Django")
			return true
		}
	}
	return false
}

// djangoWSGI is gunicorn's name of the site: the package next to manage.py with a wsgi.py.
func djangoWSGI(a *stack.App) string {
	for _, sub := range a.Tree.Directory(path.Join(a.Dir, path.Dir(a.Entry))).Subs {
		if a.Tree.Has(path.Join(sub, "wsgi.py")) {
			return path.Base(sub) + ".wsgi:application"
		}
	}
	return ""
}

// djangoProd serves the site with gunicorn. Where the settings say where static files are
// collected, it collects them first: when it starts, because the settings need the variables of
// the running service.
func djangoProd(a *stack.App) []string {
	serve := gunicorn(a)
	if serve == nil || !slices.ContainsFunc(a.Sources, func(s tree.File) bool { return staticRoot.MatchString(s.Text) }) {
		return serve
	}
	quoted, err := untrusted.ShellWords(append([]string{"python", a.Module}, "collectstatic", "--noinput")...)
	words, err2 := untrusted.ShellWords(serve...)
	if err != nil || err2 != nil {
		return serve
	}
	return []string{"sh", "-c", string(quoted) + " && exec " + string(words)}
}

var (
	staticRoot  = lazyregexp.New(`(?m)^STATIC_ROOT\s*=`)
	databases   = lazyregexp.New(`(?m)^\s*DATABASES\s*(?::[^=\n]+)?=\s*`)
	noDatabases = lazyregexp.New(`(?m)^\s*DATABASES\s*(?::[^=\n]+)?=\s*\{\s*\}`)
)

// djangoMigrate is the command that brings the tables up to date, where the settings have a
// database. Apps without migrations get their tables as well.
func djangoMigrate(a *stack.App) []string {
	has := func(pattern *lazyregexp.Regexp) bool {
		return slices.ContainsFunc(a.Sources, func(s tree.File) bool { return pattern.MatchString(s.Text) })
	}
	if !has(databases) || has(noDatabases) {
		return nil
	}
	a.Seed = djangoFixtures(a)
	command := []string{"python", a.Module, "migrate", "--noinput"}
	for _, source := range a.Sources {
		dir := path.Dir(source.Path)
		if path.Base(source.Path) == "models.py" && strings.Contains(source.Text, "models.Model") && !a.Tree.Has(path.Join(dir, "migrations", "__init__.py")) {
			return append(command, "--run-syncdb")
		}
	}
	return command
}

var loadsData = lazyregexp.New(`manage\.py[ \t]+loaddata((?:[ \t]+[\w./-]+)+)`)

// djangoFixtures loads what the README says. Rows that exist already are written again.
func djangoFixtures(a *stack.App) stack.Seed {
	for _, readme := range []string{readmeOf(a.Tree, a.Dir), readmeOf(a.Tree, ".")} {
		if m := loadsData.FindStringSubmatch(a.Tree.Text(readme)); m != nil {
			return stack.Seed{Command: append([]string{"python", a.Module, "loaddata"}, strings.Fields(m[1])...), Once: true}
		}
	}
	return stack.Seed{}
}

// djangoSettings are the files of the settings: the module that manage.py names, and
// what such modules share by habit.
func djangoSettings(read func(string) string) []string {
	match := djangoModule.FindStringSubmatch(read("manage.py"))
	if match == nil {
		return nil
	}
	name := strings.ReplaceAll(match[1], ".", "/")
	return []string{name + ".py", name + "/__init__.py", name + "/base.py", path.Dir(name) + "/base.py"}
}

var djangoModule = lazyregexp.New(`DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']`)
