package php

import (
	"path"
	"strconv"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Laravel is an application of Laravel.
var Laravel = stack.Stack{
	Name: "php", Aliases: []string{"laravel"}, Title: "Laravel", Language: &Language, Port: 8000, Packages: []string{"laravel/framework"},
	Find:           func(a *stack.App) bool { return a.Directory().Has("artisan") && needs("laravel/framework")(a) },
	FindPort:       noPort,
	Commands:       func(a *stack.App) stack.Commands { return stack.Commands{Dev: artisan(a), Prod: apache} },
	Migrate:        artisanMigrate,
	UnusedServices: laravelUnused,
	Settings:       []string{"APP_URL", "APP_ENV", "APP_DEBUG", "APP_NAME", "ASSET_URL", "LARAVEL_SAIL", "VITE_APP_NAME"},
	Listen:         stack.Listen{Prints: lazyregexp.New(`Server running on \[http://127`), Hint: "start Laravel with `php artisan serve --host 0.0.0.0`"},
	Failures: []stack.Failure{
		{
			Reason:   "laravel-no-key",
			Pattern:  lazyregexp.New(`No application encryption key has been specified|MissingAppKeyException`),
			Sentence: "APP_KEY is not set",
			Hint:     "run devup init, which generates it into .devup/.env",
			Example:  "[2026-01-05 10:00:00] local.ERROR: No application encryption key has been specified. {\"exception\":\"[object] (Illuminate\\\\Encryption\\\\MissingAppKeyException(code: 0)",
		},
		{
			Reason:   "laravel-storage",
			Pattern:  lazyregexp.New(`The stream or file "(?P<file>[^"]+)" could not be opened in append mode`),
			Sentence: "Laravel cannot write $file",
			Hint:     "run chmod -R u+rwX storage bootstrap/cache",
			Example:  `The stream or file "/app/storage/logs/laravel.log" could not be opened in append mode: Failed to open stream: Permission denied`,
		},
	},
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

// artisan is Laravel's server. Where a .env exists it would start PHP without the variables of
// the container, unless it does not watch that file: ServeCommand.php, Laravel 8 and newer.
func artisan(a *stack.App) []string {
	command := []string{"php", "artisan", "serve", "--host", "0.0.0.0", "--port", strconv.Itoa(a.Port.Number)}
	release, ok := wanted(a, "laravel/framework")
	if major, err := strconv.Atoi(firstNumber.FindString(release)); ok && err == nil && major < 8 {
		return command
	}
	return append(command, "--no-reload")
}

// artisanMigrate makes the tables, and the file of an SQLite database.
func artisanMigrate(a *stack.App) []string {
	if len(a.Tree.Directory(path.Join(a.Dir, "database", "migrations")).Names) == 0 {
		return nil
	}
	if files := stack.FilesIn(a.Tree, path.Join(a.Dir, "database", "seeders"), ".php"); len(files) > 0 {
		a.Seed = stack.OnceFrom(a.Tree, []string{"php", "artisan", "db:seed", "--force"}, files...)
	}
	return []string{"php", "artisan", "migrate", "--force"}
}

// drivers are data services with what shows that a Laravel application uses them: its
// configuration names the hosts of all.
var drivers = []struct {
	service  string
	packages []string
	chosen   *lazyregexp.Regexp
}{
	{"redis", []string{"laravel/horizon"}, lazyregexp.New(`(?m)^(?:CACHE_(?:STORE|DRIVER)|QUEUE_CONNECTION|SESSION_DRIVER|BROADCAST_(?:CONNECTION|DRIVER))=["']?redis\b`)},
	{"memcached", nil, lazyregexp.New(`(?m)^(?:CACHE_(?:STORE|DRIVER)|SESSION_DRIVER)=["']?memcached\b`)},
	{"mailpit", nil, lazyregexp.New(`(?m)^MAIL_(?:MAILER|DRIVER)=["']?smtp\b`)},
}

func laravelUnused(a *stack.App) []string {
	var unused []string
	for _, d := range drivers {
		used := false
		for _, name := range []string{".env", ".env.example"} {
			used = used || d.chosen.MatchString(a.Tree.Text(path.Join(a.Dir, name)))
		}
		for _, name := range d.packages {
			_, found := wanted(a, name)
			used = used || found
		}
		if !used {
			unused = append(unused, d.service)
		}
	}
	return unused
}
