package node

import "github.com/devup-cli/devup/internal/stack"

// CRA is Create React App, run by react-scripts or by what wraps them.
var CRA = stack.Stack{
	Name: "cra", Title: "Create React App", Language: &Language, Page: true, Port: 3000, Output: "build",
	Find: runs([]string{"react-scripts", "react-app-rewired", "craco"}, "react-scripts", "@craco/craco", "react-app-rewired"),
	Describe: func(a *stack.App) {
		p := manifestOf(a.Tree, a.Dir)
		if target := rawText(p.Proxy); target != "" {
			a.Proxies = append(a.Proxies, p.at("proxy", target))
		}
	},
	FindPort: func(*stack.App) (stack.Port, bool) { return stack.Port{}, false }, // it listens where PORT says, whatever the source names
	OwnPort:  true,
	Commands: func(a *stack.App) stack.Commands {
		return stack.Commands{Dev: startWith(a), Build: runScript(a, "build")} // HOST and PORT of the environment
	},
	Prefixes: []string{"REACT_APP_"},
	Reads:    "process.env.REACT_APP_",
	Settings: []string{"PUBLIC_URL", "BROWSER", "WDS_SOCKET_PORT"},
}
