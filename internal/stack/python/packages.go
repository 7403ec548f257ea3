package python

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// managers are the lock files of Python's package managers.
var managers = []struct{ lock, manager string }{
	{"uv.lock", "uv"}, {"poetry.lock", "poetry"},
}

// packagesOf says how the packages are installed.
func packagesOf(a *stack.App, needs *requirements) stack.Packages {
	var p stack.Packages
	if needs == nil {
		return p
	}
	directory := a.Directory()
	p.Manager, p.Manifest = "pip", path.Base(needs.manifest)
	if p.Manifest == "Pipfile" {
		p.Manager = "pipenv"
		if directory.Has("Pipfile.lock") {
			p.Lock = "Pipfile.lock"
		}
	}
	if p.Manifest == "pyproject.toml" {
		for _, manager := range managers {
			if directory.Has(manager.lock) {
				p.Manager, p.Lock = manager.manager, manager.lock
			}
		}
		if p.Lock == "" && strings.Contains(a.Tree.Text(needs.manifest), "[tool.poetry") {
			p.Manager = "poetry"
		}
	}
	for _, included := range needs.includes {
		if tree.IsBelow(a.Dir, included) {
			p.Includes = append(p.Includes, tree.Relative(a.Dir, included))
		} else {
			a.Remark(tree.At(needs.manifest, 0, "includes "+included+", which a build cannot read: it is outside of "+a.Dir),
				"copy it into "+a.Dir+"; or set build.context of the service to the directory above")
		}
	}
	p.Native = needs.needs(nativePython...)
	return p
}

// nativePython are packages that have no wheels and compile against C libraries.
var nativePython = []string{
	"psycopg2", "mysqlclient", "uwsgi", "pycrypto", "python-ldap", "dlib", "pycairo", "xmlsec", "pygraphviz", "pyaudio", "pymssql", "netifaces",
}
