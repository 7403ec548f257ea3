package node

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Vite is what Vite's dev server serves.
var Vite = stack.Stack{
	Name: "vite", Title: "Vite", Language: &Language, Page: true, Port: 5173, Output: "dist",
	Find:     findVite,
	Describe: func(a *stack.App) { a.Framework = viteTitle(manifestOf(a.Tree, a.Dir)) },
	FindPort: func(a *stack.App) (stack.Port, bool) { return stack.PortIn(a.Configs, vitePort) },
	OwnPort:  true,
	Commands: viteCommands,
	Prefixes: []string{"VITE_"},
	Reads:    "import.meta.env.VITE_",
	Settings: []string{"BASE_URL", "MODE", "DEV", "PROD", "SSR"},
}

func findVite(a *stack.App) bool {
	p, f := manifestOf(a.Tree, a.Dir), a.Folder()
	_, needed := p.needs("vite")
	config := f.First(viteConfigs...)
	if !needed && config == "" || !f.Has("index.html") && (config == "" || viteLibrary(a) != "") {
		return false
	}
	return startedBy(a, p.at("vite", "vite"), "vite", "react-router", "remix")
}

var viteConfigs = []string{"vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts", "vite.config.cjs"}

var libraryMode = lazyregexp.New(`\blib\s*:\s*\{`)

// viteLibrary is the configuration by which Vite builds a library and no
// page, or empty.
func viteLibrary(a *stack.App) string {
	f := a.Folder()
	name := f.First(viteConfigs...)
	if full := path.Join(a.Dir, name); name != "" && !f.Has("index.html") && libraryMode.MatchString(a.Tree.Source(full).Text) {
		return full
	}
	return ""
}

var vitePort = lazyregexp.New(`\bserver\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*?\bport\s*:\s*(?:[^,{}\n]*?(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`)

// viteCommands leave out what the script says itself: Vite reads a doubled
// option as a list and stops. A script that starts several things is passed by.
func viteCommands(a *stack.App) stack.Commands {
	text := manifestOf(a.Tree, a.Dir).script(a.Script)
	start := stack.Commands{Build: runScript(a, "build")}
	if text == "" || composite(text) {
		start.Dev = []string{"npx", "vite", "--host", "0.0.0.0", "--port", strconv.Itoa(a.Port.Number), "--strictPort"}
		return start
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '=' })
	var arguments []string
	if !slices.Contains(words, "--host") {
		arguments = append(arguments, "--host", "0.0.0.0")
	}
	if !slices.Contains(words, "--port") {
		arguments = append(arguments, "--port", strconv.Itoa(a.Port.Number))
	}
	if !slices.Contains(words, "--strictPort") && runsProgram(text, "vite") {
		arguments = append(arguments, "--strictPort")
	}
	start.Dev = startWith(a, arguments...)
	return start
}

// viteTitle is what the dev server serves.
func viteTitle(p *manifest) string {
	for _, library := range []struct{ dependency, title string }{
		{"@sveltejs/kit", "SvelteKit"},
		{"@react-router/dev", "React Router"},
		{"@remix-run/dev", "Remix"},
		{"react", "Vite + React"},
		{"vue", "Vite + Vue"},
		{"svelte", "Vite + Svelte"},
		{"preact", "Vite + Preact"},
		{"solid-js", "Vite + Solid"},
	} {
		if p.needsOneOf(library.dependency) != "" {
			return library.title
		}
	}
	return "Vite"
}
