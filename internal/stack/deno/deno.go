// Package deno has the stack of Deno: servers and pages that a task of deno.json or a file
// starts.
package deno

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Language is what all services of Deno share.
var Language = stack.Language{
	Name:         "deno",
	Manifests:    manifests,
	Files:        []string{"deno.lock", "package.json"},
	Extensions:   []string{".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts"},
	Versions:     []string{"2"},
	Search:       search,
	Version:      func(*stack.App) (string, tree.Evidence) { return "2", tree.Evidence{Text: "Deno 2"} },
	Ports:        ports,
	LoopbackOnly: func(a *stack.App) tree.Evidence { return stack.HiddenIn(a.Sources, loopback) },
	Uses:         uses,
	Getenv:       func(name, or string) string { return `Deno.env.get("` + name + `") || "` + or + `"` },
	LoadsEnvFile: lazyregexp.New(`--env\b|\bdotenv\b|\bloadEnvFile\(`),
	RendersPages: lazyregexp.New(`["']text/html\b|\bhtml` + "`" + `|\.html\(|\.render\(|\bserve(?:Dir|File|Static)\(`),
	AllowsCORS:   lazyregexp.New(`\bcors\(|oakCors\(|Access-Control-Allow-Origin`),
	Describe:     describe,
	Image:        image,
	Copies:       copies,
	Install:      install,
	KeptDirs:     func(stack.Service) []string { return nil },
	Migration:    migration,
}

// Deno is a server, or pages, that Deno runs: https://docs.deno.com/runtime/reference/cli/task/.
var Deno = stack.Stack{
	Name: "deno", Title: "Deno", Language: &Language, Port: 8000,
	Find: find,
	FindPort: func(a *stack.App) (stack.Port, bool) {
		if servesPages(manifestOf(a.Tree, a.Dir).task(a.Script)) {
			return stack.PortAt(5173, tree.Evidence{Text: "the default of Vite"}), true
		}
		return stack.PortIn(a.Sources, ports...)
	},
	Commands: commands,
	Settings: []string{"DENO_DIR", "DENO_ENV", "DENO_DEPLOYMENT_ID"},
	Listen:   stack.Listen{Hint: `leave out "hostname" in Deno.serve, or set it to "0.0.0.0"`},
}

var loopback = lazyregexp.New(`(?:\bserve|\.listen)\([^()]{0,200}?\bhostname:\s*["'](?:127\.0\.0\.1|localhost)["']`)

var manifests = []string{"deno.json", "deno.jsonc"}

