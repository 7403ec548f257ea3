package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// installation is how the packages of a Python service get into its image, and what
// serves it in production.
type installation struct {
	Exporter      untrusted.Inert   // what pip installs to read another tool's lock file; empty when pip reads the list itself
	Export        untrusted.Inert   // the command that writes /requirements.txt from it
	Git           bool              // the exporter or pip takes packages from git
	Local         []untrusted.Inert // the directories of packages, each as one COPY takes it, where an exporter reads the list
	Command       untrusted.Inert   // the command that installs the packages; empty for none
	Missing       untrusted.Inert   // what Command adds to the list, by name; empty for nothing
	Build         untrusted.Inert   // packages of Debian that compile those of Python
	Run           untrusted.Inert   // packages of Debian that the service loads
	Listener      bool              // a command runs a file with the listener
	Unlisted      bool              // there is no list of packages
	Server        untrusted.Inert   // what serves in production, by name; empty for none in particular
	ServerPackage untrusted.Inert   // what pip installs for it, quoted for sh
}

// install chooses the commands. Whatever tool locked them, pip installs the
// packages, into the image's own Python: one cache, one set of index settings.
func install(q *untrusted.Quoter, s stack.Service, of *stack.Stack) any {
	p := s.Packages
	v := export(q, s)
	switch {
	case v.Exporter != "":
		v.Command = "pip install --requirement /requirements.txt"
		v.Local = linked(q, p)
	case p.Manifest == "setup.py":
		v.Command = within(q, s) + "pip install ."
	case p.Manifest != "":
		v.Command = within(q, s) + "pip install --requirement " + q.Shell(p.Manifest)
	case len(p.Missing) > 0:
		v.Command = "pip install" + wanted(q, p.Missing)
	case len(of.Requires) > 0:
		v.Command = "pip install"
		for _, required := range of.Requires {
			v.Command += wanted(q, []string{required.Package})
		}
	}
	if p.Manifest != "" && len(p.Missing) > 0 {
		v.Command += wanted(q, p.Missing)
		v.Missing = untrusted.Comment(strings.Join(p.Missing, ", "))
	}
	if len(p.Builders) > 0 {
		// Older releases of pip and newer ones read different variables.
		v.Command = "printf '%s\\n' " + q.Shell(p.Builders...) + " > /builders.txt \\\n && export PIP_CONSTRAINT=/builders.txt PIP_BUILD_CONSTRAINT=/builders.txt \\\n && " + v.Command
	}
	v.Git = slices.Contains(p.Build, "git")
	v.Build, v.Run = q.Shell(p.Build...), q.Shell(p.Run...)
	v.Listener = slices.Contains(s.Dev, listener)
	v.Unlisted = p.Manifest == ""
	v.Server, v.ServerPackage = server(s)
	return v
}

// export chooses what reads a list that pip does not understand. Hashes are for lists to which
// nothing is added: pip would ask for those of all packages.
func export(q *untrusted.Quoter, s stack.Service) (v installation) {
	p := s.Packages
	hashed := len(p.Missing) == 0 && len(p.Linked) == 0
	switch {
	case p.Manager == "poetry":
		v.Exporter = `"poetry` + pin(p.Version, ">=1.8,<3") + `" "poetry-plugin-export>=1.8,<2"`
		var write untrusted.Inert = "poetry export --format requirements.txt --output /requirements.txt"
		if !hashed {
			write += " --without-hashes"
		}
		if v.Export = write; p.Lock == "" || p.Stale {
			v.Export = "poetry lock && " + write
		}
	case p.Manager == "pipenv":
		v.Exporter = `"pipenv` + pin(p.Version, ">=2022.4.8") + `"`
		// The list names pypi.org at its top, which would beat the index that pip is
		// set to; another index in the Pipfile stays.
		v.Export = `pipenv requirements > /locked.txt && sed '/^-i https:\/\/pypi\.org\/simple\/*$/d' /locked.txt > /requirements.txt`
		if p.Lock == "" || p.Stale {
			v.Export = `pipenv lock --pypi-mirror "${PIP_INDEX_URL:-https://pypi.org/simple}" && ` + v.Export
		}
	case p.Manager == "uv", p.Manifest == "pyproject.toml":
		v.Exporter = `"uv` + pin(p.Version, "<1") + `"`
		v.Export = "uv export"
		if p.Lock != "" && !p.Stale {
			v.Export += " --frozen"
		}
		if !hashed {
			v.Export += " --no-hashes"
		}
		v.Export += " --no-emit-project --output-file /requirements.txt"
	}
	if v.Export != "" {
		v.Export = within(q, s) + v.Export
	}
	return v
}

