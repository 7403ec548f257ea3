package node

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/node/script"
	"github.com/devup-cli/devup/internal/tree"
)

// entryNames are the usual files of a server, in the order people mean them.
var entryNames = []string{
	"server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "app.mjs", "server.cjs", "index.cjs",
	"src/server.js", "src/index.js", "src/app.js", "src/main.js", "bin/www",
	"src/index.ts", "src/server.ts", "src/main.ts", "src/app.ts", "index.ts", "server.ts", "main.ts", "app.ts",
	"server/index.js", "server/server.js", "server/app.js", "server/main.js", "server/index.ts", "server/server.ts",
	"backend/index.js", "backend/server.js", "backend/app.js", "api/index.js", "api/server.js",
}

// entryOf is the file that runs the server where no script does.
func entryOf(t *tree.Tree, dir string, p *npm.Manifest) string {
	a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
	names := []string{resolve(a, npm.RawText(p.Main))}
	scripts := scriptsOf(p)
	for _, name := range developmentScripts {
		for _, c := range scripts.Commands(name) {
			if !c.Elsewhere {
				names = append(names, entryOfCommand(a, p, c))
			}
		}
	}
	for _, name := range append(names, entryNames...) {
		if opensPort(t, dir, name) {
			return name
		}
	}
	return ""
}

var listens = lazyregexp.New(`\.listen\s*\(|createServer\s*\(|\bserve\s*\(|\bBun\.serve|\bjson-server|new\s+WebSocketServer|NestFactory\.create`)

// opensPort says whether a source file of the directory listens.
func opensPort(t *tree.Tree, dir, name string) bool {
	if name == "" || !isCode(name) && path.Base(name) != "www" || strings.HasPrefix(name, "..") {
		return false
	}
	full := path.Join(dir, name)
	if path.Dir(full) != dir && t.Has(path.Join(path.Dir(full), "package.json")) {
		return false // another package's
	}
	return exists(t, full) && listens.MatchString(t.Source(full).Text)
}

// exists says whether a file is there, in a directory of build output too: build/dev-server.js
// is written by hand.
func exists(t *tree.Tree, name string) bool { return t.Has(name) || t.Exists(name) }

// runners run a source file, with the subcommands that may stand in front of it.
var runners = map[string][]string{
	"node": nil, "nodemon": nil, "ts-node": nil, "ts-node-dev": nil, "tsnd": nil, "tsx": {"watch"}, "babel-node": nil, "bun": {"run"}, "pm2": {"start", "restart"}, "pm2-dev": nil,
	"pm2-runtime": {"start"}, "forever": {"start"}, "supervisor": nil, "node-dev": nil, "swc-node": nil, "esrun": nil, "vite-node": nil, "tsimp": nil, "esno": nil, "jiti": nil, "fastify": {"start"},
}

// valued are flags of runners that take the word behind them, which is no entry.
var valued = map[string]bool{
	"-r": true, "--require": true, "--import": true, "--loader": true, "--experimental-loader": true, "-w": true, "--watch-path": true, "-e": true, "--ext": true, "-i": true, "--ignore": true,
	"-P": true, "--project": true, "-d": true, "--delay": true, "--signal": true, "--config": true, "--presets": true, "--env-file": true, "--tsconfig": true, "--conditions": true, "-C": true,
	"--name": true, "-n": true, "--cwd": true, "-O": true,
}

// entryOfCommand is the source file that a command runs, relative to the package's directory.
func entryOfCommand(a *stack.App, p *npm.Manifest, c script.Command) string {
	words := c.Words
	if inner := executed(c); len(inner) > 0 {
		words = inner
	}
	subcommands, known := runners[words[0]]
	if !known {
		return ""
	}
	watches := c.Program() == "nodemon"
	words = slices.DeleteFunc(slices.Clone(words[1:]), func(word string) bool { return slices.Contains(subcommands, word) })
	for i, word := range words {
		if word == "" || word[0] == '-' || i > 0 && (valued[words[i-1]] || watches && words[i-1] == "--watch") {
			continue
		}
		if word == "." {
			word = npm.RawText(p.Main)
		}
		return resolve(a, word)
	}
	if watches {
		return resolve(a, npm.RawText(p.Main)) // as nodemon does
	}
	return ""
}

// resolve is a file by the name under which Node finds it, or the source that it is built from.
func resolve(a *stack.App, name string) string {
	name = path.Clean(name)
	if name == "." || path.IsAbs(name) || strings.HasPrefix(name, "..") {
		return ""
	}
	for _, candidate := range []string{name, name + ".js", name + ".ts", name + ".mjs", name + ".cjs", name + "/index.js", name + "/index.ts"} {
		if (isCode(candidate) || path.Base(candidate) == "www") && exists(a.Tree, path.Join(a.Dir, candidate)) {
			return candidate
		}
	}
	return builtFrom(a, name)
}

// builtFrom is the source of a built file: dist/server/app.js is made of src/server/app.ts or
// server/app.ts. Empty where there is none.
func builtFrom(a *stack.App, name string) string {
	top, rest, below := strings.Cut(name, "/")
	if !below || !tree.IsOutput(top) && top != "lib" {
		return ""
	}
	stem := strings.TrimSuffix(rest, path.Ext(rest))
	for _, source := range []string{"src/" + stem, stem, "server/" + stem, strings.TrimPrefix(stem, "src/")} {
		for _, ending := range []string{".ts", ".mts", ".js", ".tsx"} {
			if a.Tree.Has(path.Join(a.Dir, source+ending)) {
				return source + ending
			}
		}
	}
	return ""
}
