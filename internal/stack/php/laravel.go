package php

import "github.com/devup-cli/devup/internal/stack"

// Laravel is an application of Laravel.
var Laravel = stack.Stack{
	Title: "Laravel", Language: &Language, Packages: []string{"laravel/framework"},
	Proxy: []stack.Rule{
		{
			// https://laravel.com/docs/requests#configuring-trusted-proxies
			From: stack.Release(11, 0),
			Line: stack.Line{
				Why: "links its styles and forms without https", Files: []string{"bootstrap/app.php"}, Must: true, Has: `trustProxies`,
				Code: `$middleware->trustProxies(at: "*");`,
			},
		},
	},
	Debuggers: []stack.Debugger{
		{
			// config/app.php reads it: https://laravel.com/docs/configuration#debug-mode. A variable of the
			// container comes before the .env.
			Rule: stack.Rule{Variables: []stack.Setting{{Name: "APP_DEBUG", Value: "false"}}},
		},
	},
}