// within goes to the service's directory in a build context that holds more.
func within(q *untrusted.Quoter, s stack.Service) untrusted.Inert {
	if s.Member() == "" {
		return ""
	}
	return "cd " + q.Shell(s.Member()) + " && "
}

// wanted are packages as words for sh, each with a space in front. Flask
// before 2.2 cannot return a list from a view.
func wanted(q *untrusted.Quoter, packages []string) untrusted.Inert {
	var words untrusted.Inert
	for _, name := range packages {
		if name == "flask" {
			name = "flask>=2.2"
		}
		words += " " + q.Shell(name)
	}
	return words
}

// copies are the files that decide which packages are installed, each as one
// COPY takes them. One list often takes in another that lies next to or below it.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	p := s.Packages
	if p.Manifest == "" {
		return nil
	}
	if p.Manifest == "setup.py" || slices.Contains(p.Linked, ".") { // it may read any file
		return []untrusted.Inert{". ./"}
	}
	var files []string // relative to the build context
	for _, name := range slices.Concat([]string{p.Manifest, p.Lock}, p.Includes) {
		if name != "" {
			files = append(files, path.Join(s.Member(), name))
		}
	}
	if p.Manager == "uv" && (p.Lock == "" || p.Stale) {
		for _, dir := range p.Members {
			files = append(files, path.Join(dir, "pyproject.toml"))
		}
	}
	return append(together(q, files, p.Manifest == "requirements.txt" && s.Member() == ""), linked(q, p)...)
}

// together copies files with those of the same directory. All lists next to requirements.txt
// are taken, so that one that it takes in later is there.
func together(q *untrusted.Quoter, files []string, all bool) []untrusted.Inert {
	var directories []string
	by := map[string][]string{}
	for _, name := range files {
		dir := path.Dir(name)
		if matched, _ := path.Match("requirements*.txt", name); matched && all {
			name = "requirements*.txt"
		}
		if by[dir] == nil {
			directories = append(directories, dir)
		}
		if !slices.Contains(by[dir], name) {
			by[dir] = append(by[dir], name)
		}
	}
	var layers []untrusted.Inert
	for _, dir := range directories {
		layer := by[dir]
		if all && dir == "." { // a pattern is no name to quote
			layers = append(layers, "requirements*.txt ./")
			layer = slices.DeleteFunc(layer, func(name string) bool { return name == "requirements*.txt" })
		}
		if len(layer) > 0 {
			layers = append(layers, q.Copy(append(layer, dir+"/")...))
		}
	}
	return layers
}

// linked are the directories that packages are installed from.
func linked(q *untrusted.Quoter, p stack.Packages) []untrusted.Inert {
	var layers []untrusted.Inert
	for _, dir := range p.Linked {
		if dir == "." {
			return []untrusted.Inert{". ./"}
		}
		layers = append(layers, q.Copy(dir, dir+"/"))
	}
	return layers
}

// server names what a production command needs besides the service's own packages.
func server(s stack.Service) (name, pip untrusted.Inert) {
	if len(s.Prod) == 0 {
		return "", ""
	}
	switch {
	case s.Prod[0] == "gunicorn", s.Prod[0] == "sh" && strings.Contains(s.Prod[len(s.Prod)-1], " exec gunicorn "):
		return "gunicorn", `"gunicorn>=20.1"`
	case s.Prod[0] == "waitress-serve":
		return "waitress", `"waitress>=2.1"`
	default:
		return "", ""
	}
}

func pin(version string, otherwise untrusted.Inert) untrusted.Inert {
	if v := untrusted.Version(version); v != "" {
		return "==" + v
	}
	return otherwise
}
