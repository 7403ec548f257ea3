package node

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// developmentScripts are the names under which people start a package, those
// that reload on a change first.
var developmentScripts = []string{"dev", "start:dev", "develop", "serve", "start", "server", "dev:server", "start:server"}

// scriptThatRuns is the best script that runs one of the programs as a server.
func scriptThatRuns(p *npm.Manifest, programs ...string) string {
	for _, name := range developmentScripts {
		for _, program := range programs {
			if runsProgram(p.Script(name), program) {
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
func startScript(p *npm.Manifest) (name, text string) {
	for _, name := range developmentScripts {
		text := p.Script(name)
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
func delegateScript(p *npm.Manifest) (name, text string) {
	for _, name := range developmentScripts {
		if text := p.Script(name); text != "" && isDelegate(text) {
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
func needsMissingTool(p *npm.Manifest, text string) bool {
	words := strings.Fields(text)
	for i, word := range words {
		switch word {
		case "nodemon", "ts-node", "ts-node-dev", "tsx", "pm2", "forever", "supervisor", "babel-node":
			if p.NeedsOneOf(word) == "" && (i == 0 || words[i-1] != "npx") {
				return true
			}
		}
	}
	return false
}

// startedBy finds the script that starts the app with one of the programs; e shows the stack.
func startedBy(a *stack.App, e tree.Evidence, programs ...string) bool {
	script := scriptThatRuns(npm.ManifestOf(a.Tree, a.Dir), programs...)
	if script != "" {
		a.Script, a.Shown = script, e
	}
	return script != ""
}

// entryNames are the usual files of a server, in the order people mean them.
var entryNames = []string{
	"server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "app.mjs", "server.cjs", "index.cjs",
	"src/server.js", "src/index.js", "src/app.js", "src/main.js", "bin/www",
}

// entryOf is the file that runs the server where no script does.
func entryOf(t *tree.Tree, dir string, p *npm.Manifest) string {
	names := []string{path.Clean(npm.RawText(p.Main))}
	for _, script := range developmentScripts {
		names = append(names, entryOfCommand(p.Scripts[script]))
	}
	for _, name := range append(names, entryNames...) {
		if name != "." && opensPort(t, dir, name) {
			return name
		}
	}
	return ""
}

var listens = lazyregexp.New(`\.listen\s*\(|createServer\s*\(|\bserve\s*\(|\bBun\.serve|\bjson-server|new\s+WebSocketServer`)

// opensPort says whether a source file of the directory listens.
func opensPort(t *tree.Tree, dir, name string) bool {
	if name == "" || !isCode(name) || strings.HasPrefix(name, "..") {
		return false
	}
	full := path.Join(dir, name)
	if path.Dir(full) != dir && t.Has(path.Join(path.Dir(full), "package.json")) {
		return false // another package's
	}
	return t.Has(full) && listens.MatchString(t.Source(full).Text)
}

var sourceArgument = lazyregexp.New(`(?:^|\s)(\.?/?[\w@./-]+\.(?:js|mjs|cjs|ts|mts|cts|jsx|tsx))(?:\s|$)`)

// entryOfCommand is the source file that a command line names.
func entryOfCommand(text string) string {
	if match := sourceArgument.FindStringSubmatch(text); match != nil {
		return path.Clean(match[1])
	}
	return ""
}

var exportsHandler = lazyregexp.New(`(?:exports\.handler\s*=|export\s+(?:const|async\s+function|function)\s+handler\b)`)

// lambdaHandler is the file that exports an AWS Lambda handler, or empty.
func lambdaHandler(t *tree.Tree, dir string, p *npm.Manifest) string {
	names := []string{npm.RawText(p.Main), "index.js", "index.mjs", "index.ts", "handler.js", "handler.ts", "function.js"}
	for _, name := range names {
		full := path.Join(dir, name)
		if name != "" && t.Has(full) && exportsHandler.MatchString(t.Source(full).Text) {
			return full
		}
	}
	if f := t.Directory(dir); f.Has("serverless.yml") {
		return path.Join(dir, "serverless.yml")
	}
	return ""
}
