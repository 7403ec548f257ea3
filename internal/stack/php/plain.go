package php

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Plain is a directory of PHP files with a front page.
var Plain = stack.Stack{
	Name: "php", Title: "PHP", Language: &Language, Port: 8000, Module: ".",
	Find: func(a *stack.App) bool {
		root := documentRoot(a)
		if root == "" {
			return false
		}
		a.FoundAt = tree.Evidence{File: path.Join(a.Dir, root, "index.php")}
		a.FoundAt.Text = "front page"
		return true
	},
	// Links and redirections lead to the address that a framework's settings name.
	FindPort: func(a *stack.App) (stack.Port, bool) { return stack.PortIn(a.Sources, baseURL) },
	Commands: func(a *stack.App) stack.Commands { return stack.Commands{Dev: serve(a), Prod: apache} },
	Listen:   stack.Listen{Prints: lazyregexp.New(`PHP [\d.]+ Development Server \(http://(?:127|localhost)`), Hint: "start PHP with `php -S 0.0.0.0:%d`"},
	Failures: failures,
}

var baseURL = lazyregexp.New(`(?i)\bbase_?url["'\]]*\s*[=,]\s*["']\s*https?://(?:localhost|127\.0\.0\.1):(\d{2,5})\b`)

// noPort says that sources of PHP do not say where they are served: a port in them is another's.
func noPort(*stack.App) (stack.Port, bool) { return stack.Port{}, false }

// failures are errors of PHP and of Composer.
var failures = []stack.Failure{
	{
		Reason: "php-extension-missing", InBuild: true,
		Pattern:  lazyregexp.New(`requires? (?:PHP extension )?ext-(?P<name>[\w-]+) \S+ (?:but it is|-> it is|is) missing from your system|requires ext-(?P<name2>[\w-]+) \S+ -> it is missing`),
		Sentence: "the PHP extension $name is not in the image",
		Hint:     "add $name to install-php-extensions in the Dockerfile",
		Example:  "    - Root composer.json requires PHP extension ext-intl * but it is missing from your system. Install or enable PHP's intl extension.",
	},
	{
		Reason:   "php-driver-missing",
		Pattern:  lazyregexp.New(`could not find driver`),
		Sentence: "PHP has no driver for the database",
		Hint:     "add pdo_mysql or pdo_pgsql to install-php-extensions in the Dockerfile",
		Example:  "SQLSTATE[HY000]: could not find driver (Connection: pgsql, SQL: select * from users)",
	},
	{
		Reason:   "php-not-installed",
		Pattern:  lazyregexp.New(`Failed opening required '[^']*vendor/autoload\.php'`),
		Sentence: "the packages of composer.json are not installed",
		Hint:     "run devup up --build",
		Example:  "PHP Fatal error:  Uncaught Error: Failed opening required '/app/vendor/autoload.php' (include_path='.:/usr/share/php') in /app/public/index.php:3",
	},
}
