package node

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// entryNames are the usual files of a server, in the order people mean them.
var entryNames = []string{
	"server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "app.mjs", "server.cjs", "index.cjs",
	"src/server.js", "src/index.js", "src/app.js", "src/main.js", "bin/www",
}

// entryOf is the file that runs the server where no script does.
func entryOf(t *tree.Tree, dir string, p *manifest) string {
	names := []string{path.Clean(rawText(p.Main))}
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
func lambdaHandler(t *tree.Tree, dir string, p *manifest) string {
	names := []string{rawText(p.Main), "index.js", "index.mjs", "index.ts", "handler.js", "handler.ts", "function.js"}
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
