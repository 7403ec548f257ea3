package python

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// FastAPI is an application that uvicorn serves, also where `fastapi dev` would: it runs the
// same server, and takes no factory.
var FastAPI = stack.Stack{
	Name: "fastapi", Aliases: []string{"python"}, Title: "FastAPI", Language: &Language, Port: 8000, Module: "main:app",
	Packages: []string{"fastapi"},
	Requires: []stack.Requirement{
		{Package: "fastapi"},
		{Package: "uvicorn", Unless: lazyregexp.New(`(?i)fastapi\[`)}, // fastapi[standard] brings it
	},
	Find:     findFastAPI,
	Describe: describeFastAPI,
	Commands: func(a *stack.App) stack.Commands {
		start := uvicornCommands(a)
		if strings.HasSuffix(a.Callable, "()") {
			start.Dev, start.Prod = append(slices.Clip(start.Dev), "--factory"), append(slices.Clip(start.Prod), "--factory")
		}
		return start
	},
	Ready:   "/openapi.json",
	Migrate: alembic,
	Listen:  Uvicorn.Listen,
	Debuggers: []stack.Debugger{
		{
			// https://www.starlette.io/exceptions: ServerErrorMiddleware with debug.
			Rule: stack.Rule{Packages: []string{"fastapi", "starlette"}, Line: stack.Line{
				Why: stack.ShowsCode, Files: []string{"main.py", "app.py", "app/main.py", "src/main.py"}, Must: true,
				Only: `\b(?:FastAPI|Starlette)\([^)]*\bdebug\s*=\s*True`, Code: "debug=False",
			}},
		},
	},
	Failures: []stack.Failure{
		{
			// uvicorn/importer.py
			Reason: "app-missing", Pattern: lazyregexp.New(`Error loading ASGI app\. (?:Attribute "(?P<name>[^"]+)" not found in module|Could not import module) "(?P<module>[^"]+)"`),
			Sentence: "uvicorn finds no [$name in |module ]$module", Hint: "name the module and the variable that holds the app, as in `uvicorn main:app`",
			Example: `ERROR:    Error loading ASGI app. Could not import module "mian".`,
		},
		{
			// fastapi/dependencies/utils.py
			Reason: "module-missing", Specific: true, Pattern: lazyregexp.New(`Form data requires "(?P<module>python-multipart)" to be installed`),
			Sentence: "FastAPI reads forms and uploads with $module, which is not installed", Hint: "add $module to requirements.txt, Pipfile or pyproject.toml and run `devup up` again",
			Example: `RuntimeError: Form data requires "python-multipart" to be installed.`,
		},
	},
}

var (
	fastAPI         = lazyregexp.New(`\bFastAPI\(`)
	fastAPIInstance = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\s*=\s*)?(?:\w+\.)?FastAPI\(`)
	fastAPIMade     = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\s*=\s*)?(?:[\w.]+\.)?(?:create|get|make|build|init)_(?:app|application|api)\(`)
)

// findFastAPI finds the application that a start command names, its variable, the variable
// that a factory of it fills, or the factory.
func findFastAPI(a *stack.App) bool {
	if !slices.ContainsFunc(a.Sources, mentionsFastAPI) {
		return false
	}
	if startNames(a, "FastAPI") || inSource(fastAPIInstance, "FastAPI")(a) {
		return true
	}
	made := makersOf(a.Sources, fastAPI)
	for _, find := range []callableFinder{func(s tree.File) (string, int) { return made.madeBy(madeAtTop, s) }, made.factoryIn} {
		for _, source := range a.Sources {
			if callable, offset := find(source); callable != "" {
				setEntry(a, source.Path, callable, tree.LineAt(source.Text, offset), "FastAPI")
				return true
			}
		}
	}
	return inSource(fastAPIMade, "FastAPI")(a)
}

func mentionsFastAPI(source tree.File) bool {
	return strings.Contains(source.Text, "FastAPI(") || strings.Contains(source.Text, "(FastAPI")
}

func describeFastAPI(a *stack.App) {
	if a.FoundAt.File != "" {
		a.Module = strings.TrimSuffix(imported(a), "()")
	}
}
