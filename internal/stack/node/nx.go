package node

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// nxFile describes a project of an Nx workspace: https://nx.dev/reference/project-configuration.
const nxFile = "project.json"

// nxProject is what such a file says of how the project is served.
type nxProject struct {
	Name    string              `json:"name"`
	Targets map[string]nxTarget `json:"targets"`
	root    string              // the directory of the workspace
	path    string
	serve   string // the name of the target that serves it
}

type nxTarget struct {
	Executor string `json:"executor"`
	Options  struct {
		OutputPath string `json:"outputPath"`
		Port       int    `json:"port"`
	} `json:"options"`
}

// nxProjectOf is the project of a directory; false where it is in no workspace of Nx. What
// project.json says, package.json may say under its key "nx".
func nxProjectOf(t *tree.Tree, dir string) (p nxProject, found bool) {
	for p.root = path.Dir(dir); !t.Directory(p.root).Has("nx.json"); p.root = path.Dir(p.root) {
		if p.root == "." || p.root == "/" {
			return p, false
		}
	}
	p.path, p.serve = path.Join(dir, nxFile), "serve"
	if t.Has(p.path) {
		plain, err := hujson.Standardize([]byte(t.Text(p.path)))
		if err != nil || json.Unmarshal(plain, &p) != nil {
			return p, false
		}
	} else {
		p.path = path.Join(dir, "package.json")
		own := struct{ Nx *nxProject }{&p}
		if !t.Has(p.path) || json.Unmarshal([]byte(t.Text(p.path)), &own) != nil {
			return p, false
		}
	}
	manifest := npm.ManifestOf(t, dir)
	p.Name = cmp.Or(p.Name, manifest.Name, path.Base(dir))
	if name, _, _ := startScript(manifest); p.Targets["serve"].Executor == "" && name == "" {
		p.infer(t, dir)
	}
	return p, true
}

// inferred are the plugins that make the target that serves a project of a settings file of
// another tool: https://nx.dev/concepts/inferred-tasks. A library has none of the pages.
var inferred = []struct {
	plugin, config string
	pages          []string // one of them is there; nil for any
	option, target string
	executor       string // that does the same
}{
	{"@nx/react/router-plugin", "react-router.config", nil, "devTargetName", "dev", "@nx/vite:dev-server"},
	{"@nx/vite/plugin", "vite.config", []string{"index.html"}, "serveTargetName", "serve", "@nx/vite:dev-server"},
	{"@nx/next/plugin", "next.config", nil, "devTargetName", "dev", "@nx/next:server"},
	{"@nx/nuxt/plugin", "nuxt.config", nil, "serveTargetName", "serve", "@nx/vite:dev-server"},
	{"@nx/webpack/plugin", "webpack.config", []string{"index.html", "src/index.html"}, "serveTargetName", "serve", "@nx/webpack:dev-server"},
	{"@nx/rspack/plugin", "rspack.config", []string{"index.html", "src/index.html"}, "serveTargetName", "serve", "@nx/rspack:dev-server"},
}

// infer takes the target that a plugin of the workspace makes.
func (p *nxProject) infer(t *tree.Tree, dir string) {
	options := nxPlugins(t, p.root)
	for _, kind := range inferred {
		has := func(name string) bool { return t.Has(path.Join(dir, name)) }
		isKind := slices.ContainsFunc(named(kind.config), has) && (kind.pages == nil || slices.ContainsFunc(kind.pages, has))
		if said, is := options[kind.plugin]; is && isKind {
			p.serve = cmp.Or(said[kind.option], kind.target)
			p.Targets = map[string]nxTarget{p.serve: {Executor: kind.executor}}
			return
		}
	}
}

// nxPlugins are the plugins of a workspace, with those of their options that are texts.
func nxPlugins(t *tree.Tree, root string) map[string]npm.Texts {
	var file struct{ Plugins []json.RawMessage }
	if plain, err := hujson.Standardize([]byte(t.Text(path.Join(root, "nx.json")))); err != nil || json.Unmarshal(plain, &file) != nil {
		return nil
	}
	all := map[string]npm.Texts{}
	for _, raw := range file.Plugins {
		plugin := struct {
			Plugin  string
			Options npm.Texts
		}{Plugin: npm.RawText(raw)} // it may be a text alone
		_ = json.Unmarshal(raw, &plugin)
		if _, known := all[plugin.Plugin]; !known {
			all[plugin.Plugin] = plugin.Options
		}
	}
	return all
}

