package ruby

import (
	"path"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Rack is an application of Sinatra or another framework on Rack: a config.ru, or a file
// that starts Sinatra.
var Rack = stack.Stack{
	Name: "ruby", Aliases: []string{"sinatra", "rack"}, Title: "Rack", Language: &Language, Port: 9292, Module: configRu,
	Packages: []string{"sinatra", "rack"},
	Find:     findRack,
	Describe: describeRack,
	FindPort: func(a *stack.App) (stack.Port, bool) {
		if port, ok := stack.PortIn(a.Sources, Language.Ports...); ok || a.Entry == configRu {
			return port, ok
		}
		return stack.PortAt(4567, tree.Evidence{Text: "the default of Sinatra"}), true
	},
	Commands: rackCommands,
	Migrate:  rakeMigrate,
	Settings: []string{"RACK_ENV", "APP_ENV", "BUNDLE_PATH", "BUNDLE_GEMFILE"},
	Proxy: []stack.Rule{
		{
			// sinatra/sinatra#2053: in development, hosts of this machine alone.
			Title: "Sinatra", Packages: []string{"sinatra"}, From: stack.Release(4, 1),
			Line: stack.Line{
				Why: stack.Refuses, Files: entries, Has: `\bhost_authorization\b`,
				Code: `set :host_authorization, permitted_hosts: ["localhost", "{suffix}"]`,
			},
		},
	},
	Listen:   stack.Listen{Prints: lazyregexp.New(`\* Listening on http://(?:127\.0\.0\.1|localhost|\[::1\])`), Hint: "start it with `bundle exec puma -b tcp://0.0.0.0:%d`"},
	Failures: failures,
}

const configRu = "config.ru"

// entries are the files that people start Sinatra from, best first.
var entries = []string{"app.rb", "main.rb", "server.rb", "application.rb", "web.rb", "api.rb", "index.rb"}

var bindsHere = lazyregexp.New(`(?m)^\s*set\s*\(?\s*:bind\s*,\s*["'](?:127\.0\.0\.1|localhost)["']`)

// hidden is where a file that starts Sinatra itself names the address, which goes before that
// of the command line.
func hidden(a *stack.App) tree.Evidence {
	if a.Framework != "Sinatra" || a.Module == configRu {
		return tree.Evidence{}
	}
	return stack.HiddenIn(a.Sources, bindsHere)
}

var classic = lazyregexp.New(`(?m)^\s*require\s*\(?\s*["']sinatra(?:/base)?["']`)

// requiresAll loads each gem of the Gemfile.
var requiresAll = lazyregexp.New(`(?m)^\s*Bundler\.require\b`)

// titles are frameworks by their gem.
var titles = []struct{ gem, title string }{{"sinatra", "Sinatra"}, {"grape", "Grape"}, {"hanami", "Hanami"}, {"roda", "Roda"}, {"padrino", "Padrino"}, {"cuba", "Cuba"}}

func findRack(a *stack.App) bool {
	if a.Directory().Has(configRu) {
		a.Entry, a.FoundAt = configRu, tree.Evidence{File: path.Join(a.Dir, configRu), Text: "starts the application"}
		return true
	}
	for _, name := range entries {
		file := a.Tree.Source(path.Join(a.Dir, name))
		at := classic.FindStringIndex(file.Text)
		if at == nil && gem(a, "sinatra") {
			at = requiresAll.FindStringIndex(file.Text)
		}
		if at != nil {
			a.Entry, a.FoundAt = name, file.At(at[0], "sinatra")
			return true
		}
	}
	return false
}

func describeRack(a *stack.App) {
	if a.Module = a.Entry; a.Module == "" {
		a.Module = configRu
	}
	for _, t := range titles {
		if gem(a, t.gem) {
			a.Framework = t.title
			break
		}
	}
	if a.Framework == "Rack" && a.Module != configRu {
		a.Framework = "Sinatra"
	}
	if a.Script = server(a); a.Script == "" {
		if release, _ := version(a); strings.HasPrefix(release, "2.") {
			a.Script = "webrick" // which comes with it
		} else {
			a.Script, a.Packages.Missing = puma, append(a.Packages.Missing, puma)
		}
	}
	if a.Packages.Manifest == "" {
		a.Packages.Missing = required(a, a.Packages.Missing)
	}
}

const puma = "puma"

// server is the server that the Gemfile names, or that comes with it; empty for none. Puma is
// started by itself: since Rack 3 rackup is a gem of its own.
func server(a *stack.App) string {
	text := a.Tree.Text(path.Join(a.Dir, "Gemfile")) + a.Tree.LockText(path.Join(a.Dir, "Gemfile.lock"))
	for _, name := range []string{puma, "falcon", "thin", "unicorn", "webrick"} {
		if stack.HasOne(text, name) {
			return name
		}
	}
	return ""
}

// rackCommands start the application again after an edit, which Rack itself does not see.
func rackCommands(a *stack.App) stack.Commands {
	port := strconv.Itoa(a.Port.Number)
	var serve []string
	if a.Packages.Manifest != "" && len(a.Packages.Missing) == 0 { // which Bundler would hide
		serve = []string{"bundle", "exec"}
	}
	switch {
	case a.Module != configRu:
		serve = append(serve, "ruby", a.Module, "-o", "0.0.0.0", "-p", port)
	case a.Script == "" || a.Script == puma:
		serve = append(serve, puma, "--bind", "tcp://0.0.0.0:"+port)
	default:
		serve = append(serve, "rackup", "--host", "0.0.0.0", "--port", port)
	}
	return stack.Commands{Dev: stack.Reload([]string{"true"}, serve...), Prod: serve}
}

// rakeMigrate makes the tables: https://github.com/sinatra-activerecord/sinatra-activerecord
func rakeMigrate(a *stack.App) []string {
	if !gem(a, "sinatra-activerecord") || !a.Tree.Exists(path.Join(a.Dir, "Rakefile")) || !a.Tree.Exists(path.Join(a.Dir, "db/migrate")) {
		return nil
	}
	return []string{"bundle", "exec", "rake", "db:migrate"}
}

// failures are errors of Ruby and of Bundler.
var failures = []stack.Failure{
	{
		Reason: "ruby-version", InBuild: true,
		Pattern:  lazyregexp.New(`Your Ruby version is (?P<has>[\d.]+), but your Gemfile specified (?P<wants>.+?)\s*$`),
		Sentence: "the image has Ruby $has, and the Gemfile demands $wants",
		Hint:     "change FROM in the Dockerfile to that version of ruby",
		Example:  "Your Ruby version is 3.3.0, but your Gemfile specified 3.2.2",
	},
	{
		Reason:   "ruby-gem-missing",
		Pattern:  lazyregexp.New(`Could not find (?:gem '(?P<name>[\w-]+)|(?P<name2>[\w-]+)-[\d.]+\S* in)`),
		Sentence: "the gem $name is not installed",
		Hint:     "run devup up --build",
		Example:  "Could not find rack-3.1.8 in locally installed gems (Bundler::GemNotFound)",
	},
	{
		Reason:   "rails-pending-migrations",
		Pattern:  lazyregexp.New(`ActiveRecord::PendingMigrationError`),
		Sentence: "the database lacks the newest migrations",
		Hint:     "run devup exec SERVICE bundle exec rails db:migrate",
		Example:  "ActiveRecord::PendingMigrationError (",
	},
}
