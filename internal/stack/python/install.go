package python

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// installation is how the packages of a Python service get into its image, and what
// serves it in production.
type installation struct {
	Exporter      untrusted.Inert // what pip installs to read another tool's lock file; empty when pip reads the list itself
	Export        untrusted.Inert // the command that writes /requirements.txt from it
	Command       untrusted.Inert // the command that installs the packages; empty for none
	Missing       untrusted.Inert // what Command adds to the list, by name; empty for nothing
	Unlisted      bool            // there is no list of packages
	Server        untrusted.Inert // what serves in production, by name; empty for none in particular
	ServerPackage untrusted.Inert // what pip installs for it, quoted for sh
}

// install chooses the commands. Whatever tool locked them, pip installs the
// packages, into the image's own Python: one cache, one set of index settings.
func install(q *untrusted.Quoter, s stack.Service, of *stack.Stack) any {
	p := s.Packages
	var v installation
	switch {
	case p.Manager == "poetry":
		v.Exporter = `"poetry` + pin(p.Version, ">=1.8,<3") + `" "poetry-plugin-export>=1.8,<2"`
		v.Export = "poetry export --format requirements.txt --output /requirements.txt"
		if p.Lock == "" {
			v.Export = "poetry lock && " + v.Export
		}
	case p.Manager == "pipenv":
		v.Exporter = `"pipenv` + pin(p.Version, ">=2022.4.8") + `"`
		// The list names pypi.org at its top, which would beat the index that pip is
		// set to; another index in the Pipfile stays.
		v.Export = `pipenv requirements > /locked.txt && sed '/^-i https:\/\/pypi\.org\/simple\/*$/d' /locked.txt > /requirements.txt`
		if p.Lock == "" {
			v.Export = `pipenv lock --pypi-mirror "${PIP_INDEX_URL:-https://pypi.org/simple}" && ` + v.Export
		}
	case p.Manager == "uv", p.Manifest == "pyproject.toml":
		v.Exporter = `"uv` + pin(p.Version, "<1") + `"`
		v.Export = "uv export --no-emit-project --output-file /requirements.txt"
		if p.Lock != "" {
			v.Export = "uv export --frozen --no-emit-project --output-file /requirements.txt"
		}
	case p.Manifest == "setup.py":
		v.Command = "pip install ."
	case p.Manifest != "":
		v.Command = "pip install --requirement " + q.Shell(p.Manifest)
	case len(p.Missing) > 0:
		v.Command = "pip install" + wanted(q, p.Missing)
	case len(of.Requires) > 0:
		v.Command = "pip install"
		for _, required := range of.Requires {
			v.Command += wanted(q, []string{required.Package})
		}
	}
	if v.Exporter != "" {
		v.Command = "pip install --requirement /requirements.txt"
	}
	if p.Manifest != "" && len(p.Missing) > 0 {
		v.Command += wanted(q, p.Missing)
		v.Missing = untrusted.Comment(strings.Join(p.Missing, ", "))
	}
	v.Unlisted = p.Manifest == ""
	v.Server, v.ServerPackage = server(s)
	return v
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
// COPY takes them. One list often takes in another that lies beside or below it.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	p := s.Packages
	var layers []untrusted.Inert
	switch {
	case p.Manifest == "":
		return nil
	case p.Manifest == "setup.py": // it may read any file
		return []untrusted.Inert{". ./"}
	case p.Manifest == "requirements.txt":
		layers = append(layers, "requirements*.txt ./")
	case p.Lock != "":
		layers = append(layers, q.Copy(p.Manifest, p.Lock, "./"))
	default:
		layers = append(layers, q.Copy(p.Manifest, "./"))
	}
	for _, name := range p.Includes {
		if matched, _ := path.Match("requirements*.txt", name); !matched || p.Manifest != "requirements.txt" {
			layers = append(layers, q.Copy(name, path.Dir(name)+"/"))
		}
	}
	return layers
}

// server names what a production command needs besides the service's own packages.
func server(s stack.Service) (name, pip untrusted.Inert) {
	if len(s.Prod) == 0 {
		return "", ""
	}
	switch s.Prod[0] {
	case "gunicorn":
		return "gunicorn", `"gunicorn>=20.1"`
	case "waitress-serve":
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