var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`Deno\.env\.get\(\s*["']\w*PORT["']\s*\)\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(?:\{[^}]*?\bport\s*:\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`\bserve\s*\((?:[^{}]*,)?\s*\{[^{}]*?\bport\s*:\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?:const|let|var)\s+(?i:(?:server_?|http_?)?port)\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b`),
}

var reads = lazyregexp.New(`\b(?:(?:Deno\.env\.get|[gG]et(?:Env|Var)\w*)\(\s*["']|process\.env\.)([A-Za-z_]\w*)(?:["']\s*\))?(!)?(\s*(?:\|\||\?\?)\s*(?:["']([^"']*)["'])?)?`)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	for _, match := range reads.FindAllStringSubmatchIndex(source.Text, -1) {
		name := stack.Group(source.Text, match, 1)
		found = append(found, stack.Use{Name: name, Value: stack.Group(source.Text, match, 4), Set: match[6] >= 0, Where: source.At(match[0], name)})
	}
	return found
}

// manifest is what detection takes from a deno.json.
type manifest struct {
	Tasks   map[string]json.RawMessage `json:"tasks"`
	Imports map[string]string          `json:"imports"`
	name    string
}

func manifestOf(t *tree.Tree, dir string) (m manifest) {
	m.name = t.Directory(dir).First(manifests...)
	plain, err := hujson.Standardize([]byte(t.Text(path.Join(dir, m.name))))
	if m.name != "" && err == nil {
		_ = json.Unmarshal(plain, &m) // of another form: what could be read
	}
	return m
}

// task is the command line of a task, which may be a text or an object.
func (m manifest) task(name string) string {
	var text string
	if json.Unmarshal(m.Tasks[name], &text) == nil {
		return text
	}
	var task struct {
		Command string `json:"command"`
	}
	_ = json.Unmarshal(m.Tasks[name], &task) // of another form: none
	return task.Command
}

// The tasks and files that people start, best first.
var (
	tasks   = []string{"dev", "start:dev", "serve", "start", "server"}
	entries = []string{"main.ts", "server.ts", "mod.ts", "app.ts", "index.ts", "main.tsx", "server.js", "main.js", "src/main.ts", "src/server.ts", "src/app.ts", "src/index.ts"}
)

var (
	listens = lazyregexp.New(`\bDeno\.(?:serve|listen)\w*\s*\(|\.listen\s*\(|\bserve\s*\(|export\s+default\s*\{[^}]*\bfetch\b`)
	isDeno  = lazyregexp.New(`["']https://(?:deno\.land|esm\.sh|jsr\.io)/|["'](?:jsr|npm):|\bDeno\.(?:serve|listen|env)\b`)
)

// maxFiles bounds how many files without a deno.json are opened.
const maxFiles = 200

// search finds the directories that Deno runs: by deno.json, or by a file that imports as only
// Deno does.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	opened := 0
	for _, dir := range t.Paths {
		f := t.Directory(dir)
		m := f.First(manifests...)
		if m == "" && (f.First(entries...) == "" || f.Has("package.json") || opened >= maxFiles || isPart(found, dir)) {
			continue
		}
		opened++
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		switch {
		case strings.Contains("/"+dir+"/", "/supabase/functions/"):
			t.Reject(dir, "an edge function of Supabase", tree.Evidence{File: path.Join(dir, m)})
		case a.Recognise(stacks):
			found = append(found, a)
		case m != "" && !f.Has("package.json"):
			t.Reject(dir, m+" has no task that starts a server, and no file listens", tree.Evidence{File: path.Join(dir, m)})
		}
	}
	return found
}

// isPart says whether a directory is below a service with a deno.json, and so part of it.
func isPart(found []*stack.App, dir string) bool {
	return slices.ContainsFunc(found, func(a *stack.App) bool {
		return tree.IsBelow(a.Dir, dir) && manifestOf(a.Tree, a.Dir).name != ""
	})
}

// find looks for a task that starts a server, else for a file that listens. Next to a
// package.json with scripts a deno.json is a tool's.
func find(a *stack.App) bool {
	f, m := a.Directory(), manifestOf(a.Tree, a.Dir)
	starts := func(name string) bool {
		text := a.Tree.Source(path.Join(a.Dir, name)).Text
		return listens.MatchString(text) && (m.name != "" && !f.Has("package.json") || isDeno.MatchString(text))
	}
	if i := slices.IndexFunc(entries, starts); i >= 0 {
		a.Entry = entries[i]
	}
	for _, name := range tasks {
		text := m.task(name)
		if text == "" || f.Has("package.json") || strings.Contains(text, "cd ") {
			continue
		}
		if !hasFiles(a, text) { // as `deno init` writes it, where the source lies elsewhere
			a.Entry = cmp.Or(a.Entry, entryBelow(a, starts))
		}
		if a.Entry == "" || hasFiles(a, text) {
			a.Script, a.FoundAt = name, tree.Evidence{File: path.Join(a.Dir, m.name), Text: "task " + name}
			return true
		}
	}
	if a.Entry != "" {
		a.FoundAt = tree.Evidence{File: path.Join(a.Dir, a.Entry), Text: "listens"}
	}
	return a.Entry != ""
}

// entryBelow is a file that starts a server in a directory of the app; empty for none.
func entryBelow(a *stack.App, starts func(name string) bool) string {
	for _, f := range a.Tree.Below(a.Dir, func(f *tree.Directory) bool { return !tree.IsAside(f.Path) && !f.Has("package.json") }) {
		for _, name := range f.Names {
			if file := tree.Relative(a.Dir, path.Join(f.Path, name)); slices.Contains(entries, name) && starts(file) {
				return file
			}
		}
	}
	return ""
}

// hasFiles says whether the sources that a task names are there.
func hasFiles(a *stack.App, task string) bool {
	return !slices.ContainsFunc(strings.Fields(task), func(word string) bool {
		return slices.Contains(Language.Extensions, path.Ext(word)) && !strings.ContainsAny(word, ":*=$") && !a.Tree.Has(path.Join(a.Dir, word))
	})
}

// titles are frameworks by how they are imported.
var titles = []struct{ imported, title string }{
	{"@fresh/core", "Fresh"}, {"fresh", "Fresh"}, {"@hono/hono", "Hono"}, {"hono", "Hono"}, {"@oak/oak", "Oak"}, {"x/oak", "Oak"}, {"express", "Express"}, {"fastify", "Fastify"},
}

// imports says whether a text names a package as Deno does: npm:hono@4, jsr:@oak/oak, $fresh/server.ts.
func imports(text, name string) bool {
	for _, before := range []string{`"`, "'", ":", "/", "$"} {
		for _, after := range []string{`"`, "'", "@", "/"} {
			if strings.Contains(text, before+name+after) {
				return true
			}
		}
	}
	return false
}

// describe fills in what the directory decides.
func describe(a *stack.App) {
	m := manifestOf(a.Tree, a.Dir)
	a.Packages.Manifest, a.Packages.Manager = m.name, "deno"
	if a.Directory().Has("deno.lock") {
		a.Packages.Lock = "deno.lock"
	}
	a.Module = a.Entry
	text := a.Tree.Text(path.Join(a.Dir, a.Entry)) + a.Tree.Text(path.Join(a.Dir, m.name))
	for _, t := range titles {
		if imports(text, t.imported) {
			a.Framework = t.title
			break
		}
	}
	a.Frontend = a.Framework == "Fresh" || servesPages(m.task(a.Script))
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
	if line := m.task(a.Script); line != "" {
		a.Starts = append(a.Starts, stack.Command{Text: line, File: path.Join(a.Dir, m.name)})
	}
}

// servesPages says whether a task starts Vite.
func servesPages(task string) bool {
	return slices.ContainsFunc(strings.Fields(task), func(word string) bool { return word == "vite" || word == "npm:vite" })
}

// commands are those of the task, or of the file.
func commands(a *stack.App) stack.Commands {
	m, port := manifestOf(a.Tree, a.Dir), strconv.Itoa(a.Port.Number)
	run := []string{"deno", "run", "-A", cmp.Or(a.Module, "main.ts")}
	start := stack.Commands{Dev: slices.Insert(slices.Clone(run), 3, "--watch"), Prod: run}
	if a.Script != "" {
		start.Dev = []string{"deno", "task", a.Script}
		if servesPages(m.task(a.Script)) {
			start.Dev = append(start.Dev, "--host", "0.0.0.0", "--port", port)
		}
		if a.Module == "" {
			start.Prod = start.Dev
		}
	}
	if usesPrisma(a) {
		start.Dev = generated(start.Dev)
	}
	if m.task("start") != "" && a.Script != "start" {
		start.Prod = []string{"deno", "task", "start"}
	}
	if m.task("build") != "" {
		start.Build = []string{"deno", "task", "build"}
	}
	return start
}

func image(version string) untrusted.Inert {
	if tag, _ := stack.ImageTag(version); tag != "" {
		return "denoland/deno:" + tag
	}
	return "denoland/deno:2"
}

// copies are the files that say which packages there are.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	if s.Packages.Manifest == "" {
		return nil
	}
	return []untrusted.Inert{q.Copy(s.Packages.Manifest, "deno.lock*", "package.json*", "./")}
}