// nxStack is a project that an executor of Nx serves.
type nxStack struct {
	title     string
	page      bool
	port      int
	flags     []string
	executors []string // without the organisation, which was renamed: @nrwl is @nx today
	prefix    string   // of variables that its pages see
	reads     string   // how they read one
}

var nxStacks = []nxStack{
	{"Angular", true, 4200, onAll, []string{"build-angular:dev-server", "build:dev-server", "angular:dev-server", "angular:module-federation-dev-server"}, "", ""},
	{"Vite", true, 4200, onAll, []string{"vite:dev-server"}, "VITE_", "import.meta.env.VITE_"},
	{"Next.js", true, 4200, []string{"--hostname", "0.0.0.0", "--port", "{port}"}, []string{"next:server"}, "NEXT_PUBLIC_", "process.env.NEXT_PUBLIC_"},
	{"webpack", true, 4200, onAll, []string{"webpack:dev-server", "web:dev-server", "rspack:dev-server", "react:module-federation-dev-server"}, "", ""},
	{"Node", false, 3000, nil, []string{"js:node", "node:node", "node:execute"}, "", ""},
}

// Nx are the stacks of projects of Nx, each by the executor of its target "serve".
func Nx() []*stack.Stack {
	var all []*stack.Stack
	for _, kind := range nxStacks {
		s := &stack.Stack{
			Name: "node", Title: kind.title, Language: &Language, Frontend: kind.page, Port: kind.port, Packages: []string{"nx"},
			Find: kind.find, FindPort: kind.findPort,
			Describe:  func(a *stack.App) { describeNx(a, kind) },
			OwnPort:   kind.page,
			Commands:  kind.commands,
			EnvSyntax: kind.reads,
		}
		if kind.prefix != "" {
			s.Prefixes = []string{kind.prefix}
		}
		all = append(all, s)
	}
	return all
}

func (k nxStack) find(a *stack.App) bool {
	p, found := nxProjectOf(a.Tree, a.Dir)
	_, executor, _ := strings.Cut(p.Targets[p.serve].Executor, "/")
	if !found || !slices.Contains(k.executors, executor) {
		return false
	}
	line := max(1, 1+strings.Count(before(a.Tree.Text(p.path), `"serve"`), "\n"))
	a.FoundAt = tree.Evidence{File: p.path, Line: line, Text: p.Targets[p.serve].Executor}
	return true
}

func (k nxStack) findPort(a *stack.App) (stack.Port, bool) {
	p, _ := nxProjectOf(a.Tree, a.Dir)
	switch port := p.Targets[p.serve].Options.Port; {
	case port > 0:
		return stack.PortAt(port, tree.Evidence{File: p.path, Text: "port " + strconv.Itoa(port)}), true
	case k.page:
		return stack.PortIn(a.Configs, serverPort)
	}
	return stack.PortIn(a.Sources, ports...)
}

// serverPort is the port of a development server in its settings.
var serverPort = lazyregexp.New(`\b(?:server|devServer)\s*:\s*\{[^{}]*?\bport\s*:\s*(\d{2,5})\b`)

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
	a.PackageName = path.Base(p.Name)
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

// commands run the targets from the top of the workspace, where people run them: a server finds
// files by paths from there. The build of pages is of many forms, so production serves them as
// development does, from the project's directory.
func (k nxStack) commands(a *stack.App) stack.Commands {
	p, _ := nxProjectOf(a.Tree, a.Dir)
	start := stack.Commands{Dev: []string{"npx", "nx", p.serve, p.Name}}
	for _, flag := range k.flags {
		start.Dev = append(start.Dev, strings.ReplaceAll(flag, "{port}", strconv.Itoa(a.Port.Number)))
	}
	output := p.Targets["build"].Options.OutputPath
	if !k.page {
		start.Dev = atTop(a, p.root, start.Dev)
	}
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
