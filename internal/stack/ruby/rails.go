package ruby

import (
	"path"
	"strconv"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Rails is an application of Rails.
var Rails = stack.Stack{
	Name: "ruby", Aliases: []string{"rails"}, Title: "Rails", Language: &Language, Port: 3000, Packages: []string{"rails", "railties"},
	Find:     findRails,
	Describe: describeRails,
	Commands: railsCommands,
	Migrate:  railsPrepare,
	Uses:     railsUses,
	Settings: []string{"RAILS_ENV", "RAILS_LOG_TO_STDOUT", "RAILS_LOG_LEVEL", "RAILS_SERVE_STATIC_FILES", "RAILS_MAX_THREADS", "RAILS_MIN_THREADS", "WEB_CONCURRENCY", "PIDFILE", "BOOTSNAP_CACHE_DIR", "RAILS_DEVELOPMENT_HOSTS", "SOLID_QUEUE_IN_PUMA", "JOB_CONCURRENCY"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`\* Puma version|=> Booting Puma`), Hint: "start Rails with `rails server -b 0.0.0.0`"},
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

var application = lazyregexp.New(`\bRails::Application\b`)

// findRails looks for the application; an engine has its own only for tests.
func findRails(a *stack.App) bool {
	file := a.Tree.Source(path.Join(a.Dir, "config", "application.rb"))
	at := application.FindStringIndex(file.Text)
	if at == nil && (!gem(a, "rails") || !a.Directory().Has(configRu)) {
		return false
	}
	a.FoundAt = tree.Evidence{File: path.Join(a.Dir, "Gemfile"), Text: "rails"}
	if at != nil {
		a.FoundAt = file.At(at[0], "Rails::Application")
	}
	return true
}

func describeRails(a *stack.App) {
	if gem(a, "sidekiq") {
		a.Workers = append(a.Workers, stack.Worker{
			Name: "sidekiq", Command: []string{"bundle", "exec", "sidekiq"}, Evidence: tree.Evidence{File: path.Join(a.Dir, "Gemfile"), Text: "sidekiq"},
		})
	}
	// https://github.com/rails/tailwindcss-rails, https://github.com/rails/dartsass-rails: what Procfile.dev starts too.
	for _, css := range []struct{ gem, task string }{{"tailwindcss-rails", "tailwindcss:watch[always]"}, {"dartsass-rails", "dartsass:watch"}} {
		if gem(a, css.gem) {
			a.Workers = append(a.Workers, stack.Worker{
				Name: "css", Command: []string{"bundle", "exec", "rails", css.task}, Evidence: tree.Evidence{File: path.Join(a.Dir, "Gemfile"), Text: css.gem},
			})
		}
	}
}

// railsCommands keep the pid file out of the source: one that a killed server left there would
// stop the next.
func railsCommands(a *stack.App) stack.Commands {
	serve := []string{"bundle", "exec", "rails", "server", "--binding", "0.0.0.0", "--port", strconv.Itoa(a.Port.Number), "--pid", "/tmp/server.pid"}
	start := stack.Commands{Dev: serve, Prod: serve}
	if len(a.Tree.Directory(path.Join(a.Dir, "app", "assets")).Subs) > 0 {
		start.Build = []string{"bundle", "exec", "rails", "assets:precompile"}
	}
	return start
}

// railsRelease is the release of Rails in the lock file.
func railsRelease(a *stack.App) (release stack.Version, known bool) {
	text, found := stack.Match(a.Tree.LockText(path.Join(a.Dir, "Gemfile.lock")), `(?m)^    rails \((\d+\.\d+)`)
	major, minor, _ := stack.Parts(text)
	return stack.Release(major, minor), found
}

// railsPrepare makes the database, or migrates it. Since 7.1 it also fills one in which it makes
// the tables: https://guides.rubyonrails.org/active_record_migrations.html#preparing-the-database.
func railsPrepare(a *stack.App) []string {
	if !a.Tree.Has(path.Join(a.Dir, "config", "database.yml")) && len(a.Tree.Directory(path.Join(a.Dir, "db")).Names) == 0 {
		return nil
	}
	const seeds = "db/seeds.rb"
	text := a.Tree.Text(path.Join(a.Dir, seeds))
	if release, known := railsRelease(a); known && release.Less(stack.Release(7, 1)) && stack.HasCode(text, "#") {
		a.Seed = stack.OnceFrom(a.Tree, []string{"bundle", "exec", "rails", "db:seed"}, path.Join(a.Dir, seeds))
	}
	return []string{"bundle", "exec", "rails", "db:prepare"}
}

var credentials = lazyregexp.New(`\bapplication\.credentials(?:\.\w|\[|!)`)

// railsUses is the key of the credentials that a source reads. Without it they are empty, and
// Rails starts all the same: https://guides.rubyonrails.org/security.html#custom-credentials.
func railsUses(a *stack.App) []stack.Use {
	const name = "RAILS_MASTER_KEY"
	if !a.Tree.Exists(path.Join(a.Dir, "config/credentials.yml.enc")) || a.Tree.Exists(path.Join(a.Dir, "config/master.key")) ||
		a.Tree.Exists(path.Join(a.Dir, "config/credentials/development.yml.enc")) {
		return nil
	}
	for _, source := range a.Sources {
		if at := credentials.FindStringIndex(source.Text); at != nil && !elsewhere(source.Path) {
			return []stack.Use{{Name: name, Required: true, Empty: true, Where: source.At(at[0], name)}}
		}
	}
	return nil
}
