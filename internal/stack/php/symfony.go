package php

import "github.com/devup-cli/devup/internal/stack"

// Symfony is an application of Symfony.
var Symfony = stack.Stack{
	Title: "Symfony", Language: &Language, Packages: []string{"symfony/framework-bundle"},
	Proxy: []stack.Rule{
		{
			// https://symfony.com/doc/current/deployment/proxies.html: variables since 7.2.
			From:      stack.Release(7, 2),
			Variables: []stack.Setting{{Name: "SYMFONY_TRUSTED_PROXIES", Value: "private_ranges"}},
		},
	},
	Debuggers: []stack.Debugger{
		{
			// https://symfony.com/doc/current/profiler.html
			Rule: stack.Rule{Line: stack.Line{
				Why: "shows its profiler and source code", Files: []string{".env"}, Must: true, Only: `(?m)^APP_ENV=dev`, Code: "APP_ENV=prod",
			}},
			Unless: `\bAPP_ENV["']?[=:\s]+["']?prod`,
		},
	},
}
