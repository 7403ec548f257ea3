package node

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/node/script"
	"github.com/devup-cli/devup/internal/stack/versions"
)

// startWith runs what starts the service, with more arguments.
func startWith(a *stack.App, arguments ...string) []string {
	if a.Part != nil {
		return partWith(a, arguments)
	}
	run := runScript(a, cmp.Or(a.Script, "start"))
	if len(arguments) == 0 {
		return run
	}
	if manager(a) == "npm" {
		run = append(run, "--") // the others hand arguments on as they are
	}
	return append(run, arguments...)
}

// partWith runs a part of a script, with more arguments. npx finds the programs of the packages.
func partWith(a *stack.App, arguments []string) []string {
	words := slices.Concat(a.Part.Words, arguments)
	plain := !slices.ContainsFunc(words, func(word string) bool { return strings.ContainsAny(word, "$*") }) && !strings.Contains(words[0], "=")
	if plain && len(a.Part.Before)+len(a.Part.Parallel) == 0 {
		return inPath(words)
	}
	line := script.Line(words)
	if assigned := slices.IndexFunc(words, func(word string) bool { return !strings.Contains(word, "=") }); assigned > 0 {
		line = strings.Join(words[:assigned], " ") + " " + script.Line(words[assigned:]) // a shell cannot exec behind an assignment
	} else if len(a.Part.Parallel) == 0 {
		line = "exec " + line
	}
	for _, other := range slices.Backward(a.Part.Parallel) {
		line = other + " & " + line
	}
	if len(a.Part.Parallel) > 0 && len(a.Part.Before) > 0 {
		line = "{ " + line + "; }"
	}
	return []string{"npx", "-c", strings.Join(append(slices.Clone(a.Part.Before), line), " && ")}
}

// inPath is a command as it runs outside of scripts, where programs of packages are not in PATH.
func inPath(words []string) []string {
	if slices.Contains([]string{"node", "npm", "npx", "pnpm", "yarn", "bun", "sh"}, words[0]) {
		return words
	}
	return append([]string{"npx"}, words...)
}

// runScript is "npm run dev", or "npm start" where the manager has the short form.
func runScript(a *stack.App, name string) []string {
	if name == "start" && manager(a) != "bun" {
		return []string{manager(a), "start"}
	}
	return []string{manager(a), "run", name}
}

func manager(a *stack.App) string { return cmp.Or(a.Packages.Manager, "npm") }

// servers are the commands of what runs on Node in production too. The flags are those of its
// development server, each with its value, where {port} stands for the port; none where HOST
// and PORT in the environment do.
func servers(flags ...string) func(*stack.App) stack.Commands {
	return func(a *stack.App) stack.Commands {
		p := npm.ManifestOf(a.Tree, a.Dir)
		start := stack.Commands{Dev: development(a, p, flags), Build: buildOf(a, p)}
		switch name := productionScript(p); {
		case name != "" && (start.Build != nil || a.Script != "" || !isTypeScript(a.Module)):
			start.Prod = runScript(a, name)
		case a.Script == "" && a.Module != "":
			start.Prod = runFile(a.Module)
		default:
			start.Prod = startWith(a, missingFlags(a, p, flags)...)
		}
		a.Packages.Whole = a.Packages.Whole || needsDevelopment(p, start.Prod)
		return start
	}
}

// productionScript is the script that runs the service in production, or empty.
func productionScript(p *npm.Manifest) string {
	for _, name := range []string{"start:prod", "start:production", "start", "serve:prod", "prod", "production"} {
		if p.Scripts[name] != "" && !isDelegate(p, name) && !servesPages(p, name) {
			return name
		}
	}
	return ""
}

// servesPages says whether a script starts a development server, or a tool that production has
// not got.
func servesPages(p *npm.Manifest, name string) bool {
	return slices.ContainsFunc(scriptsOf(p).Commands(name), func(c script.Command) bool { return serves(c, c.Program()) || lacksTool(p, name, c) })
}

// buildOf is the command that builds the app; nil where no script does.
func buildOf(a *stack.App, p *npm.Manifest) []string {
	if p.Scripts["build"] == "" || slices.ContainsFunc(scriptsOf(p).Commands("build"), func(c script.Command) bool { return c.Elsewhere }) {
		return nil
	}
	return runScript(a, "build")
}

func development(a *stack.App, p *npm.Manifest, flags []string) []string {
	if a.Script == "" && a.Module != "" && len(flags) == 0 {
		return watched(a, a.Module)
	}
	if len(flags) == 0 && a.Part == nil {
		if run := reloading(a, p); run != nil {
			return run
		}
	}
	return startWith(a, missingFlags(a, p, flags)...)
}

// reloading is a script that runs one file on Node, in the form that follows edits; nil where
// there is no such form.
func reloading(a *stack.App, p *npm.Manifest) []string {
	all := scriptsOf(p).Commands(a.Script)
	if len(all) != 1 || all[0].Program() != "node" || len(all[0].Before)+len(all[0].Loader) > 0 || p.Scripts["pre"+a.Script] != "" || !watches(a) ||
		slices.ContainsFunc(all[0].Words, func(word string) bool { return strings.HasPrefix(word, "--watch") || strings.ContainsAny(word, "$*") }) {
		return nil
	}
	run := slices.Concat([]string{"node", "--watch"}, all[0].Words[1:])
	if len(all[0].Env) > 0 {
		return slices.Concat([]string{"env"}, all[0].Env, run)
	}
	return run
}

// missingFlags are the flags that the command does not say itself.
func missingFlags(a *stack.App, p *npm.Manifest, flags []string) []string {
	text := commandText(a, p)
	var arguments []string
	for flag := range slices.Chunk(flags, 2) {
		if !strings.Contains(text+" ", flag[0]+" ") && !strings.Contains(text, flag[0]+"=") {
			arguments = append(arguments, flag[0], strings.ReplaceAll(flag[1], "{port}", strconv.Itoa(a.Port.Number)))
		}
	}
	return arguments
}

// commandText is the command line that starts the app.
func commandText(a *stack.App, p *npm.Manifest) string {
	if a.Part != nil {
		return script.Line(a.Part.Words)
	}
	return p.Script(a.Script)
}

// watched runs a file so that it restarts on a change.
func watched(a *stack.App, name string) []string {
	switch {
	case isTypeScript(name):
		return []string{"npx", "tsx", "watch", name}
	case watches(a):
		return []string{"node", "--watch", name}
	}
	return []string{"node", name}
}

// watches says whether the app's Node restarts a file on a change (18.11 and later).
func watches(a *stack.App) bool {
	major := versions.Major(a.Runtime.Version)
	return major == 0 || major >= 20
}

func runFile(name string) []string {
	if isTypeScript(name) {
		return []string{"npx", "tsx", name}
	}
	return []string{"node", name}
}

func isTypeScript(name string) bool {
	return slices.Contains([]string{".ts", ".mts", ".cts", ".tsx"}, path.Ext(name))
}
