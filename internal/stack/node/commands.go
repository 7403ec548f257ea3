package node

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/versions"
)

// startWith runs the script that starts the service, with more arguments.
func startWith(a *stack.App, arguments ...string) []string {
	run := runScript(a, cmp.Or(a.Script, "start"))
	if len(arguments) == 0 {
		return run
	}
	if manager(a) == "npm" {
		run = append(run, "--") // the others hand arguments on as they are
	}
	return append(run, arguments...)
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
		start := stack.Commands{Dev: development(a, p, flags)}
		if a.Script == "" && a.Module != "" {
			start.Prod = []string{"node", a.Module}
		} else if script := strings.TrimSpace(p.Scripts["start"]); script != "" && !isDelegate(script) && !needsMissingTool(p, script) {
			start.Prod = runScript(a, "start")
		} else {
			start.Prod = startWith(a, missingFlags(a, p, flags)...)
		}
		if build := p.Scripts["build"]; build != "" && !isDelegate(build) {
			start.Build = runScript(a, "build")
		}
		return start
	}
}

func development(a *stack.App, p *npm.Manifest, flags []string) []string {
	text := p.Script(a.Script)
	if a.Script == "" && a.Module != "" && len(flags) == 0 {
		return watched(a, a.Module)
	}
	// "node server.js" serves the code it began with; --watch makes it follow
	// edits. Hooks and flags in the script would be lost, so only the plain form.
	if words := strings.Fields(text); len(words) == 2 && words[0] == "node" && p.Scripts["pre"+a.Script] == "" && p.Scripts[a.Script] == text {
		return watched(a, words[1])
	}
	return startWith(a, missingFlags(a, p, flags)...)
}

// missingFlags are the flags that the script does not say itself; none where it starts
// several programs.
func missingFlags(a *stack.App, p *npm.Manifest, flags []string) []string {
	text := p.Script(a.Script)
	if composite(text) {
		return nil
	}
	var arguments []string
	for flag := range slices.Chunk(flags, 2) {
		if !strings.Contains(text, flag[0]+" ") && !strings.Contains(text, flag[0]+"=") {
			arguments = append(arguments, flag[0], strings.ReplaceAll(flag[1], "{port}", strconv.Itoa(a.Port.Number)))
		}
	}
	return arguments
}

// watched runs a file so that it restarts on a change (Node 18.11 and later).
func watched(a *stack.App, name string) []string {
	if major := versions.Major(a.Runtime.Version); major > 0 && major < 20 {
		return []string{"node", name}
	}
	return []string{"node", "--watch", name}
}

// composite are scripts that more arguments cannot be added to, because they
// start several programs.
func composite(text string) bool {
	return commandParts.MatchString(text) || slices.ContainsFunc(
		[]string{"concurrently", "run-p", "run-s", "npm-run-all", "dotenv", "env-cmd"},
		func(program string) bool { return runsProgram(text, program) })
}
