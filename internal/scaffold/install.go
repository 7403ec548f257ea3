package scaffold

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/untrusted"
)

// nodeView is how the packages of a Node service get into its image.
type nodeView struct {
	Tool        untrusted.Inert   // what npm installs first: the package manager, pinned; empty for npm itself
	Env         []untrusted.Inert // settings of the package manager, as NAME=value
	Cache       untrusted.Inert   // where the package manager keeps downloads
	Install     untrusted.Inert   // installs all packages, exactly as locked where there is a lock file
	InstallProd untrusted.Inert   // the same without those for development
	Modules     untrusted.Inert   // the folders of installed packages that the service writes to, for sh
	Owned       untrusted.Inert   // the folders that belong to the service's user, for sh
}

// newNodeView chooses the commands. Package managers other than npm come from the
// npm registry rather than by corepack: it is missing from Node 25 on, its older
// copies no longer know the registry's keys, and it passes by a company's mirror.
func newNodeView(p detect.Packages, node string) nodeView {
	locked := p.Lock != ""
	pick := func(frozen, loose untrusted.Inert) untrusted.Inert {
		if locked {
			return frozen
		}
		return loose
	}
	switch p.Manager {
	case "yarn":
		if yarnBerry(p.Version) {
			return nodeView{
				Tool:        "@yarnpkg/cli-dist@" + exact(p, yarnNew),
				Env:         []untrusted.Inert{"YARN_NODE_LINKER=node-modules YARN_ENABLE_GLOBAL_CACHE=true YARN_IGNORE_PATH=1"},
				Cache:       "/root/.yarn",
				Install:     pick("yarn install --immutable", "yarn install --no-immutable"),
				InstallProd: "yarn workspaces focus --all --production",
			}
		}
		install := pick("yarn install --frozen-lockfile", "yarn install")
		return nodeView{
			Tool:        "yarn@" + exact(p, yarnClassic),
			Cache:       "/usr/local/share/.cache/yarn",
			Install:     install,
			InstallProd: install + " --production",
		}
	case "pnpm":
		install := "pnpm install" + pick(" --frozen-lockfile", " --no-frozen-lockfile") + " --store-dir /root/.pnpm-store"
		return nodeView{
			Tool:        "pnpm@" + exact(p, pnpmFor(node)),
			Cache:       "/root/.pnpm-store",
			Install:     install,
			InstallProd: install + " --prod",
		}
	case "bun":
		install := pick("bun install --frozen-lockfile", "bun install")
		return nodeView{
			Tool:        "bun@" + exact(p, bun),
			Cache:       "/root/.bun/install/cache",
			Install:     install,
			InstallProd: install + " --production",
		}
	default:
		install := pick("npm ci", "npm install")
		return nodeView{Cache: "/root/.npm", Install: install, InstallProd: install + " --omit=dev"}
	}
}

// nodeFiles are the files that decide which packages are installed, as COPY takes
// them. A pattern that matches nothing is no error beside a file that is there.
// In a workspace the package.json of every member is one of them.
func nodeFiles(g *gate, p detect.Packages) []untrusted.Inert {
	if p.Manifest == "" {
		return nil
	}
	files := []string{p.Manifest}
	if p.Lock != "" {
		files = append(files, p.Lock)
	}
	files = append(files, ".npmrc*")
	switch p.Manager {
	case "yarn":
		files = append(files, ".yarnrc*")
	case "pnpm":
		files = append(files, "pnpm-workspace.yaml*")
	case "bun":
		files = append(files, "bunfig.toml*")
	}
	copies := []untrusted.Inert{g.copy(append(files, "./")...)}
	for _, member := range p.Members {
		copies = append(copies, g.copy(path.Join(member, "package.json"), member+"/"))
	}
	return copies
}

// modules are the folders of installed packages in which tools keep files too:
// node_modules/.cache, node_modules/.vite.
func modules(g *gate, s detect.Service) untrusted.Inert {
	if m := memberDir(s); m != "" {
		return "node_modules " + g.shell(path.Join(m, "node_modules"))
	}
	return "node_modules"
}

