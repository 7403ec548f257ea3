package node

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/node/script"
	"github.com/devup-cli/devup/internal/tree"
)

// developmentScripts are the names under which people start a package, those
// that reload on a change first.
var developmentScripts = []string{
	"dev", "start:dev", "develop", "serve", "start", "server", "dev:server", "start:server", "dev:client", "client", "dev:web", "watch", "start:watch",
}

// serving are the development servers of frameworks, with the subcommands that start them: the
// usual one first, "" for none. One that begins with a dash is a flag.
var serving = map[string][]string{
	"vite": {"", "dev", "serve"}, "next": {"dev", ""}, "nuxt": {"dev", ""}, "nuxi": {"dev"}, "ng": {"serve", "s", "dev"}, "astro": {"dev"},
	"gatsby": {"develop"}, "docusaurus": {"start"}, "vue-cli-service": {"serve"}, "parcel": {"", "serve", "watch"}, "eleventy": {"--serve"},
	"react-scripts": {"start"}, "craco": {"start"}, "react-app-rewired": {"start"}, "webpack": {"serve", "s"}, "webpack-dev-server": {"", "serve"},
	"remix": {"vite:dev", "dev"}, "react-router": {"dev"}, "vinxi": {"dev"}, "svelte-kit": {"dev"}, "json-server": {""}, "nitro": {"dev"}, "wrangler": {"dev"}, "vitepress": {"dev", ""},
}

// scriptsOf are the scripts of a package.
func scriptsOf(p *npm.Manifest) script.Scripts {
	s := script.Scripts{Texts: p.Scripts, Wireit: map[string]script.Wireit{}}
	var configs map[string]json.RawMessage
	_ = json.Unmarshal(p.Wireit, &configs) // of another form: none
	for name, raw := range configs {
		var config struct {
			Command      string            `json:"command"`
			Dependencies []json.RawMessage `json:"dependencies"`
		}
		_ = json.Unmarshal(raw, &config)
		w := script.Wireit{Command: config.Command}
		for _, dependency := range config.Dependencies {
			w.Dependencies = append(w.Dependencies, npm.RawText(dependency))
		}
		s.Wireit[name] = w
	}
	return s
}

// serves says whether a command starts one of the development servers.
func serves(c script.Command, programs ...string) bool {
	return slices.Contains(programs, c.Program()) && starts(c, serving[c.Program()])
}

func starts(c script.Command, subcommands []string) bool {
	if c.Elsewhere {
		return false
	}
	if len(subcommands) > 0 && strings.HasPrefix(subcommands[0], "-") {
		return slices.ContainsFunc(c.Words, func(word string) bool { return slices.Contains(subcommands, word) })
	}
	first := ""
	if len(c.Words) > 1 && !strings.HasPrefix(c.Words[1], "-") {
		first = c.Words[1]
	}
	if strings.ContainsAny(first, "./0123456789") {
		first = "" // a file or a directory
	}
	return slices.Contains(subcommands, first)
}

var (
	startsPages = lazyregexp.New(`(?i)dev|serve|start|client|front|web|\bui\b|\bng\b`)
	startsOther = lazyregexp.New(`(?i)test|e2e|story|cypress|playwright|lint|build|prod|preview|deploy|docker`)
)

