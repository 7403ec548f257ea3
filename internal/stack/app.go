package stack

import (
	"cmp"
	"slices"

	"github.com/devup-cli/devup/internal/tree"
)

// App is a service while decisions about it are made.
type App struct {
	Service
	Stack *Stack
	Tree  *tree.Tree

	Entry       string        // the file that runs, relative to the service's directory
	Callable    string        // what Entry holds: a variable or factory call, as in "app" or "create_app()"
	Script      string        // the name of the script that starts it
	Part        *Part         // what of Script starts it; nil where all of it does
	FoundAt     tree.Evidence // what shows the stack
	PackageName string        // the name that its manifest gives it
	BuiltIn     string        // the directory that its image is built from, where the user said so

	Starts  []Command       // command lines that start it today, best first
	Configs []tree.File     // of the framework: vite.config.js
	Sources []tree.File     // its own source, nearest first
	Proxies []tree.Evidence // where a development server sends requests on, outside of Configs and Sources
}

// Part is a command of a script that also starts what the service does without: other services,
// databases.
type Part struct {
	Before   []string // command lines that have to succeed first
	Parallel []string // command lines that run at the same time
	Words    []string // variables and the command
}

// Command is a command line and where it stands.
type Command struct {
	Text string
	File string
	Line int
}

// Note adds evidence of a decision.
func (a *App) Note(e tree.Evidence) {
	if !slices.Contains(a.Evidence, e) {
		a.Evidence = append(a.Evidence, e)
	}
}

// Remark adds what will not work as the files stand.
func (a *App) Remark(e tree.Evidence, fix string) {
	a.remark(Remark{Evidence: e, Fix: fix})
}

// RemarkElsewhere adds what works on the machine itself, and not where browsers run elsewhere.
func (a *App) RemarkElsewhere(e tree.Evidence, fix string) {
	a.remark(Remark{Evidence: e, Fix: fix, Elsewhere: true})
}

func (a *App) remark(r Remark) {
	if !slices.Contains(a.Remarks, r) {
		a.Remarks = append(a.Remarks, r)
	}
}

// Directory is the service's directory.
func (a *App) Directory() *tree.Directory { return a.Tree.Directory(a.Dir) }

// Recognise sets the first of the stacks that the app's directory holds.
func (a *App) Recognise(stacks []*Stack) bool {
	for _, s := range stacks {
		if s.Find != nil && s.Find(a) {
			a.Stack, a.StackName, a.Frontend = s, s.Name, s.Frontend
			return true
		}
	}
	return false
}

// DescribeAs describes the app as of a stack.
func (a *App) DescribeAs(s *Stack) {
	a.Stack, a.StackName, a.Frontend, a.Framework = s, s.Name, s.Frontend, s.Title
	a.Module, a.Output, a.Runtime.Language = s.Module, s.Output, s.Language.Name
	if s.Language.Describe != nil {
		s.Language.Describe(a)
	}
}

// SetCommands fills in the commands that the stack gives.
func (a *App) SetCommands() {
	if a.Stack.Commands == nil {
		return
	}
	start := a.Stack.Commands(a)
	a.Dev, a.Build, a.Prod = start.Dev, start.Build, start.Prod
	if a.Prod == nil && a.Output == "" {
		a.Prod = a.Dev
	}
	if a.Stack.Migrate != nil {
		a.Migrate = a.Stack.Migrate(a)
	}
}

// Complete fills in what is empty of a service of the stack, where nothing is known of its
// files.
func (s *Stack) Complete(v Service) Service {
	v.Port.Number = cmp.Or(v.Port.Number, s.Port)
	v.HostPort = cmp.Or(v.HostPort, v.Port.Number)
	v.Runtime.Language = cmp.Or(v.Runtime.Language, s.Language.Name)
	if v.Runtime.Version == "" && len(s.Language.Versions) > 0 {
		v.Runtime.Version = s.Language.Versions[0]
	}
	v.Frontend = v.Frontend || s.Frontend
	if s.Output != "" && v.Packages.Manifest == "" && len(s.Language.Manifests) > 0 {
		v.Packages.Manifest = s.Language.Manifests[0] // without it nothing could be built
	}
	v.Module, v.Output = cmp.Or(v.Module, s.Module), cmp.Or(v.Output, s.Output)
	a := App{Service: v, Stack: s, Tree: &tree.Tree{}}
	a.SetCommands()
	given := len(v.Dev) > 0
	if !given {
		v.Dev = a.Dev
	}
	if len(v.Build) == 0 && v.Output != "" {
		v.Build = a.Build
	}
	if len(v.Prod) == 0 && (!given || v.ProdModule != "") {
		v.Prod = a.Prod
	}
	if len(v.Prod) == 0 {
		v.Prod = v.Dev
	}
	return v
}