func owned(g *gate, s detect.Service) untrusted.Inert {
	if m := memberDir(s); m != "" {
		return ". " + g.shell(m) + " " + modules(g, s)
	}
	return ". " + modules(g, s)
}

// yarnBerry says whether a version is of the Yarn that was rewritten: 2 and later.
func yarnBerry(version string) bool {
	major, _, _ := parts(version)
	return major >= 2
}

// pnpmFor is the newest pnpm that runs on a version of Node.
func pnpmFor(node string) untrusted.Inert {
	major, minor, exact := parts(node)
	switch {
	case major == 0 || major > 18 || major == 18 && (!exact || minor >= 12):
		return pnpm10
	case major >= 16:
		return pnpm8
	default:
		return pnpm7
	}
}

// pythonView is how the packages of a Python service get into its image, and what
// serves it in production.
type pythonView struct {
	Exporter      untrusted.Inert // what pip installs to read another tool's lock file; empty when pip reads the list itself
	Export        untrusted.Inert // the command that writes /requirements.txt from it
	Install       untrusted.Inert // the command that installs the packages; empty for none
	Missing       untrusted.Inert // what Install adds to the list, by name; empty for nothing
	Unlisted      bool            // there is no list of packages
	Server        untrusted.Inert // what serves in production, by name; empty for none in particular
	ServerPackage untrusted.Inert // what pip installs for it, quoted for sh
}

// newPythonView chooses the commands. Whatever tool locked them, pip installs the
// packages, into the image's own Python: one cache, one set of index settings.
func newPythonView(g *gate, s detect.Service) pythonView {
	p := s.Packages
	var v pythonView
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
		v.Install = "pip install ."
	case p.Manifest != "":
		v.Install = "pip install --requirement " + g.shell(p.Manifest)
	case len(p.Missing) > 0:
		v.Install = "pip install" + requirements(g, p.Missing)
	case s.Stack == "flask":
		v.Install = "pip install" + requirements(g, []string{"flask"})
	}
	if v.Exporter != "" {
		v.Install = "pip install --requirement /requirements.txt"
	}
	if p.Manifest != "" && len(p.Missing) > 0 {
		v.Install += requirements(g, p.Missing)
		v.Missing = untrusted.Comment(strings.Join(p.Missing, ", "))
	}
	v.Unlisted = p.Manifest == ""
	v.Server, v.ServerPackage = server(s)
	return v
}

// requirements are packages as words for sh, each with a space in front. Flask
// before 2.2 cannot return a list from a view.
func requirements(g *gate, packages []string) untrusted.Inert {
	var words untrusted.Inert
	for _, name := range packages {
		if name == "flask" {
			name = "flask>=2.2"
		}
		words += " " + g.shell(name)
	}
	return words
}

// pythonFiles are the files that decide which packages are installed, each as one
// COPY takes them. One list often takes in another that lies beside or below it.
func pythonFiles(g *gate, p detect.Packages) []untrusted.Inert {
	var copies []untrusted.Inert
	switch {
	case p.Manifest == "":
		return nil
	case p.Manifest == "setup.py": // it may read any file
		return []untrusted.Inert{". ./"}
	case p.Manifest == "requirements.txt":
		copies = append(copies, "requirements*.txt ./")
	case p.Lock != "":
		copies = append(copies, g.copy(p.Manifest, p.Lock, "./"))
	default:
		copies = append(copies, g.copy(p.Manifest, "./"))
	}
	for _, name := range p.Includes {
		if matched, _ := path.Match("requirements*.txt", name); !matched || p.Manifest != "requirements.txt" {
			copies = append(copies, g.copy(name, path.Dir(name)+"/"))
		}
	}
	return copies
}

// server names what a production command needs besides the service's own packages.
func server(s detect.Service) (name, pip untrusted.Inert) {
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

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
