package ruby

import (
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// TestVersion: Bundler refuses any Ruby but the one that a Gemfile names.
func TestVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"Gemfile", `ruby "3.2.2"`, "3.2.2"},
		{"Gemfile", `ruby "~> 3.1"`, "3.1"},
		{"Gemfile", `ruby file: ".ruby-version"`, newest},
		{"Gemfile", `gem "rails", "~> 5.2.3"`, "2.7"},
		{"Gemfile", `gem "rails", "~> 7.0.4"`, "3.2"},
		{"Gemfile", `gem "rails", "~> 8.0"`, newest},
		{"Gemfile.lock", "GEM\n\nRUBY VERSION\n   ruby 3.0.6p216\n", "3.0.6"},
		{".ruby-version", "ruby-3.3.5\n", "3.3.5"},
		{".tool-versions", "nodejs 20\nruby 3.3.0\n", "3.3.0"},
		{".ruby-version", "jruby-9.4\n", newest},
	} {
		walked, err := tree.Walk(fstest.MapFS{test.name: {Data: []byte(test.text)}}, tree.Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := version(&stack.App{Tree: walked, Service: stack.Service{Dir: "."}}); got != test.want {
			t.Errorf("%s %q: Ruby %s, want %s", test.name, test.text, got, test.want)
		}
	}
}

// TestUses: ENV.fetch without a default stops the program, but not where production alone reads it.
func TestUses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file, text string
		want       stack.Use
	}{
		{"a.rb", `ENV["HOST_NAME"]`, stack.Use{Name: "HOST_NAME"}},
		{"a.rb", `ENV['LEVEL'] || 'info'`, stack.Use{Name: "LEVEL", Value: "info", Set: true}},
		{"a.rb", `ENV.fetch("TOKEN")`, stack.Use{Name: "TOKEN", Required: true}},
		{"a.rb", `ENV.fetch("PORT", 3000)`, stack.Use{Name: "PORT", Value: "3000", Set: true}},
		{"a.rb", `ENV.fetch("THREADS") { 5 }`, stack.Use{Name: "THREADS", Value: "5", Set: true}},
		{"config/environments/production.rb", `ENV.fetch("TOKEN")`, stack.Use{Name: "TOKEN"}},
	} {
		found := append(uses(tree.File{Path: test.file, Text: test.text}), stack.Use{})
		if got := found[0]; got.Name != test.want.Name || got.Value != test.want.Value || got.Set != test.want.Set || got.Required != test.want.Required {
			t.Errorf("%s %s: got %+v, want %+v", test.file, test.text, got, test.want)
		}
	}
}

// TestServersOfPages: code that answers with pages.
func TestServersOfPages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"get '/' do\n  erb :notes\nend": true, "  haml(:a)": true, "render plain: 'a'": true, "body.to_json": false} {
		if got := Language.RendersPages.MatchString(text); got != want {
			t.Errorf("%q renders: %v, want %v", text, got, want)
		}
	}
}
