// Package node has the stacks of Node, one a file, and what they share: scripts, sources and
// routes. Package npm installs their packages.
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

// Language is what all stacks of Node share.
var Language = func() stack.Language {
	l := javaScript
	l.Search = search
	return l
}()

// javaScript is what Node and Bun share.
var javaScript = stack.Language{
	Name:      "node",
	Manifests: []string{"package.json"},
	Files: []string{
		"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml", "bun.lock", "bun.lockb", "lerna.json",
		".nvmrc", ".node-version", "index.html", ".yarnrc.yml", "cdk.json", "serverless.yml", "samconfig.toml", "angular.json", "proxy.conf.json", "proxy.config.json", "proxy-config.json",
		"www", "nx.json", "project.json", nestFile, "bunfig.toml",
	},
	Locks:              npm.LockFiles(),
	Extensions:         endings,
	Versions:           npm.NodeLines,
	Describe:           describe,
	Finish:             finish,
	Remarks:            remarks,
	Version:            npm.NodeVersion,
	Flags:              npm.NodeFlags,
	Local:              npm.NodeLocal,
	LoopbackOnly:       listensLocally,
	Ports:              ports,
	Routes:             routes,
	Uses:               uses,
	Imports:            packagesIn,
	LoadsEnvFile:       lazyregexp.New(`\bdotenv\b|\benv-cmd\b|--env-file|\bloadEnvFile\(|@nestjs/config`),
	LoadsParentEnvFile: lazyregexp.New(`(?:\bdotenv\b|\bconfig\(|\bloadEnvFile\(|\benvFilePath\b|\bloadEnv\(|\benvDir\b)[^\n]*\.\.[^\n]*`),
	Getenv:             func(name, or string) string { return "process.env." + name + ` || "` + or + `"` },
	RendersPages:       lazyregexp.New(`\b(?:res|reply|ctx)\.(?:render|sendFile|view)\(|\bexpress\.static\(|\bc\.html\(|["']text/html\b|\bserveStatic\(`),
	AllowsCORS:         lazyregexp.New(`\bcors\(|@fastify/cors|@koa/cors|Access-Control-Allow-Origin`),
	VersionRange:       npm.Wants,
	Image:              npm.NodeImage,
	Copies:             npm.Copies,
	Install:            npm.Install,
	KeptDirs:           npm.Keeps,
	BrowserOnly:        lazyregexp.New(`^(?:\s|//.*\n|/\*(?s:.*?)\*/)*["']use client["']`), // https://react.dev/reference/rsc/use-client
	ProxyFiles:         lazyregexp.New(`\.config\.|^setupProxy\.|^proxy[.-]conf`),
}

func isCode(name string) bool { return slices.Contains(endings, path.Ext(name)) }

// search finds the directories whose package.json starts something that listens, and the
// projects of Nx, which may have no package.json.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		found = append(found, searchIn(t, dir, stacks)...)
	}
	return found
}

// searchIn finds what a directory starts.
func searchIn(t *tree.Tree, dir string, stacks []*stack.Stack) []*stack.App {
	a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
	if !t.Directory(dir).Has("package.json") {
		if (t.Directory(dir).Has(nxFile) || isNestApplication(t, dir)) && a.Recognise(stacks) {
			return []*stack.App{a}
		}
		return nil
	}
	p, err := npm.Parse(t, dir)
	if err != nil {
		why, e := p.WhyBroken(err)
		t.LeaveOut(dir, why, e)
		return nil
	}
	if all := nestWorkspaceAt(t, dir).applications(t); len(all) > 1 {
		t.Reject(dir, "a workspace of Nest: its applications are examined instead", tree.Evidence{File: path.Join(dir, nestFile)})
		return nil
	}
	a.Recognise(stacks)
	if why, e := whyNoService(a, p); why != "" {
		if !bundlesAssets(a, p) || a.Directory().First("composer.json", "Gemfile") == "" { // else the server is named
			t.RejectAs(strings.HasSuffix(why, "starts no server that is known"), dir, why, e)
		}
		return nil
	}
	if runsOnBun(a, p) {
		a.Stack = &Bun
	}
	if a.Stack != nil && a.Stack.Frontend {
		return append([]*stack.App{a}, serverBeside(a, p, stacks)...)
	}
	return []*stack.App{a}
}

