package node

import (
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// onVite is a framework whose development server is Vite's, with pages that a server renders.
func onVite(title, needed string, port int, programs []string, of func(*stack.App) outcome) stack.Stack {
	b := built{build: []string{programs[0], "build"}, flags: onAll, of: of}
	if slices.Contains(programs, "vite") { // react-router and remix preview nothing
		b.preview = []string{"vite", "preview"}
	}
	return stack.Stack{
		Name: "node", Title: title, Language: &Language, Frontend: true, Port: port,
		Packages: []string{needed},
		Find:     runs(programs, needed),
		Describe: b.describe,
		FindPort: func(a *stack.App) (stack.Port, bool) { return stack.PortIn(a.Configs, vitePort) },
		OwnPort:  true,
		Commands: b.commands,
		Prefixes: []string{"VITE_"}, EnvSyntax: "import.meta.env.VITE_",
		ServerSide: true,
		Listen:     Vite.Listen,
	}
}

// SvelteKit builds what its adapter says: https://svelte.dev/docs/kit/adapters.
var SvelteKit = func() stack.Stack {
	s := onVite("SvelteKit", "@sveltejs/kit", 5173, []string{"vite", "svelte-kit"}, func(a *stack.App) outcome {
		p := npm.ManifestOf(a.Tree, a.Dir)
		out, found := stack.Match(config(a, named("svelte.config")...), `\b(?:out|pages)\s*:\s*["']([\w./-]+)["']`)
		if !found {
			out = "build"
		}
		switch {
		case p.NeedsOneOf("@sveltejs/adapter-node") != "":
			return outcome{Prod: []string{"node", out}}
		case p.NeedsOneOf("@sveltejs/adapter-static") != "":
			return outcome{Output: out, ManyPages: true}
		}
		return outcome{}
	})
	describe := s.Describe
	s.Describe = func(a *stack.App) {
		describe(a)
		remarkAdapter(a, "@sveltejs/adapter-node")
	}
	s.Prefixes, s.EnvSyntax = []string{"PUBLIC_", "VITE_"}, "import.meta.env.VITE_"
	s.Failures = []stack.Failure{{
		Reason: "env-missing", InBuild: true, Specific: true,
		Pattern:  lazyregexp.New(`"(?P<name>\w+)" is not exported by "virtual:\$?env/static/|'\$env/static/\w+' does not provide an export named '(?P<name2>\w+)'`),
		Example:  `"DB_URL" is not exported by "virtual:$env/static/private", imported by "src/lib/server/client.ts".`,
		Sentence: "the variable $name is not set, which the source imports", Hint: "set $name in the service's environment; for an image of production, add ARG $name before its build",
	}}
	return s
}()

var rendersOnClient = lazyregexp.New(`\bssr\s*:\s*false\b`)

// reactRouter builds a server, or files where ssr is off: https://reactrouter.com/how-to/spa.
func reactRouter(a *stack.App) outcome {
	return routed(a, "@react-router/serve", "react-router-serve", "build/server/index.js")
}

// remix is the same by older names; without Vite it builds one file:
// https://v2.remix.run/docs/other-api/serve.
func remix(a *stack.App) outcome {
	if a.Directory().First(viteConfigs...) == "" {
		return routed(a, "@remix-run/serve", "remix-serve", "build/index.js")
	}
	return routed(a, "@remix-run/serve", "remix-serve", "build/server/index.js")
}

// routed is served by the program of a package, where the app has it and no script of its own.
func routed(a *stack.App, needed, program, entry string) outcome {
	if rendersOnClient.MatchString(config(a, append(named("react-router.config"), viteConfigs...)...)) {
		return outcome{Output: "build/client"}
	}
	if p := npm.ManifestOf(a.Tree, a.Dir); p.Scripts["start"] == "" && p.NeedsOneOf(needed) != "" {
		return outcome{Prod: []string{"npx", program, entry}}
	}
	return outcome{}
}

// nitro is what Nitro builds: https://nitro.build/deploy/runtimes/node.
func nitro(a *stack.App) outcome {
	if p := npm.ManifestOf(a.Tree, a.Dir); p.NeedsOneOf("vinxi", "nitro", "nitropack", "@tanstack/nitro-v2-vite-plugin", "@solidjs/vite-plugin-nitro-2") != "" {
		return outcome{Prod: []string{"node", ".output/server/index.mjs"}}
	}
	return outcome{}
}

// Frameworks on Vite with a server of their own.
var (
	ReactRouter   = onVite("React Router", "@react-router/dev", 5173, []string{"react-router"}, reactRouter)
	Remix         = onVite("Remix", "@remix-run/dev", 5173, []string{"remix"}, remix)
	TanStackStart = onVite("TanStack Start", "@tanstack/react-start", 3000, []string{"vite", "vinxi"}, nitro)
	SolidStart    = onVite("SolidStart", "@solidjs/start", 3000, []string{"vinxi", "vite"}, nitro)
	Qwik          = onVite("Qwik", "@builder.io/qwik-city", 5173, []string{"vite"}, nil)
)
