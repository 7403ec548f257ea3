package node

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// nestFile describes the applications that share one package.json:
// https://docs.nestjs.com/cli/monorepo#monorepo-mode
const nestFile = "nest-cli.json"

// nestWorkspace is what such a file says.
type nestWorkspace struct {
	Projects map[string]nestProject `json:"projects"`
	dir      string
}

type nestProject struct {
	Type       string `json:"type"`
	Root       string `json:"root"`
	SourceRoot string `json:"sourceRoot"`
	EntryFile  string `json:"entryFile"`
}

// nestWorkspaceAt is the workspace of a directory; it has no projects where there is none.
func nestWorkspaceAt(t *tree.Tree, dir string) nestWorkspace {
	w := nestWorkspace{dir: dir}
	if !t.Directory(dir).Has(nestFile) {
		return w
	}
	if plain, err := hujson.Standardize([]byte(t.Text(path.Join(dir, nestFile)))); err != nil || json.Unmarshal(plain, &w) != nil {
		w.Projects = nil
	}
	return w
}

// applications are the names of what is started, sorted.
func (w nestWorkspace) applications(t *tree.Tree) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(w.Projects)), func(name string) bool {
		return w.Projects[name].Type != "application" || t.Text(w.entry(name)) == "" || w.Projects[name].Root == ""
	})
}

// first is the first application that listens, or of all.
func (w nestWorkspace) first(t *tree.Tree) string {
	all := w.applications(t)
	listens := func(name string) bool { return createsServer.MatchString(t.Text(w.entry(name))) }
	return all[max(0, slices.IndexFunc(all, listens))]
}

// entry is the file that starts an application.
func (w nestWorkspace) entry(name string) string {
	p := w.Projects[name]
	file := p.EntryFile
	if file == "" {
		file = "main"
	}
	return path.Join(w.dir, p.SourceRoot, file+".ts")
}

// nestApplicationOf is the application of a directory, among several of a workspace; empty for none.
func nestApplicationOf(t *tree.Tree, dir string) (w nestWorkspace, name string) {
	if t.Directory(dir).Has("package.json") {
		return w, ""
	}
	for above := dir; above != "."; {
		above = path.Dir(above)
		w = nestWorkspaceAt(t, above)
		if all := w.applications(t); len(all) > 1 {
			i := slices.IndexFunc(all, func(name string) bool { return path.Join(above, w.Projects[name].Root) == dir })
			if i >= 0 {
				return w, all[i]
			}
		}
	}
	return w, ""
}

// isNestApplication says whether a directory without a package.json holds one.
func isNestApplication(t *tree.Tree, dir string) bool {
	_, name := nestApplicationOf(t, dir)
	return name != ""
}

var (
	createsMicroservice = lazyregexp.New(`\bcreateMicroservice\b`)
	createsServer       = lazyregexp.New(`\bNestFactory\.create\(|\.listen\(\s*[\w("'\x60+]|\bbootstrap\(`)
)

// NestApplication is one of several applications of Nest that share one package.json, and
// NestMicroservice one that takes messages alone.
var (
	NestApplication  = nestApplication(false)
	NestMicroservice = nestApplication(true)
)

func nestApplication(worker bool) stack.Stack {
	return stack.Stack{
		Name: "node", Title: "NestJS", Language: &Language, Port: 3000, Worker: worker, Packages: []string{"@nestjs/core"},
		Find: func(a *stack.App) bool {
			w, name := nestApplicationOf(a.Tree, a.Dir)
			if name == "" {
				return false
			}
			text := a.Tree.Text(w.entry(name))
			file := path.Join(w.dir, nestFile)
			a.FoundAt = tree.At(file, 1+strings.Count(before(a.Tree.Text(file), `"`+name+`"`), "\n"), "application "+name)
			return worker == (createsMicroservice.MatchString(text) && !createsServer.MatchString(text))
		},
		Describe: describeNest,
		Commands: nestCommands,
	}
}

// describeNest takes the packages of the workspace, which is installed as a whole. Its first
// application migrates the database.
func describeNest(a *stack.App) {
	w, name := nestApplicationOf(a.Tree, a.Dir)
	root := &stack.App{Tree: a.Tree, Service: stack.Service{Dir: w.dir}}
	npm.Describe(root)
	a.PackageName, a.Entry = name, tree.Relative(a.Dir, w.entry(name))
	a.Packages, a.Migrate, a.Seed = root.Packages, nil, stack.Seed{}
	if a.Packages.Workspace == "" {
		a.Packages.Workspace = w.dir
	}
	a.Packages.Whole = true
	for _, other := range slices.Sorted(maps.Keys(w.Projects)) {
		if p := w.Projects[other]; p.Type == "library" && p.Root != "" {
			a.Packages.Shared = append(a.Packages.Shared, path.Join(w.dir, p.Root))
		}
	}
	if root.Migrate != nil && w.first(a.Tree) == name {
		a.Migrate = atTop(a, w.dir, root.Migrate)
		if root.Seed.Command != nil {
			a.Seed = stack.Seed{Command: atTop(a, w.dir, root.Seed.Command), Once: root.Seed.Once}
		}
	}
}

// atTop runs a command in a directory above the service's.
func atTop(a *stack.App, top string, command []string) []string {
	return append([]string{"sh", "-c", `cd "$0" && exec "$@"`, relativeUp(a.Dir, top)}, command...)
}

// nestCommands start the application as the workspace's own script starts the default one.
func nestCommands(a *stack.App) stack.Commands {
	w, name := nestApplicationOf(a.Tree, a.Dir)
	if name == "" {
		return stack.Commands{}
	}
	words, env := []string{"nest", "start", name, "--watch"}, []string(nil)
	scripts := scriptsOf(npm.ManifestOf(a.Tree, w.dir))
	for _, script := range developmentScripts {
		all := scripts.Commands(script)
		if len(all) != 1 || len(all[0].Words) < 2 || all[0].Program() != "nest" || all[0].Words[1] != "start" {
			continue
		}
		options := slices.DeleteFunc(slices.Clone(all[0].Words[2:]), func(word string) bool { _, is := w.Projects[word]; return is })
		words, env = append([]string{"nest", "start", name}, options...), all[0].Env
		break
	}
	dev := append([]string{"npx"}, words...)
	if len(env) > 0 {
		dev = slices.Concat([]string{"env"}, env, dev)
	}
	output := path.Join("dist", w.Projects[name].Root, "main.js")
	return stack.Commands{
		Dev:   atTop(a, w.dir, dev),
		Build: atTop(a, w.dir, []string{"npx", "nest", "build", name}),
		Prod:  atTop(a, w.dir, []string{"node", output}),
	}
}
