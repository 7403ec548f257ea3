package node

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Angular is Angular's dev server.
var Angular = stack.Stack{
	Name: "node", Title: "Angular", Language: &Language, Page: true, Port: 4200,
	Packages: []string{"@angular/cli"},
	Find:     runs([]string{"ng"}, "@angular/cli"),
	Describe: func(a *stack.App) {
		for _, name := range []string{"proxy.conf.json", "proxy.config.json", "proxy-config.json"} {
			for _, dir := range []string{".", "src"} {
				if name := path.Join(a.Dir, dir, name); a.Tree.Has(name) {
					a.Configs = append(a.Configs, a.Tree.Source(name))
				}
			}
		}
	},
	Commands: servers("--host", "0.0.0.0", "--port", "{port}"),
	Listen:   stack.Listen{Prints: lazyregexp.New(`Angular Live Development Server|\bng serve\b`), Hint: "start Angular with `ng serve --host 0.0.0.0`"},
	Proxy: []stack.Rule{
		{
			// vite-server.js of @angular/build hands an empty list to Vite, to which Vite adds the
			// variable's (read in 20.3). angular/angular-cli#29466
			From:      stack.Release(19, 0),
			Variables: []stack.Setting{viteHosts},
		},
		{
			From: stack.Release(6, 0), Below: stack.Release(19, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: []string{"angular.json"}, Must: true, Has: `disableHostCheck|allowedHosts`,
				Code: `"disableHostCheck": true under "serve", "options"`,
			},
		},
	},
}
