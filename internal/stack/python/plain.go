package python

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	runsItself = lazyregexp.New(`(?m)^if\s+__name__\s*==\s*["']__main__["']`)
	serves     = lazyregexp.New(`\bHTTPServer\(|\bTCPServer\(|\bmake_server\(|\brun_app\(|\buvicorn\.run\(|\bserve_forever\(|\bapp\.listen\(|\.run\([^)]*\bport\s*=|\brun_simple\(|\bwaitress\b.*\bserve\(|\bSanic\(|\bBottle\(|\bcherrypy\.quickstart\(|\bgrpc\.server\(|\.launch\([^)]*server_port|\brun_server\(|\bIOLoop\b|\bwebsockets\.serve\(|\bsocketio\.run\(`)
)

// Plain is any other runnable module of Python.
var Plain = stack.Stack{
	Name: "python", Title: "Python", Language: &Language, Module: "main.py",
	Find:     findServer,
	Describe: func(a *stack.App) { a.Module = a.Entry },
	Commands: func(a *stack.App) stack.Commands {
		return stack.Commands{Dev: []string{"python", a.Module}}
	},
	Settings: []string{"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Serving HTTP on 127`), Hint: "pass 0.0.0.0 as the address to listen on"},
}

func findServer(a *stack.App) bool {
	for _, source := range a.Sources {
		match := serves.FindStringIndex(source.Text)
		if match == nil || !runsItself.MatchString(source.Text) && rank(path.Base(source.Path)) == len(entries) {
			continue
		}
		enter(a, source.Path, "", tree.LineAt(source.Text, match[0]), "listens")
		return true
	}
	return false
}
