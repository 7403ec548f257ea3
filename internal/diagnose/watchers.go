package diagnose

import (
	"cmp"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// watcherRules are about programs that compile or start something again when a file changes: what
// they said last counts. A development server answers 200 with an empty page also when it could
// not compile what it serves, and says so in its log alone.
var watcherRules = []rule.Rule{
	// webpack (Create React App, Vue CLI), Vite and esbuild
	{
		Reason: Compiling, Scope: Compile, Over: true, Pattern: re(`^Starting the development server|^Compiling\.\.\.|^\s*VITE v\S+\s+ready in|<i> \[webpack-dev-server\] Project is running`),
		Sentence: "still compiles", Example: "Starting the development server...",
	},
	{
		Scope: Compile, Over: true, Pattern: re(`^Compiled (?:successfully|with warnings)|^webpack (?:\S+ )?compiled (?:successfully|with \d+ warnings?)|\[vite\] (?:\(client\) )?(?:hmr update|page reload)`),
	},
	{
		Reason: CompileError, Scope: Compile,
		Pattern: re(`^Failed to compile\b|^webpack (?:\S+ )?compiled with \d+ errors?|^ERROR in (?:\./)?[\w@./-]+\.\w+(?:$|[ :(])|^Module not found: (?:Error: )?Can't resolve '|\[vite\] (?:\(client\) )?(?:Pre-transform error|Internal server error): |\[plugin:vite:[\w:-]+\] |^\s*[✘X] \[ERROR\] |^Error: The following dependencies are imported but could not be resolved`),
		Details: []*lazyregexp.Regexp{
			re(`^ERROR in (?P<file>(?:\./)?[\w@./-]+\.\w+)(?:$|[ :(])`),
			re(`Can't resolve '(?P<module>[^']+)'`),
			re(`Failed to resolve import "(?P<module>[^"]+)" from "(?P<file>[^"]+)"`),
			re(`Could not resolve "(?P<module>[^"]+)"`),
			re(`^TS2307: Cannot find module '(?P<module>[^']+)'`),
			re(`^\s+(?P<module>\S+) \(imported by (?P<file>[^,)]+)`),
			re(`^\s+File: (?P<file>/[^:]+)`),
			re(`^\s{2,}(?P<file>[\w@./-]+\.\w+):\d+:\d+:$`),
			re(`^(?:SyntaxError|Error): (?P<file>/\S+): (?P<what>[^\n]+)`),
		},
		Sentence: "does not compile[: $subject|][ imports $alias, whose path alias is not configured, or which does not exist|][ imports $path, which does not exist|][ needs the package $package|][: $what|]",
		Hint:     "[add $package to package.json and run `devup up` again|][check the path $path and its upper and lower case|]",
		Adjust: func(n map[string]string) {
			module, kind := n["module"], "package"
			switch {
			case module == "":
				n["subject"] = n["file"]
				return
			case strings.HasPrefix(module, "@/"), strings.HasPrefix(module, "~/"):
				kind = "alias"
			case strings.ContainsAny(module[:1], "./~"):
				kind = "path"
			default:
				module = npmPackage(module)
			}
			delete(n, "what")
			n["subject"], n[kind] = cmp.Or(n["file"], "it"), module
		},
	},
	{
		Reason: "trouble", Scope: Follow, Pattern: re(`(?i)error|exception|traceback|panic|crashed|failed`),
		Sentence: "the line may say that something fails", Example: "Error: no",
	},
	// nodemon, node --watch, tsx watch, Bun and Deno, which wait for an edit
	{
		Reason: Crashed, Scope: Watcher, AtEnd: true,
		Pattern:  re(`^\[nodemon\] (?:app crashed|clean exit) - waiting for|^Failed running '.*'|^Completed running '.*'|^Node\.js v\d+\.\d+\.\d+$|^Bun v\d+\.\d+\.\d+ \(.*\)$|^Watcher Process failed\.`),
		Sentence: "has crashed, and its watcher waits for a file to change", Example: "[nodemon] app crashed - waiting for file changes before starting...",
	},
	// the reloaders of Uvicorn and Django
	{
		Reason: Crashed, Scope: Watcher, Pattern: re(`^Process SpawnProcess-\d+:|^Exception in thread django-main-thread:`),
		Sentence: "has crashed, and its watcher waits for a file to change", Example: "Process SpawnProcess-1:",
	},
	{
		Scope: Watcher, Over: true, Pattern: re(`Started server process|detected changes? in|changed, reloading|Watching for file changes`),
	},
}
