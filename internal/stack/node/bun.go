package node

import (
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/node/script"
	"github.com/devup-cli/devup/internal/tree"
)

// BunLanguage is what runs on Bun. The search of Node finds it.
var BunLanguage = func() stack.Language {
	l := javaScript
	l.Name, l.Manifests, l.Versions = "bun", nil, []string{"1"}
	l.Search = func(*tree.Tree, []*stack.Stack) []*stack.App { return nil }
	l.Version = func(*stack.App) (string, tree.Evidence) { return "1", tree.Evidence{Text: "Bun 1"} }
	l.Flags = nil
	l.Image = npm.BunImage
	l.LoadsEnvFile = lazyregexp.New(`.`) // whatever the source says: https://bun.com/docs/runtime/env
	return l
}()

// Bun is a server that Bun runs itself: https://bun.com/docs/api/http.
var Bun = stack.Stack{
	Name: "bun", Title: "Bun", Language: &BunLanguage, Port: 3000,
	Find:     func(a *stack.App) bool { return runsOnBun(a, npm.ManifestOf(a.Tree, a.Dir)) },
	Describe: describeBun,
	Commands: func(a *stack.App) stack.Commands {
		p := npm.ManifestOf(a.Tree, a.Dir)
		start := stack.Commands{Dev: startWith(a), Prod: []string{"bun", a.Module}}
		if a.Script == "" {
			start.Dev = []string{"bun", "--watch", a.Module}
		}
		if name := productionScript(p); name != "" {
			start.Prod = runScript(a, name)
		} else if a.Module == "" {
			start.Prod = start.Dev
		}
		start.Build = buildOf(a, p)
		a.Packages.Whole = a.Packages.Whole || needsDevelopment(p, start.Prod)
		return start
	},
	Listen: stack.Listen{Hint: `leave out "hostname" in Bun.serve, or set it to "0.0.0.0"`},
}

var usesBun = lazyregexp.New(`\bBun\.(?:serve|file|env)\b|from\s*["'](?:bun(?::\w+)?|elysia)["']`)

// runsOnBun says whether Bun runs the server, and not only installs its packages: a script of
// its own runs a file with it, or a source without a script needs it.
func runsOnBun(a *stack.App, p *npm.Manifest) bool {
	if a.Stack != nil && a.Stack.Frontend {
		return false
	}
	name, own, _ := startScript(p)
	if name != "" {
		return slices.ContainsFunc(own, func(c script.Command) bool { return c.Program() == "bun" })
	}
	entry := entryOf(a.Tree, a.Dir, p)
	return entry != "" && usesBun.MatchString(a.Tree.Source(path.Join(a.Dir, entry)).Text)
}

// describeBun fills in how the server starts. Bun installs the packages, whatever lock file of
// another manager there is: the image has no other.
func describeBun(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	if a.Packages.Manager != "bun" {
		a.Packages.Manager, a.Packages.Lock, a.Packages.Version = "bun", "", ""
	}
	if a.Packages.Manifest == "" && a.Directory().Has("package.json") {
		a.Packages.Manifest = "package.json"
	}
	startServer(a, p)
	if a.Module = a.Entry; a.Module == "" {
		a.Module = entryOf(a.Tree, a.Dir, p)
	}
	if all := scriptsOf(p).Commands(a.Script); a.Part == nil && a.Entry != "" && len(all) == 1 && !slices.ContainsFunc(all[0].Words, func(word string) bool { return word == "--watch" || word == "--hot" }) {
		a.Script = "" // it does not follow edits
	}
	for _, l := range listeners {
		if p.Dependencies[l.needed] != "" {
			a.Framework = l.title
			return
		}
	}
}
