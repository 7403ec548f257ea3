package ruby

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Rails is an application of Rails.
var Rails = stack.Stack{
	Title: "Rails", Language: &Language, Packages: []string{"rails", "railties"},
	Listen: stack.Listen{Prints: lazyregexp.New(`\* Puma version|=> Booting Puma`), Hint: "start Rails with `rails server -b 0.0.0.0`"},
	Proxy: []stack.Rule{
		{
			// railties, configuration.rb: read for the environment development, a comma between hosts.
			From:      stack.Release(7, 0),
			Variables: []stack.Setting{{Name: "RAILS_DEVELOPMENT_HOSTS", Value: "{hosts}"}},
		},
		{
			// rails/rails#33145
			From: stack.Release(6, 0), Below: stack.Release(7, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: []string{"config/environments/development.rb"}, Has: `config\.hosts`,
				Code: `config.hosts << "{suffix}"`,
			},
		},
	},
	Debuggers: []stack.Debugger{
		{
			// https://guides.rubyonrails.org/configuring.html#config-consider-all-requests-local. The console
			// of web-console answers private addresses alone, which the proxy of a workspace has.
			Rule: stack.Rule{Line: stack.Line{
				Why: stack.ShowsCode, Files: []string{"config/environments/development.rb"}, Must: true,
				Only: `consider_all_requests_local\s*=\s*true`, Code: "config.consider_all_requests_local = false",
			}},
			Unless: `\bRAILS_ENV["']?[=:\s]+["']?production`,
		},
	},
}