var (
	namesServer = lazyregexp.New(`(?i)server|api|backend`)
	answersAPI  = lazyregexp.New(`\.(?:get|post|put|delete|use|route)\(\s*["'` + "`" + `]/api\b`)
)

// serverBeside is the server in the directory of a page, such as Express next to Angular; none
// where the file only serves what the page's build makes, or is the page's own server.
func serverBeside(page *stack.App, p *npm.Manifest, stacks []*stack.Stack) []*stack.App {
	a := &stack.App{Tree: page.Tree, Service: stack.Service{Dir: page.Dir}}
	scripts := scriptsOf(p)
	answers := func(entry string) bool { return answersAPI.MatchString(a.Tree.Source(path.Join(a.Dir, entry)).Text) }
	beside, scripted := false, false
	for _, name := range developmentScripts {
		for _, c := range chosen(scripts.Commands(name)) {
			entry := entryOfCommand(a, p, c)
			if !opensPort(a.Tree, a.Dir, entry) {
				continue
			}
			scripted = true
			beside = beside || c.Parallel || !page.Stack.ServerSide && (namesServer.MatchString(name) || answers(entry))
		}
	}
	if entry := entryOf(a.Tree, a.Dir, p); !beside && (scripted || page.Stack.ServerSide || entry == "" || !answers(entry)) {
		return nil
	}
	servers := slices.DeleteFunc(slices.Clone(stacks), func(s *stack.Stack) bool { return s.Frontend || len(s.Packages) > 0 && !isListener(s.Packages[0]) })
	a.Recognise(servers)
	return []*stack.App{a}
}

// notServices are dependencies and files that make a package something else.
var notServices = []struct{ dependency, what string }{
	{"react-native", "a mobile app (react-native)"},
	{"expo", "a mobile app (expo)"},
	{"@capacitor/core", "a mobile app (capacitor)"},
	{"electron", "a desktop app (electron)"},
	{"aws-cdk-lib", "infrastructure code (AWS CDK)"},
	{"aws-cdk", "infrastructure code (AWS CDK)"},
	{"@aws-cdk/core", "infrastructure code (AWS CDK)"},
	{"cdktf", "infrastructure code (CDK for Terraform)"},
	{"@pulumi/pulumi", "infrastructure code (Pulumi)"},
}

// assetPlugins are what makes a bundler the asset pipeline of a server in another language.
var assetPlugins = []string{"laravel-vite-plugin", "vite-plugin-ruby", "vite-plugin-symfony", "laravel-mix", "@symfony/webpack-encore"}

func bundlesAssets(a *stack.App, p *npm.Manifest) bool {
	return p.NeedsOneOf(assetPlugins...) != "" && (a.Stack == nil || !isListener(a.Stack.Packages[0]))
}

// servesLaravel says whether Vite runs next to Laravel, which loads its files from there.
func servesLaravel(a *stack.App, p *npm.Manifest) bool {
	return a.Stack != nil && a.Stack.Name == "vite" && p.NeedsOneOf("laravel-vite-plugin") != "" && a.Directory().Has("composer.json")
}

// whyNoService says why the directory is no service, though a stack may have been recognised.
func whyNoService(a *stack.App, p *npm.Manifest) (string, tree.Evidence) {
	framework := a.Stack != nil
	own := framework && (a.Stack.Name != "node" || a.Stack.Frontend)
	for _, other := range notServices {
		if _, needed := p.Needs(other.dependency); needed && !listensBySource(p) {
			// A web app that is also wrapped for phones is still a web app.
			if other.dependency != "@capacitor/core" || !own {
				return other.what, p.At(other.dependency, other.dependency)
			}
		}
	}
	if _, editor := p.Engines["vscode"]; editor {
		return "an editor extension (engines.vscode)", p.At("vscode", "engines.vscode")
	}
	if a.Directory().Has("cdk.json") {
		return "infrastructure code (cdk.json)", tree.Evidence{File: path.Join(a.Dir, "cdk.json")}
	}
	if bundlesAssets(a, p) && !servesLaravel(a, p) {
		plugin := p.NeedsOneOf(assetPlugins...)
		return "the asset pipeline of a server (" + plugin + ")", p.At(plugin, plugin)
	}
	if own {
		return "", tree.Evidence{}
	}
	if config := viteLibrary(a); config != "" && !listensBySource(p) {
		return "a library (build.lib in its Vite configuration)", tree.Evidence{File: config}
	}
	if framework && !isListener(a.Stack.Packages[0]) {
		return "", tree.Evidence{}
	}
	return whyNoServer(a, p, framework)
}

