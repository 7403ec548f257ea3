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
		if a.Entry != "" && listensInside(a.Tree.Source(joined(a)).Text) {
			return stack.Commands{Dev: runFile(a)}
		}
		return stack.Commands{Dev: []string{"python", a.Module}}
	},
	FindPort: findPort,
	Settings: []string{"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Serving HTTP on 127`), Hint: "pass 0.0.0.0 as the address to listen on"},
}

func findServer(a *stack.App) bool {
	for _, source := range a.Sources {
		match := serves.FindStringIndex(source.Text)
		if match == nil || !runsItself.MatchString(source.Text) && rank(path.Base(source.Path)) == len(entries) {
			continue
		}
		setEntry(a, source.Path, "", tree.LineAt(source.Text, match[0]), "listens")
		return true
	}
	return false
}

// findPort is the port that the source says, or the default of the library that listens.
func findPort(a *stack.App) (stack.Port, bool) {
	if found, ok := stack.PortIn(a.Sources, ports...); ok {
		return found, true
	}
	for _, source := range a.Sources {
		for _, library := range libraryPorts {
			if at := library.pattern.FindStringIndex(source.Text); at != nil {
				return stack.PortAt(library.port, source.At(at[0], "the default of "+library.name)), true
			}
		}
	}
	return stack.Port{}, false
}

var libraryPorts = []struct {
	name    string
	pattern *lazyregexp.Regexp
	port    int
}{
	{"aiohttp", lazyregexp.New(`\bweb\.run_app\(|\brun_app\(`), 8080},
	{"Bottle", lazyregexp.New(`(?m)^\s*(?:from|import)\s+bottle\b`), 8080},
	{"CherryPy", lazyregexp.New(`\bcherrypy\.quickstart\(`), 8080},
}

var (
	everywhere     = lazyregexp.New(`0\.0\.0\.0|\(\s*\(?\s*["']["']\s*,|\brun_app\(|\.listen\(\s*(?:\w+|\d+)\s*\)`)
	defaultsInside = lazyregexp.New(`\buvicorn\.run\(|\bcherrypy\.quickstart\(|\.run\(|\brun\(`)
)

// listensInside says whether a source makes its server listen on the container's own loopback
// address, by its words or by the default of its library.
func listensInside(text string) bool {
	return loopbackOnly.MatchString(text) || defaultsInside.MatchString(text) && !everywhere.MatchString(text)
}
