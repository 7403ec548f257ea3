package scaffold

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
)

// nodeView is how the packages of a Node service get into its image.
type nodeView struct {
	Tool        string   // what npm installs first: the package manager, pinned; empty for npm itself
	Env         []string // settings of the package manager, as NAME=value
	Cache       string   // where the package manager keeps downloads
	Install     string   // installs all packages, exactly as locked where there is a lock file
	InstallProd string   // the same without those for development
	Modules     string   // the folders of installed packages that the service writes to, for sh
	Owned       string   // the folders that belong to the service's user, for sh
}

// newNodeView chooses the commands. Package managers other than npm come from the
// npm registry rather than by corepack: it is missing from Node 25 on, its older
// copies no longer know the registry's keys, and it passes by a company's mirror.
func newNodeView(p detect.Packages, node string) nodeView {
	locked := p.Lock != ""
	pick := func(frozen, loose string) string {
		if locked {
			return frozen
		}
		return loose
	}
	switch p.Manager {
	case "yarn":
		if yarnBerry(p.Version) {
			return nodeView{
				Tool:        "@yarnpkg/cli-dist@" + p.Version,
				Env:         []string{"YARN_NODE_LINKER=node-modules YARN_ENABLE_GLOBAL_CACHE=true YARN_IGNORE_PATH=1"},
				Cache:       "/root/.yarn",
				Install:     pick("yarn install --immutable", "yarn install --no-immutable"),
				InstallProd: "yarn workspaces focus --all --production",
			}
		}
		install := pick("yarn install --frozen-lockfile", "yarn install")
		return nodeView{
			Tool:        "yarn@" + or(p.Version, "1.22.22"),
			Cache:       "/usr/local/share/.cache/yarn",
			Install:     install,
			InstallProd: install + " --production",
		}
	case "pnpm":
		install := "pnpm install" + pick(" --frozen-lockfile", " --no-frozen-lockfile") + " --store-dir /root/.pnpm-store"
		return nodeView{
			Tool:        "pnpm@" + or(p.Version, pnpmFor(node)),
			Cache:       "/root/.pnpm-store",
			Install:     install,
			InstallProd: install + " --prod",
		}
	case "bun":
		install := pick("bun install --frozen-lockfile", "bun install")
		return nodeView{
			Tool:        "bun@" + or(p.Version, "1"),
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
func nodeFiles(p detect.Packages) []string {
	if p.Manifest == "" {
		return nil
	}
	files := []string{p.Manifest}
	if p.Lock != "" {
		files = append(files, p.Lock)
	}
	switch p.Manager {
	case "yarn":
		files = append(files, ".npmrc*", ".yarnrc*")
	case "pnpm":
		files = append(files, ".npmrc*", "pnpm-workspace.yaml*")
	case "bun":
		files = append(files, ".npmrc*", "bunfig.toml*")
	default:
		files = append(files, ".npmrc*")
	}
	copies := []string{strings.Join(files, " ") + " ./"}
	for _, member := range p.Members {
		copies = append(copies, copyWords(path.Join(member, "package.json"), member+"/"))
	}
	return copies
}

// copyWords are the words of a COPY, in the form with quotes where a plain one
// would be split.
func copyWords(words ...string) string {
	for _, w := range words {
		if !plainWord.MatchString(w) {
			text, err := jsonValue(words)
			if err != nil {
				panic(err) // a list of strings always has a JSON form
			}
			return strings.ReplaceAll(text, "$", `\\$`)
		}
	}
	return strings.Join(words, " ")
}

// modules are the folders of installed packages in which tools keep files too:
// node_modules/.cache, node_modules/.vite.
func modules(s detect.Service) string {
	if m := memberDir(s); m != "" {
		return "node_modules " + shellWord(path.Join(m, "node_modules"))
	}
	return "node_modules"
}

func owned(s detect.Service) string {
	if m := memberDir(s); m != "" {
		return ". " + shellWord(m) + " " + modules(s)
	}
	return ". " + modules(s)
}

// yarnBerry says whether a version is of the Yarn that was rewritten: 2 and later.
func yarnBerry(version string) bool {
	major, _, _ := parts(version)
	return major >= 2
}

// pnpmFor is the newest pnpm that runs on a version of Node.
func pnpmFor(node string) string {
	major, minor, exact := parts(node)
	switch {
	case major == 0 || major > 18 || major == 18 && (!exact || minor >= 12):
		return "10"
	case major >= 16:
		return "8"
	default:
		return "7"
	}
}

// pythonView is how the packages of a Python service get into its image, and what
// serves it in production.
type pythonView struct {
	Exporter      string // what pip installs to read another tool's lock file; empty when pip reads the list itself
	Export        string // the command that writes /requirements.txt from it
	Install       string // the command that installs the packages; empty for none
	Missing       string // what Install adds to the list, by name; empty for nothing
	Unlisted      bool   // there is no list of packages
	Server        string // what serves in production, by name; empty for none in particular
	ServerPackage string // what pip installs for it, quoted for sh
}

// newPythonView chooses the commands. Whatever tool locked them, pip installs the
// packages, into the image's own Python: one cache, one set of index settings.
func newPythonView(s detect.Service) pythonView {
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
		v.Install = "pip install --requirement " + p.Manifest
	case len(p.Missing) > 0:
		v.Install = "pip install" + requirements(p.Missing)
	case s.Stack == detect.Flask:
		v.Install = "pip install" + requirements([]string{"flask"})
	}
	if v.Exporter != "" {
		v.Install = "pip install --requirement /requirements.txt"
	}
	if p.Manifest != "" && len(p.Missing) > 0 {
		v.Install += requirements(p.Missing)
		v.Missing = strings.Join(p.Missing, ", ")
	}
	v.Unlisted = p.Manifest == ""
	v.Server, v.ServerPackage = server(s)
	return v
}

// requirements are packages as words for sh, each with a space in front. Flask
// before 2.2 cannot return a list from a view.
func requirements(packages []string) string {
	var out strings.Builder
	for _, name := range packages {
		if name == "flask" {
			name = "flask>=2.2"
		}
		if !plainWord.MatchString(name) {
			name = `"` + name + `"`
		}
		out.WriteString(" " + name)
	}
	return out.String()
}

// pythonFiles are the files that decide which packages are installed, each as one
// COPY takes them. One list often takes in another that lies beside or below it.
func pythonFiles(p detect.Packages) []string {
	var copies []string
	switch {
	case p.Manifest == "":
		return nil
	case p.Manifest == "setup.py": // it may read any file
		return []string{". ./"}
	case p.Manifest == "requirements.txt":
		copies = append(copies, "requirements*.txt ./")
	case p.Lock != "":
		copies = append(copies, p.Manifest+" "+p.Lock+" ./")
	default:
		copies = append(copies, p.Manifest+" ./")
	}
	for _, name := range p.Includes {
		if matched, _ := path.Match("requirements*.txt", name); !matched || p.Manifest != "requirements.txt" {
			copies = append(copies, copyWords(name, path.Dir(name)+"/"))
		}
	}
	return copies
}

// server names what a production command needs besides the service's own packages.
func server(s detect.Service) (name, pip string) {
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

func pin(version, otherwise string) string {
	if version == "" {
		return otherwise
	}
	return "==" + version
}

func or(version, otherwise string) string {
	if version == "" {
		return otherwise
	}
	return version
}