// whyNoServer tells tooling, workspace roots, lambdas and libraries from servers.
func whyNoServer(a *stack.App, p *npm.Manifest, known bool) (string, tree.Evidence) {
	name, own, _ := startScript(p)
	t, dir := a.Tree, a.Dir
	entry := entryOf(t, dir, p)
	switch {
	case name == "" && entry == "" && isWorkspaceRoot(a.Directory(), p):
		if !namesMembers(p) {
			return "the root of a workspace: its members are examined instead", tree.Evidence{File: path.Join(dir, a.Directory().First("pnpm-workspace.yaml", "lerna.json", "nx.json"))}
		}
		return "the root of a workspace: its members are examined instead", p.At("workspaces", "workspaces")
	case name == "" && entry == "":
		if delegate, what := delegateScript(p); delegate != "" {
			return "its scripts only start other directories", p.At(delegate, what)
		}
		if handler := lambdaHandler(t, dir, p); handler != "" {
			return "a lambda: it exports a handler and starts no server", tree.Evidence{File: handler}
		}
		if p.Main != nil || p.Exports != nil {
			return "a library: it has a main file, but no start script and no server entry", p.At("main", "main")
		}
		return "package.json has no start script and no server entry", tree.Evidence{File: p.Path}
	case known || entry != "" && opensPort(t, dir, entry):
		return "", tree.Evidence{}
	case slices.ContainsFunc(own, func(c script.Command) bool { return opensPort(t, dir, entryOfCommand(a, p, c)) }):
		return "", tree.Evidence{}
	case lambdaHandler(t, dir, p) != "":
		return "a lambda: it exports a handler and starts no server", tree.Evidence{File: lambdaHandler(t, dir, p)}
	case name != "":
		return "its " + name + " script starts no server that is known", p.At(name, name+": "+firstWords(p.Script(name)))
	default:
		return "a library: " + entry + " opens no port", tree.Evidence{File: path.Join(dir, entry)}
	}
}

func isWorkspaceRoot(f *tree.Directory, p *npm.Manifest) bool {
	return namesMembers(p) || f.Has("pnpm-workspace.yaml") || f.Has("lerna.json") || f.Has("nx.json")
}

func namesMembers(p *npm.Manifest) bool {
	return len(p.Workspaces) > 0 && string(p.Workspaces) != "null"
}

// describe fills in what the package itself decides.
func describe(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	a.PackageName = path.Base(p.Name)
	npm.Describe(a)
	for _, config := range a.Directory().Names {
		if strings.Contains(config, ".config.") && isCode(config) {
			a.Configs = append(a.Configs, a.Tree.Source(path.Join(a.Dir, config)))
		}
	}
	if a.Stack.Describe != nil {
		a.Stack.Describe(a)
	}
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
	if text := commandText(a, p); text != "" {
		e := p.At(a.Script, a.Script+" script")
		a.Starts = append(a.Starts, stack.Command{Text: text, File: p.Path, Line: e.Line})
		a.Note(e)
	} else if a.Module != "" {
		a.Note(tree.Evidence{File: path.Join(a.Dir, a.Module), Text: "listens"})
	}
}

// runs finds a package that needs one of the packages and has a script that runs one of the
// programs as a server.
func runs(programs []string, packages ...string) func(*stack.App) bool {
	return func(a *stack.App) bool {
		p := npm.ManifestOf(a.Tree, a.Dir)
		needed := p.NeedsOneOf(packages...)
		return needed != "" && startedBy(a, p.At(needed, packages[0]), programs...)
	}
}