// installation is how the packages get into the image.
type installation struct {
	Entry untrusted.Inert // the file whose imports are downloaded, for sh; empty for none
}

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	if s.Module == "" {
		return installation{}
	}
	return installation{Entry: q.Shell(s.Module)}
}

const prismaSchema = "prisma/schema.prisma"

// usesPrisma says whether the service's tables are those of a schema of Prisma.
func usesPrisma(a *stack.App) bool {
	return a.Tree.Has(path.Join(a.Dir, prismaSchema)) && imports(a.Tree.Text(path.Join(a.Dir, a.Packages.Manifest)), "prisma")
}

// prisma is a command of Prisma: https://docs.deno.com/examples/prisma_tutorial/
func prisma(words ...string) []string {
	return append([]string{"deno", "run", "-A", "npm:prisma"}, words...)
}

// generated is a command behind the one that writes Prisma's client, which the source imports.
func generated(command []string) []string {
	return append([]string{"sh", "-c", strings.Join(prisma("generate"), " ") + ` && exec "$0" "$@"`}, command...)
}

// migration makes the tables of a schema of Prisma.
func migration(a *stack.App, _ string) *stack.Migration {
	if !usesPrisma(a) {
		return nil
	}
	words := []string{"db", "push"}
	if a.Tree.Exists(path.Join(a.Dir, "prisma/migrations")) {
		words = []string{"migrate", "deploy"}
	}
	return &stack.Migration{
		Dir:     path.Join(a.Dir, "prisma"),
		Command: func(func() string) []string { return prisma(words...) },
	}
}
