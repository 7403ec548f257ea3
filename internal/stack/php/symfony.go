package php

import (
	"github.com/devup-cli/devup/internal/stack"
)

// Symfony is an application of Symfony.
var Symfony = stack.Stack{
	Name: "php", Aliases: []string{"symfony"}, Title: "Symfony", Language: &Language, Port: 8000, Packages: []string{"symfony/framework-bundle"},
	Find:     needs("symfony/framework-bundle"),
	FindPort: noPort,
	Commands: func(a *stack.App) stack.Commands { return stack.Commands{Dev: serve(a), Prod: apache} },
	Migrate:  doctrineMigrate,
	Settings: []string{"APP_ENV", "APP_DEBUG", "DEFAULT_URI", "KERNEL_CLASS"},
	EnvFiles: []string{".env.dev", ".env.dev.local"},
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

// doctrineMigrate makes the tables:
// https://symfony.com/bundles/DoctrineMigrationsBundle/current/index.html
func doctrineMigrate(a *stack.App) []string {
	if _, ok := wanted(a, "doctrine/doctrine-migrations-bundle"); !ok {
		return nil
	}
	return []string{"php", "bin/console", "doctrine:migrations:migrate", "--no-interaction", "--allow-no-migration"}
}
