package node

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// CRA is Create React App, run by react-scripts or by what wraps them.
var CRA = stack.Stack{
	Name: "cra", Title: "Create React App", Language: &Language, Frontend: true, Port: 3000, Output: "build",
	Packages: []string{"react-scripts"},
	Find:     runs([]string{"react-scripts", "react-app-rewired", "craco"}, "react-scripts", "@craco/craco", "react-app-rewired"),
	Describe: func(a *stack.App) {
		p := npm.ManifestOf(a.Tree, a.Dir)
		if target := npm.RawText(p.Proxy); target != "" {
			a.Proxies = append(a.Proxies, p.At("proxy", target))
		}
	},
	FindPort: func(*stack.App) (stack.Port, bool) { return stack.Port{}, false }, // it listens where PORT says, whatever the source names
	OwnPort:  true,
	Commands: func(a *stack.App) stack.Commands {
		return stack.Commands{Dev: startWith(a), Build: runScript(a, "build")} // HOST and PORT of the environment
	},
	Prefixes:  []string{"REACT_APP_"},
	EnvSyntax: "process.env.REACT_APP_",
	Settings:  []string{"PUBLIC_URL", "BROWSER", "WDS_SOCKET_PORT"},
	Listen:    stack.Listen{Prints: lazyregexp.New(`react-scripts start|webpack compiled|webpack-dev-server`), Hint: "set HOST=0.0.0.0 in the service's environment"},
	Proxy: []stack.Rule{
		{
			// createSocketURL.js of webpack-dev-server 4: port 0 is the page's own. The client of
			// react-scripts 3 and 4 takes it for the number 0, and is right without it
			// (webpackHotDevClient.js, read in react-dev-utils 11.0.4). gitpod-io/gitpod#7357
			From:      stack.Release(5, 0),
			Moved:     true,
			Variables: []stack.Setting{{Name: "WDS_SOCKET_PORT", Value: "0"}},
		},
		{
			// It checks the host only when it passes requests on: webpackDevServer.config.js.
			Key:       "proxy",
			Variables: []stack.Setting{{Name: "DANGEROUSLY_DISABLE_HOST_CHECK", Value: "true"}},
		},
	},
	Failures: []stack.Failure{
		{
			Reason: "allowed-host", Specific: true, Pattern: lazyregexp.New(`allowedHosts\[0\] should be a non-empty string`),
			Sentence: "the dev server found no address of the machine to allow (Create React App with a proxy setting)", Hint: "set DANGEROUSLY_DISABLE_HOST_CHECK=true in the service's environment",
		},
	},
}
