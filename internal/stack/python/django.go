package python

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Django is a site with a manage.py.
var Django = stack.Stack{
	Name: "python", Title: "Django", Language: &Language, Port: 8000,
	Packages: []string{"django"},
	Find:     findDjango,
	Describe: func(a *stack.App) { a.Module, a.ProdModule = a.Entry, djangoWSGI(a) },
	Commands: func(a *stack.App) stack.Commands {
		return stack.Commands{Dev: []string{"python", a.Module, "runserver", "0.0.0.0:" + port(a)}, Prod: gunicorn(a)}
	},
	Prefixes: []string{"DJANGO_"},
	Settings: []string{"DJANGO_SETTINGS_MODULE"},
}

func findDjango(a *stack.App) bool {
	for _, source := range a.Sources {
		if at := strings.Index(source.Text, "DJANGO_SETTINGS_MODULE"); at >= 0 && path.Base(source.Path) == "manage.py" {
			enter(a, source.Path, "", tree.LineAt(source.Text, at), "Django")
			return true
		}
	}
	return false
}

// djangoWSGI is gunicorn's name of the site: the package beside manage.py with a wsgi.py.
func djangoWSGI(a *stack.App) string {
	for _, sub := range a.Tree.Folder(path.Join(a.Dir, path.Dir(a.Entry))).Subs {
		if a.Tree.Has(path.Join(sub, "wsgi.py")) {
			return path.Base(sub) + ".wsgi:application"
		}
	}
	return ""
}
