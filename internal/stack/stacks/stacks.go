// Package stacks is the table of all that devup knows of languages and frameworks. What a
// stack is stands in package stack, each stack in a file of its language's package.
package stacks

import (
	"slices"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/deno"
	"github.com/devup-cli/devup/internal/stack/dotnet"
	"github.com/devup-cli/devup/internal/stack/elixir"
	"github.com/devup-cli/devup/internal/stack/golang"
	"github.com/devup-cli/devup/internal/stack/java"
	"github.com/devup-cli/devup/internal/stack/node"
	"github.com/devup-cli/devup/internal/stack/php"
	"github.com/devup-cli/devup/internal/stack/python"
	"github.com/devup-cli/devup/internal/stack/ruby"
	"github.com/devup-cli/devup/internal/stack/rust"
	"github.com/devup-cli/devup/internal/stack/static"
)

// All gives every stack, in the order in which they are looked for in a directory: what is
// built on another stands above it, and the plain stack of a language is its last.
var All = sync.OnceValue(func() []*stack.Stack {
	return slices.Concat(
		node.Nx(),
		[]*stack.Stack{
			&node.NestApplication, &node.NestMicroservice,
			&node.CRA,
			&node.SvelteKit, &node.ReactRouter, &node.Remix, &node.TanStackStart, &node.SolidStart, &node.Qwik, &node.Vite,
			&node.Next, &node.Nuxt, &node.Angular, &node.Gatsby, &node.Astro, &node.Docusaurus, &node.VueCLI, &node.Eleventy,
			&node.VitePress,
			&node.Parcel, &node.WebpackServer, &node.Webpack, &node.WebpackScript, &node.WebpackHosts, &node.JSONServer, &node.Nitro, &node.Wrangler,
		},
		node.Listeners(),
		[]*stack.Stack{
			&node.Plain, &node.Bun, &deno.Deno,
			&python.Dash, &python.Flask, &python.FastAPI, &python.Django, &python.ASGI, &python.WSGI, &python.Uvicorn, &python.Gunicorn,
			&python.Streamlit, &python.Gradio, &python.Worker, &python.Plain,
			&golang.Go, &rust.Rust, &java.Spring,
			&php.Laravel, &php.Symfony, &php.Plain,
			&ruby.Rails, &ruby.Rack, &elixir.Phoenix, &dotnet.ASPNET,
			&static.Site,
		},
	)
})

// Languages gives the languages of the stacks that are found in repositories, in the same order.
var Languages = sync.OnceValue(func() []*stack.Language {
	var all []*stack.Language
	for _, s := range All() {
		if s.Find != nil && !slices.Contains(all, s.Language) {
			all = append(all, s.Language)
		}
	}
	return all
})

// ByLanguage gives the stacks of a language.
func ByLanguage(l *stack.Language) []*stack.Stack {
	return which(func(s *stack.Stack) bool { return s.Language == l })
}

// ByName gives the stacks that a devup.yaml may mean by a name, of which the last is the
// default; none where no stack has it.
func ByName(name string) []*stack.Stack {
	return append(
		which(func(s *stack.Stack) bool { return slices.Contains(s.Aliases, name) }),
		which(func(s *stack.Stack) bool { return s.Name == name && name != "" })...)
}

// Default gives the stack to take by a name where nothing more is known; nil where no stack
// has it.
func Default(name string) *stack.Stack {
	all := ByName(name)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// Names gives the names of all stacks, sorted, each once.
func Names() []string {
	var all []string
	for _, s := range which(func(s *stack.Stack) bool { return s.Name != "" }) {
		all = append(all, s.Name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func which(keep func(*stack.Stack) bool) []*stack.Stack {
	return slices.DeleteFunc(slices.Clone(All()), func(s *stack.Stack) bool { return !keep(s) })
}

// settings are variables that the runtime, the framework, the platform or devup itself sets.
var settings = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq("PORT HOST HOSTNAME PATH HOME CI USER PWD TZ SHELL TMPDIR CODESPACE_NAME CODESPACES") {
		all[name] = true
	}
	for _, s := range All() {
		for _, name := range s.Settings {
			all[name] = true
		}
	}
	return all
})

var platformPrefixes = []string{"GITPOD_", "GITHUB_CODESPACES_", "npm_", "VERCEL_", "COMPOSE_", "DEVUP_"}

// IsSetting says whether a variable is set by the runtime, the framework, the platform or
// devup itself, so that the user does not have to.
func IsSetting(name string) bool {
	return settings()[name] || slices.ContainsFunc(platformPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// PortVariables gives the variables by which people tell a server its own port, those of all
// kinds of servers first.
var PortVariables = sync.OnceValue(func() []string {
	all := []string{"PORT", "SERVER_PORT", "API_PORT", "BACKEND_PORT", "APP_PORT", "HTTP_PORT", "HOST_PORT", "LISTEN_PORT"}
	for _, s := range All() {
		all = append(all, s.ForPort...)
	}
	return all
})

// IsEnvFile says whether a framework loads variables from files of the name in a service's
// directory when it runs for development.
func IsEnvFile(name string) bool {
	switch name {
	case ".env", ".env.local", ".env.development", ".env.development.local":
		return true
	}
	return slices.ContainsFunc(All(), func(s *stack.Stack) bool { return slices.Contains(s.EnvFiles, name) })
}

// Prefixes gives what frameworks have in front of variables for their pages or themselves.
var Prefixes = sync.OnceValue(func() []string { return prefixes(All()) })

// BuiltIn gives the prefixes of variables that a build writes into its files.
var BuiltIn = sync.OnceValue(func() []string {
	return prefixes(which(func(s *stack.Stack) bool { return s.Frontend && s.Language != nil && s.EnvSyntax != "" }))
})

func prefixes(of []*stack.Stack) []string {
	var all []string
	for _, s := range of {
		all = append(all, s.Prefixes...)
	}
	return all
}
