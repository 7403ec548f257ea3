package node

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// developmentScripts are the names under which people start a package, those
// that reload on a change first.
var developmentScripts = []string{"dev", "start:dev", "develop", "serve", "start", "server", "dev:server", "start:server"}

// scriptThatRuns is the best script that runs one of the programs as a server.
func scriptThatRuns(p *manifest, programs ...string) string {
	for _, name := range developmentScripts {
		for _, program := range programs {
			if runsProgram(p.script(name), program) {
				return name
			}
		}
	}
	return ""
}

// runsProgram says whether a command line starts the program, not its build or
// its preview.
func runsProgram(line, program string) bool {
	for _, part := range commandParts.Split(line, -1) {
		words := strings.Fields(part)
		for i, word := range words {
			if path.Base(strings.Trim(word, `"'\`)) != program {
				continue
			}
			if i+1 < len(words) && slices.Contains([]string{"build", "preview", "test", "eject", "optimize", "lint"}, words[i+1]) {
				continue
			}
			return true
		}
	}
	return false
}

var commandParts = lazyregexp.New(`&&|\|\||[;|&]`)

// startScript is the script that starts a server in the package's own directory.
func startScript(p *manifest) (name, text string) {
	for _, name := range developmentScripts {
		text := p.script(name)
		if text == "" || isDelegate(text) || onlyCompiles(text) || needsMissingTool(p, text) {
			continue
		}
		return name, text
	}
	return "", ""
}

var delegates = lazyregexp.New(
	`(^|[&;|"'\s])cd\s|--prefix\b|--cwd\b|(?:--workspace|--filter|--scope|-w|-F)[ =]|\b(?:turbo|lerna|nx|rush|wireit|docker|docker-compose|concurrently|run-p|run-s|npm-run-all|make)\b|\bworkspaces?\b|pnpm\s+(?:-r|--recursive|-C)\b`)

// isDelegate says whether a script starts what lies in other directories, or several things.
func isDelegate(text string) bool { return delegates.MatchString(text) }

// delegateScript is the script that shows why a package is only a front for others.
func delegateScript(p *manifest) (name, text string) {
	for _, name := range developmentScripts {
		if text := p.script(name); text != "" && isDelegate(text) {
			return name, name + ": " + firstWords(text)
		}
	}
	return "", ""
}

var compilers = lazyregexp.New(`^(?:npx\s+)?(?:tsc|tsup|rollup|babel|esbuild|swc|unbuild|microbundle|sass|storybook|start-storybook|jest|vitest|gulp|grunt|echo|ng-packagr)\b`)

func onlyCompiles(text string) bool {
	return compilers.MatchString(strings.TrimSpace(text)) && !strings.Contains(text, "onSuccess") && !lazyregexp.New(`\bnode\b`).MatchString(text)
}

// needsMissingTool says whether a script runs a tool that people have
// installed globally and the package does not list: it will not be in the image.
func needsMissingTool(p *manifest, text string) bool {
	words := strings.Fields(text)
	for i, word := range words {
		switch word {
		case "nodemon", "ts-node", "ts-node-dev", "tsx", "pm2", "forever", "supervisor", "babel-node":
			if p.needsOneOf(word) == "" && (i == 0 || words[i-1] != "npx") {
				return true
			}
		}
	}
	return false
}

// startedBy finds the script that starts the app with one of the programs; e shows the stack.
func startedBy(a *stack.App, e tree.Evidence, programs ...string) bool {
	script := scriptThatRuns(manifestOf(a.Tree, a.Dir), programs...)
	if script != "" {
		a.Script, a.Shown = script, e
	}
	return script != ""
}