// scriptNames are the scripts in which a development server is looked for, the usual ones first.
func scriptNames(p *npm.Manifest) []string {
	names := slices.Clone(developmentScripts)
	for _, name := range slices.Sorted(maps.Keys(p.Scripts)) {
		if startsPages.MatchString(name) && !startsOther.MatchString(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// startedBy finds how the app is started with one of the programs; e shows the stack. Where
// scripts only start what was built, the program itself starts it.
func startedBy(a *stack.App, e tree.Evidence, programs ...string) bool {
	p := npm.ManifestOf(a.Tree, a.Dir)
	scripts := scriptsOf(p)
	for _, name := range scriptNames(p) {
		for _, c := range scripts.Commands(name) {
			if serves(c, programs...) {
				a.FoundAt = e
				startBy(a, scripts, name, c)
				return true
			}
		}
	}
	for _, name := range developmentScripts {
		for _, c := range scripts.Commands(name) {
			if slices.Contains(programs, c.Program()) && starts(c, []string{"start", "preview"}) {
				a.Script, a.FoundAt = name, e
				a.Part = &stack.Part{Words: program(c.Program())}
				return true
			}
		}
	}
	return false
}

// program is the plain command of a development server.
func program(name string) []string {
	return slices.DeleteFunc([]string{name, serving[name][0]}, func(word string) bool { return word == "" })
}

// startBy starts an app by a command of a script: by the script that ends with it, or by the
// command alone where that script does more than the service needs.
func startBy(a *stack.App, scripts script.Scripts, name string, c script.Command) {
	before := slices.DeleteFunc(slices.Clone(c.Before), func(line string) bool { return needless(scripts, line) })
	if c.Script != "" && len(c.Outside) == 0 && len(before) == len(c.Before) {
		a.Script, a.Part = c.Script, nil
		return
	}
	words := slices.DeleteFunc(slices.Concat(c.Env, c.Loader, c.Words), func(word string) bool { return word == "--open" || word == "--watch-path" })
	a.Script, a.Part = name, &stack.Part{Before: before, Words: words}
}

// foreign are programs that start no server on Node: data services, other languages, and what
// waits for another service.
var foreign = lazyregexp.New(`^(?:mongod|mongo|mongosh|redis-server|redis-cli|postgres|pg_ctl|psql|mysqld|mysql|mysql\.server|brew|sudo|service|systemctl|sc|net|` +
	`wait-on|wait-port|open|open-cli|opener|xdg-open|ngrok|stripe|localtunnel|lt|sleep|kill-port|` +
	`python|python3|py|uvicorn|gunicorn|flask|fastapi|poetry|uv|pipenv|go|air|cargo|php|composer|artisan|ruby|rails|bundle|dotnet|java|mvn|mvnw|gradle|gradlew|mix|deno)$`)

// needless says whether nothing that a command line runs is of use in the service's container.
func needless(scripts script.Scripts, line string) bool {
	return !slices.ContainsFunc(scripts.CommandsIn(line), func(c script.Command) bool { return !c.Elsewhere && !foreign.MatchString(c.Program()) })
}

// chosen are the commands of a script that start a server of the package's own: no databases, no
// pages of frameworks, nothing that lies elsewhere.
func chosen(all []script.Command) []script.Command {
	return slices.DeleteFunc(slices.Clone(all), func(c script.Command) bool {
		return c.Elsewhere || foreign.MatchString(c.Program()) || serving[c.Program()] != nil && serves(c, c.Program())
	})
}

var compilers = lazyregexp.New(
	`^(?:tsc|tsc-alias|tsup|rollup|babel|esbuild|swc|unbuild|microbundle|sass|node-sass|tailwindcss|tailwind|postcss|storybook|start-storybook|jest|vitest|mocha|gulp|grunt|echo|ng-packagr|` +
		`eslint|prettier|rimraf|del-cli|rm|cp|cpx|cpy|copyfiles|mkdir|prisma|drizzle-kit|typeorm|sequelize|knex|npm|pnpm|yarn|vite|webpack|next|nuxt|ng|react-scripts|vue-cli-service|eleventy|gatsby|astro)$`)

// onlyCompiles says whether none of the commands starts a server.
func onlyCompiles(all []script.Command) bool {
	return !slices.ContainsFunc(all, func(c script.Command) bool {
		return !compilers.MatchString(c.Program()) || slices.ContainsFunc(c.Words, func(word string) bool { return strings.HasPrefix(word, "--onSuccess") })
	})
}

// startScript is the script that starts a server in the package's own directory, and those of
// its commands that do.
func startScript(p *npm.Manifest) (name string, own, all []script.Command) {
	scripts := scriptsOf(p)
	for _, name := range developmentScripts {
		all := scripts.Commands(name)
		own := chosen(all)
		if len(own) == 0 || onlyCompiles(own) || slices.ContainsFunc(own, func(c script.Command) bool { return lacksTool(p, name, c) }) {
			continue
		}
		return name, own, all
	}
	return "", nil, nil
}

// startServer starts the app by its start script, as far as that is the service's own.
func startServer(a *stack.App, p *npm.Manifest) {
	name, own, all := startScript(p)
	if name == "" {
		return
	}
	scripts, last := scriptsOf(p), own[len(own)-1]
	switch {
	case len(own) == 1 || !last.Parallel:
		startBy(a, scripts, name, last)
	case len(own) == len(all):
		a.Script = name
	default:
		startBy(a, scripts, name, last)
		if a.Part == nil {
			a.Part = &stack.Part{Words: []string{"npm", "run", a.Script}}
			a.Script = name
		}
		for _, c := range own[:len(own)-1] {
			a.Part.Parallel = append(a.Part.Parallel, c.Text())
		}
	}
	a.Entry = entryOfCommand(a, p, last)
}

// isDelegate says whether a script starts what lies in other directories, or several things.
func isDelegate(p *npm.Manifest, name string) bool {
	return slices.ContainsFunc(scriptsOf(p).Commands(name), func(c script.Command) bool {
		return c.Elsewhere || c.Parallel || foreign.MatchString(c.Program())
	})
}

// delegateScript is the script that shows why a package is only a front for others.
func delegateScript(p *npm.Manifest) (name, text string) {
	for _, name := range developmentScripts {
		if p.Scripts[name] != "" && isDelegate(p, name) {
			return name, name + ": " + firstWords(p.Script(name))
		}
	}
	return "", ""
}

// tools are programs that people have installed globally.
var tools = []string{"nodemon", "ts-node", "ts-node-dev", "tsnd", "tsx", "pm2", "forever", "supervisor", "babel-node"}

// lacksTool says whether a command runs a tool that the package does not list: it will not be in
// the image. Npx brings it.
func lacksTool(p *npm.Manifest, name string, c script.Command) bool {
	for _, tool := range slices.Concat(c.Words[:1], executed(c)) {
		if slices.Contains(tools, tool) && p.NeedsOneOf(tool, packageOf(tool), "babel-cli") == "" && !strings.Contains(p.Scripts[name], "npx "+tool) {
			return true
		}
	}
	return false
}

// executed are the words that a tool such as nodemon runs itself.
func executed(c script.Command) []string {
	for i, word := range c.Words {
		if text, found := strings.CutPrefix(word, "--exec="); found {
			return strings.Fields(text)
		}
		if (word == "--exec" || word == "-x" || word == "exec" && c.Program() == "nodemon") && i+1 < len(c.Words) {
			words := slices.Concat(strings.Fields(c.Words[i+1]), c.Words[i+2:])
			return slices.DeleteFunc(words, func(word string) bool { return word == "npx" })
		}
	}
	return nil
}

// firstWords are enough of a script to know it by. Assignments in front are
// left out, for their values may be secret.
func firstWords(text string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(word string) bool { return strings.Contains(word, "=") })
	return strings.Join(words[:min(len(words), 3)], " ")
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
