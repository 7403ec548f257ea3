package diagnose

import "github.com/devup-cli/devup/internal/diagnose/rule"

// watcherRules are about programs that compile or start something again when a file changes: what
// they said last counts. A development server answers 200 with an empty page also when it could
// not compile what it serves, and says so in its log alone.
var watcherRules = []rule.Rule{
	// webpack (Create React App, Vue CLI), Vite and esbuild
	{
		Reason: Compiling, Scope: Compile | Source, Rank: rule.Last, Over: true, Pattern: re(`^Starting the development server|^Compiling\.\.\.|^\s*VITE v\S+\s+ready in|<i> \[webpack-dev-server\] Project is running`),
		Sentence: "it still compiles", Example: "Starting the development server...",
	},
	{
		Scope: Compile | Source, Over: true, Pattern: re(`^Compiled (?:successfully|with warnings)|^webpack (?:\S+ )?compiled (?:successfully|with \d+ warnings?)|\[vite\] (?:\(client\) )?(?:hmr update|page reload)`),
	},
	{
		Reason: CompileError, Scope: Compile | Source, Rank: rule.Low,
		Pattern:  re(`^Failed to compile\b|^webpack (?:\S+ )?compiled with \d+ errors?|^ERROR in (?:\./)?[\w@./-]+\.\w+(?:$|[ :(])|^Module not found: (?:Error: )?Can't resolve '|\[vite\] (?:\(client\) )?(?:Pre-transform error|Internal server error): |\[plugin:vite:[\w:-]+\] |^\s*[✘X] \[ERROR\] |^Error: The following dependencies are imported but could not be resolved`),
		Sentence: "there is an error in the source", Example: "Failed to compile.",
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
