package python

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	gradioImport = lazyregexp.New(`(?m)^\s*(?:import\s+gradio\b|from\s+gradio\s+import\b)`)
	gradioLaunch = lazyregexp.New(`\.launch\(`)
)

// Gradio is a script that launches its interface itself.
var Gradio = stack.Stack{
	Name: "python", Title: "Gradio", Language: &Language, Port: 7860,
	Packages: []string{"gradio"},
	Find: func(a *stack.App) bool {
		sources := slices.DeleteFunc(slices.Clone(a.Sources), func(s tree.File) bool { return !gradioImport.MatchString(s.Text) })
		for _, source := range sources {
			if at := gradioLaunch.FindStringIndex(source.Text); at != nil {
				setEntry(a, source.Path, "", tree.LineAt(source.Text, at[0]), "Gradio")
				return true
			}
		}
		return false
	},
	Describe: func(a *stack.App) {
		a.Module = a.Entry
		// https://www.gradio.app/guides/environment-variables
		a.Settings = []stack.Setting{{Name: "GRADIO_SERVER_NAME", Value: "0.0.0.0"}, {Name: "GRADIO_ANALYTICS_ENABLED", Value: "False"}}
	},
	Commands: func(a *stack.App) stack.Commands { return stack.Commands{Dev: runScript(a)} },
	FindPort: func(a *stack.App) (stack.Port, bool) {
		return stack.PortIn(a.Sources, lazyregexp.New(`\bserver_port\s*=\s*(\d{2,5})\b`))
	},
	Prefixes: []string{"GRADIO_"},
}

var dash = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\s*=\s*)?(?:\w+\.)?Dash\(`)

// dashServer is the variable with the application of Flask in it.
var dashServer = lazyregexp.New(`(?m)^(\w+)\s*=\s*\w+\.server\b`)

// Dash is a page of Plotly, on top of Flask.
var Dash = stack.Stack{
	Name: "python", Title: "Dash", Language: &Language, Port: 8050,
	Packages: []string{"dash"},
	Find: func(a *stack.App) bool {
		return slices.ContainsFunc(a.Sources, func(s tree.File) bool { return strings.Contains(s.Text, "Dash(") }) && inSource(dash, "Dash")(a)
	},
	Describe: func(a *stack.App) {
		a.Module = a.Entry
		// run() of dash/dash.py has these as the defaults of its arguments.
		a.Settings, a.Debugging = []stack.Setting{{Name: "HOST", Value: "0.0.0.0"}}, []stack.Setting{{Name: "DASH_DEBUG", Value: "true"}}
		text := a.Tree.Source(joined(a)).Text
		if match := dashServer.FindStringSubmatch(text); match != nil {
			a.ProdModule = importedModule(a) + ":" + match[1]
		}
	},
	Commands: func(a *stack.App) stack.Commands { return stack.Commands{Dev: runScript(a), Prod: gunicorn(a)} },
	Prefixes: []string{"DASH_"},
}
