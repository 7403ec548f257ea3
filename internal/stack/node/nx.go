package node

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// nxFile describes a project of an Nx workspace: https://nx.dev/reference/project-configuration.
const nxFile = "project.json"

// nxProject is what such a file says of how the project is served.
type nxProject struct {
	Name    string `json:"name"`
	Targets map[string]struct {
		Executor string `json:"executor"`
		Command  string `json:"command"`
		Options  struct {
			Command    string `json:"command"`
			OutputPath string `json:"outputPath"`
			Port       int    `json:"port"`
		} `json:"options"`
	} `json:"targets"`
	root string // the directory of the workspace
	path string
}

// nxProjectOf is the project of a directory; false where it is in no workspace of Nx.
func nxProjectOf(t *tree.Tree, dir string) (p nxProject, found bool) {
	p.path = path.Join(dir, nxFile)
	plain, err := hujson.Standardize([]byte(t.Text(p.path)))
	if err != nil || json.Unmarshal(plain, &p) != nil {
		return p, false
	}
	if p.Name == "" {
		p.Name = path.Base(dir)
	}
	for p.root = path.Dir(dir); !t.Directory(p.root).Has("nx.json"); p.root = path.Dir(p.root) {
		if p.root == "." || p.root == "/" {
			return p, false
		}
	}
	return p, true
}

// nxStack is a project that an executor of Nx serves.
type nxStack struct {
	title     string
	page      bool
	port      int
	flags     []string
	executors []string // without the organisation, which was renamed: @nrwl is @nx today
}

var nxStacks = []nxStack{
	{"Angular", true, 4200, onAll, []string{"build-angular:dev-server", "build:dev-server", "angular:dev-server", "angular:module-federation-dev-server"}},
	{"Vite", true, 4200, onAll, []string{"vite:dev-server"}},
	{"Next.js", true, 4200, []string{"--hostname", "0.0.0.0", "--port", "{port}"}, []string{"next:server"}},
	{"webpack", true, 4200, onAll, []string{"webpack:dev-server", "web:dev-server", "rspack:dev-server", "react:module-federation-dev-server"}},
	{"Node", false, 3000, nil, []string{"js:node", "node:node", "node:execute"}},
}

// Nx are the stacks of projects of Nx, each by the executor of its target "serve".
func Nx() []*stack.Stack {
	var all []*stack.Stack
	for _, kind := range nxStacks {
		all = append(all, &stack.Stack{
			Name: "node", Title: kind.title, Language: &Language, Page: kind.page, Port: kind.port, Packages: []string{"nx"},
			Find: func(a *stack.App) bool {
				p, found := nxProjectOf(a.Tree, a.Dir)
				_, executor, _ := strings.Cut(p.Targets["serve"].Executor, "/")
				if !found || !slices.Contains(kind.executors, executor) {
					return false
				}
				a.Shown = tree.Evidence{File: p.path, Line: max(1, 1+strings.Count(before(a.Tree.Text(p.path), `"serve"`), "\n")), Text: p.Targets["serve"].Executor}
				return true
			},
			Describe: func(a *stack.App) { describeNx(a, kind) },
			FindPort: func(a *stack.App) (stack.Port, bool) {
				if p, _ := nxProjectOf(a.Tree, a.Dir); p.Targets["serve"].Options.Port > 0 {
					return stack.PortAt(p.Targets["serve"].Options.Port, tree.Evidence{File: p.path, Text: "port " + strconv.Itoa(p.Targets["serve"].Options.Port)}), true
				}
				if kind.page {
					return stack.Port{}, false
				}
				return stack.PortIn(a.Sources, ports...)
			},
			OwnPort:  kind.page,
			Commands: kind.commands,
		})
	}
	return all
}

func before(text, mark string) string {
	head, _, found := strings.Cut(text, mark)
	if !found {
		return ""
	}
	return head
}

// describeNx takes the packages of the workspace, which is installed as a whole.
func describeNx(a *stack.App, kind nxStack) {
	p, found := nxProjectOf(a.Tree, a.Dir)
	if !found {
		return
	}
	a.Called = p.Name
	root := &stack.App{Tree: a.Tree, Service: stack.Service{Dir: p.root}}
	npm.Describe(root)
	a.Packages, a.Migrate = root.Packages, root.Migrate
	a.Packages.Workspace = p.root
	for _, name := range []string{"src/main.ts", "src/main.js", "src/index.ts"} {
		if a.Entry == "" && !kind.page && a.Tree.Has(path.Join(a.Dir, name)) {
			a.Entry = name
		}
	}
	if kind.page {
		return
	}
	manifest := npm.ManifestOf(a.Tree, p.root)
	for _, l := range listeners {
		if _, needed := manifest.Dependencies[l.needed]; needed && strings.Contains(a.Tree.Text(path.Join(a.Dir, a.Entry)), l.needed) {
			a.Framework = l.title
			return
		}
	}
}

// commands run the targets from the project's directory, from which Nx finds its workspace. The
// build of pages is of many forms, so production serves them as development does.
func (k nxStack) commands(a *stack.App) stack.Commands {
	p, _ := nxProjectOf(a.Tree, a.Dir)
	start := stack.Commands{Dev: []string{"npx", "nx", "serve", p.Name}}
	for _, flag := range k.flags {
		start.Dev = append(start.Dev, strings.ReplaceAll(flag, "{port}", strconv.Itoa(a.Port.Number)))
	}
	output := p.Targets["build"].Options.OutputPath
	if a.Packages.Whole = true; k.page || output == "" {
		return start
	}
	start.Build = []string{"npx", "nx", "build", p.Name}
	start.Prod = []string{"node", path.Join(relativeUp(a.Dir, p.root), output, "main.js")}
	return start
}

// relativeUp is the way from a directory up to one above it.
func relativeUp(dir, root string) string {
	return strings.TrimSuffix(strings.Repeat("../", strings.Count(tree.Relative(root, dir), "/")+1), "/")
}
