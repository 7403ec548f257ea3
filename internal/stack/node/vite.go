package node

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// Vite is what Vite's dev server serves.
var Vite = stack.Stack{
	Name: "vite", Title: "Vite", Language: &Language, Frontend: true, Port: 5173, Output: "dist",
	Packages:  []string{"vite"},
	Find:      findVite,
	Describe:  func(a *stack.App) { a.Framework = viteTitle(npm.ManifestOf(a.Tree, a.Dir)) },
	FindPort:  func(a *stack.App) (stack.Port, bool) { return stack.PortIn(a.Configs, vitePort) },
	OwnPort:   true,
	Commands:  viteCommands,
	Prefixes:  []string{"VITE_"},
	EnvSyntax: "import.meta.env.VITE_",
	ForPort:   []string{"VITE_PORT"},
	Settings:  []string{"BASE_URL", "MODE", "DEV", "PROD", "SSR"},
	Listen:    stack.Listen{Prints: lazyregexp.New(`(?i)\bvite\b.*ready in|VITE v\d|use --host to expose`), Hint: "start Vite with `vite --host`, or set server.host to true in vite.config"},
	Proxy: []stack.Rule{
		{
			From:      stack.Release(6, 1),
			Variables: []stack.Setting{viteHosts},
		},
		{
			// The guard came with 4.5.6 and 5.4.12, the variable was never brought back to them:
			// read in vite 4.5.14, 5.4.21 and 6.0.15. https://vite.dev/config/server-options
			From: stack.Release(4, 0), Below: stack.Release(6, 1),
			Line: stack.Line{Why: stack.Refuses, Files: viteConfigs, Has: `allowedHosts`, Code: `server: { allowedHosts: ["{suffix}"] }`},
		},
	},
}

func findVite(a *stack.App) bool {
	p, f := npm.ManifestOf(a.Tree, a.Dir), a.Directory()
	_, needed := p.Needs("vite")
	config := f.First(viteConfigs...)
	if !needed && config == "" || !f.Has("index.html") && (config == "" || viteLibrary(a) != "") {
		return false
	}
	return startedBy(a, p.At("vite", "vite"), "vite")
}

var viteConfigs = []string{"vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts", "vite.config.cjs"}

var libraryMode = lazyregexp.New(`\blib\s*:\s*\{`)

// viteLibrary is the configuration by which Vite builds a library and no
// page, or empty.
func viteLibrary(a *stack.App) string {
	f := a.Directory()
	name := f.First(viteConfigs...)
	if full := path.Join(a.Dir, name); name != "" && !f.Has("index.html") && libraryMode.MatchString(a.Tree.Source(full).Text) {
		return full
	}
	return ""
}

var vitePort = lazyregexp.New(`\bserver\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*?\bport\s*:\s*(?:[^,{}\n]*?(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`)

// viteCommands leave out what the script says itself: Vite reads a doubled
// option as a list and stops.
func viteCommands(a *stack.App) stack.Commands {
	p := npm.ManifestOf(a.Tree, a.Dir)
	text := commandText(a, p)
	start := stack.Commands{Build: runScript(a, "build")}
	if text == "" {
		start.Dev = []string{"npx", "vite", "--host", "0.0.0.0", "--port", strconv.Itoa(a.Port.Number), "--strictPort"}
		return start
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '=' })
	var arguments []string
	if p.NeedsOneOf("laravel-vite-plugin") != "" {
		// The plugin tells Laravel the address for browsers: that of --host, or localhost where it
		// runs in a container of Laravel's own. https://github.com/laravel/vite-plugin
		start.Dev = append([]string{"env", "LARAVEL_SAIL=1"}, startWith(a)...)
		return start
	}
	if !slices.Contains(words, "--host") {
		arguments = append(arguments, "--host", "0.0.0.0")
	}
	if !slices.Contains(words, "--port") {
		arguments = append(arguments, "--port", strconv.Itoa(a.Port.Number))
	}
	if !slices.Contains(words, "--strictPort") && slices.Contains(words, "vite") {
		arguments = append(arguments, "--strictPort")
	}
	start.Dev = startWith(a, arguments...)
	return start
}

// viteTitle is what the dev server serves.
func viteTitle(p *npm.Manifest) string {
	for _, library := range []struct{ dependency, title string }{
		{"react", "Vite + React"},
		{"vue", "Vite + Vue"},
		{"svelte", "Vite + Svelte"},
		{"preact", "Vite + Preact"},
		{"solid-js", "Vite + Solid"},
	} {
		if p.NeedsOneOf(library.dependency) != "" {
			return library.title
		}
	}
	return "Vite"
}

// One name with a leading dot is the form that all versions take; newer ones take a
// list. server/index.ts of vitejs/vite, read in 6.0.15 (not there), 6.1.0, 7.1 and 8.3.
var viteHosts = stack.Setting{Name: "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS", Value: "{suffix}"}
