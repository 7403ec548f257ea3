// Package python has the stacks of Python, one a file, and what they share: lists of
// packages, versions, imports and routes.
package python

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Language is what all stacks of Python share.
var Language = stack.Language{
	Name:         "python",
	Manifests:    []string{"requirements.txt", "pyproject.toml", "Pipfile", "setup.py"},
	Files:        []string{"setup.cfg", "poetry.lock", "uv.lock", "Pipfile.lock", "pyvenv.cfg", ".python-version", "runtime.txt", ".flaskenv", "alembic.ini"},
	Extensions:   []string{".py"},
	Versions:     pip.Releases,
	Search:       search,
	Prepare:      prepare,
	Describe:     describe,
	Finish:       finish,
	LoopbackOnly: hidden,
	Version:      pip.Version,
	Ports:        ports,
	Routes:       routes,
	Uses:         uses,
	VersionRange: pip.Names,
	Image:        pip.Image,
	Copies:       copies,
	Install:      install,
	Getenv:       func(name, or string) string { return `os.environ.get("` + name + `", "` + or + `")` },
	// https://saurabh-kumar.com/python-dotenv: load_dotenv() goes up from the file that calls it, as
	// decouple does.
	LoadsEnvFile: lazyregexp.New(`\bdotenv\b|\bdecouple\b|\benviron\.Env\b|\bread_env\(|\benv_file\b|\bConfig\(\s*["']\.env`),
	LoadsParentEnvFile: lazyregexp.New(`(?:\benv_file\s*=|\b(?:load_dotenv|dotenv_values|read_env|RepositoryEnv|Config)\()[^\n]*(?:\.\.|\bparents?\b|\bdirname\()[^\n]*` +
		`|[^\n]*(?:\bparents?\b|\bdirname\()[^\n]*["']/?\.env["'][^\n]*|\bload_dotenv\(\s*\)|\bfind_dotenv\(\s*\)|\bfrom decouple import [^\n]*\bconfig\b`),
	RendersPages: lazyregexp.New(`\brender_template(?:_string)?\(|\brender\(\s*request\b|\bTemplateView\b|\bTemplateResponse\(|\bHTMLResponse\b|` +
		`\bsend_from_directory\(|\bStaticFiles\(|\bimport streamlit\b|\bimport gradio\b|\bDash\(`),
	AllowsCORS: lazyregexp.New(`\bCORS\(|\bflask_cors\b|\bCORSMiddleware\b|\bcorsheaders\b|Access-Control-Allow-Origin`),
}

// entries are the names under which people keep a server's entry; in a
// directory with no requirements only these are opened.
var entries = []string{
	"wsgi.py", "app.py", "main.py", "server.py", "run.py", "application.py", "api.py", "asgi.py", "index.py",
	"flask_app.py", "streamlit_app.py", "dash_app.py", "dashboard.py", "backend.py", "manage.py", "__main__.py", "__init__.py",
}

// maxEntries bounds how many files are opened to find the entry of one directory, and
// maxProbes how many directories without requirements are looked into.
const (
	maxEntries = 150
	maxProbes  = 200
)

// search finds the directories that hold a Python server: those with requirements first, then
// directories with an entry file that no requirements above them cover.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	appIn := func(dir string) *stack.App {
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if prepare(a); a.Recognise(stacks) {
			return a
		}
		return nil
	}
	parts := map[string]bool{} // of other services: their packages, and lists in a directory
	var others []*pip.Requirements
	for _, dir := range t.Paths {
		needs := pip.Read(t, dir)
		if needs == nil {
			continue
		}
		for _, local := range needs.Local {
			parts[local] = local != dir
		}
		if a := appIn(dir); a != nil {
			found = append(found, a)
			continue
		}
		others = append(others, needs)
	}
	rejectOthers(t, stacks, others, parts)
	found = probe(t, found, appIn)
	if len(found)+len(others) == 0 {
		if a := unlisted(t); a.Recognise(stacks) && len(a.Stack.Packages) > 0 {
			found = append(found, a)
		}
	}
	return found
}

// probe adds the servers in directories with an entry file that no list of packages covers.
func probe(t *tree.Tree, found []*stack.App, appIn func(string) *stack.App) []*stack.App {
	covered := func(dir string) bool {
		return slices.ContainsFunc(found, func(a *stack.App) bool { return a.Dir == "." || a.Dir == dir || strings.HasPrefix(dir, a.Dir+"/") })
	}
	probes := maxProbes
	for _, dir := range t.Paths {
		if t.Directory(dir).First(entries[:len(entries)-2]...) == "" || tree.IsAside(dir) || covered(dir) || probes == 0 {
			continue
		}
		probes--
		// Without a list of packages, a program that listens may be anything.
		if a := appIn(dir); a != nil && len(a.Stack.Packages) > 0 {
			found = append(found, a)
		} else if d := t.Directory(dir); pip.Read(t, dir) == nil && !d.Has("package.json") && stack.Explains(d) {
			name := d.First(entries...)
			t.Reject(dir, name+" uses no web framework that devup knows", tree.Evidence{File: path.Join(dir, name)})
		}
	}
	return found
}

// unlisted is the top directory of a repository without any list of packages, where an entry may
// have any name: flaskr.py, or a package alone.
func unlisted(t *tree.Tree) *stack.App {
	const most = 40
	a := &stack.App{Tree: t, Service: stack.Service{Dir: "."}}
	top := t.Directory(".")
	for _, dir := range append([]string{"."}, top.Subs...) {
		f := t.Directory(dir)
		if dir != "." && (!f.Has("__init__.py") || tree.IsAside(dir)) {
			continue
		}
		for _, name := range f.Names {
			if path.Ext(name) == ".py" && !tree.IsTest(name) && len(a.Sources) < most {
				a.Sources = append(a.Sources, t.Source(path.Join(dir, name)))
			}
		}
	}
	return a
}

// rejectOthers rejects the directories with a list of packages and no server.
func rejectOthers(t *tree.Tree, stacks []*stack.Stack, others []*pip.Requirements, parts map[string]bool) {
	for _, needs := range others {
		if !parts[needs.Dir] && path.Base(needs.Dir) != "requirements" {
			framework := slices.ContainsFunc(stacks, func(s *stack.Stack) bool { return needs.Needs(s.Packages...) })
			t.RejectAs(framework, needs.Dir, whyNoService(t.Directory(needs.Dir), t, needs), tree.Evidence{File: needs.Manifest})
		}
	}
}

func whyNoService(f *tree.Directory, t *tree.Tree, needs *pip.Requirements) string {
	name := path.Base(needs.Manifest)
	for _, file := range f.Names {
		if path.Ext(file) == ".py" && strings.Contains(t.Text(path.Join(f.Path, file)), "def lambda_handler(") {
			return "a lambda: lambda_handler in " + file + ", no server"
		}
	}
	if line := pip.BrokenTOML(t.Text(needs.Manifest)); path.Ext(name) == ".toml" && line > 0 {
		return fmt.Sprintf("%s is not valid TOML: line %d", name, line)
	}
	if f.Has("package.json") {
		return name + " next to a package.json, but no Python server under it"
	}
	return name + ", but no Python server under it"
}

// prepare reads the directory's Python files and those below it that have no
// requirements of their own, those with an entry's name before the others at each depth.
func prepare(a *stack.App) {
	a.Sources = nil
	deep := pip.Read(a.Tree, a.Dir) != nil
	var packages map[string]bool
	if !deep {
		packages = importedBeside(a)
	}
	directories := a.Tree.Below(a.Dir, func(f *tree.Directory) bool {
		top, _, _ := strings.Cut(tree.Relative(a.Dir, f.Path), "/")
		if !deep && !packages[top] || tree.IsAside(f.Path) || strings.Count(tree.Relative(a.Dir, f.Path), "/") > 2 {
			return false
		}
		return !f.Has("package.json") && pip.Read(a.Tree, f.Path) == nil
	})
	for _, f := range directories {
		names := slices.Clone(f.Names)
		slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
		for _, name := range names {
			if len(a.Sources) == maxEntries {
				return
			}
			if path.Ext(name) != ".py" || tree.IsTest(name) || !deep && f.Path == a.Dir && rank(name) == len(entries) {
				continue
			}
			a.Sources = append(a.Sources, a.Tree.Source(path.Join(f.Path, name)))
		}
	}
}

// importedBeside are the packages in a directory that an entry in it imports: `from website import
// create_app`. Without a list of packages, nothing else below it is known to be the server's.
func importedBeside(a *stack.App) map[string]bool {
	found := map[string]bool{}
	for _, name := range entries {
		if a.Directory().Has(name) {
			for _, module := range importsOf(a.Tree.Source(path.Join(a.Dir, name)).Text) {
				found[module] = found[module] || a.Tree.Has(path.Join(a.Dir, module, "__init__.py"))
			}
		}
	}
	return found
}

// rank is the place of a file's name among those of entries.
func rank(name string) int {
	if i := slices.Index(entries, name); i >= 0 {
		return i
	}
	return len(entries)
}

// inSource finds an app by the first source that matches. The pattern's first group, if it
// has one, is what holds the app; the text says what was found.
func inSource(pattern *lazyregexp.Regexp, text string) func(*stack.App) bool {
	return func(a *stack.App) bool {
		for _, source := range a.Sources {
			match := pattern.FindStringSubmatchIndex(source.Text)
			if match == nil {
				continue
			}
			callable := ""
			if len(match) > 2 {
				callable = source.Text[match[2]:match[3]]
			}
			setEntry(a, source.Path, callable, tree.LineAt(source.Text, match[0]), text)
			return true
		}
		return false
	}
}

// setEntry sets the file and callable that run.
func setEntry(a *stack.App, file, callable string, line int, text string) {
	a.Entry, a.Callable, a.FoundAt = tree.Relative(a.Dir, file), callable, tree.At(file, line, text)
}

// describe fills in what the directory itself decides.
func describe(a *stack.App) {
	if file := path.Join(a.Dir, "pyproject.toml"); a.Directory().Has("pyproject.toml") {
		if line := pip.BrokenTOML(a.Tree.Text(file)); line > 0 {
			a.Remark(tree.At(file, line, "is not valid TOML, so its packages are not known"), "fix the syntax of "+file+", and run `devup init` again")
		}
	}
	needs := pip.Read(a.Tree, a.Dir)
	if a.Entry == "" {
		a.Entry, a.Callable = "app.py", "app"
	}
	a.Packages = pip.PackagesOf(a, needs)
	if a.Stack.Describe != nil {
		a.Stack.Describe(a)
	}
	if isPackage(a) || importsItself(a) {
		a.Package = path.Base(a.Dir)
	}
	for _, name := range a.Stack.Packages {
		if needs.Needs(name) {
			a.Note(tree.At(needs.Manifest, needs.Lines[name], name))
			break
		}
	}
	if needs == nil && len(a.Stack.Packages) > 0 {
		a.Note(tree.Evidence{Text: "no requirements file in " + a.Dir + " names its packages"})
	}
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
	starts(a)
}

// starts are the command lines by which the service is started today.
func starts(a *stack.App) {
	for _, name := range []string{path.Join(a.Dir, "Procfile"), path.Join(a.Dir, ".flaskenv")} {
		if !a.Tree.Has(name) {
			continue
		}
		for i, line := range strings.Split(tree.BlankComments(a.Tree.Text(name), "#"), "\n") {
			if strings.HasPrefix(line, "web:") || strings.Contains(line, "PORT=") {
				a.Starts = append(a.Starts, stack.Command{Text: line, File: name, Line: i + 1})
			}
		}
	}
}

// dotted is a module's import name as seen from the service's directory.
func dotted(dir, entry string) string {
	name := strings.TrimSuffix(entry, ".py")
	if name = strings.TrimSuffix(name, "/__init__"); name == "__init__" {
		return path.Base(dir)
	}
	return strings.ReplaceAll(name, "/", ".")
}

// importRoot is the directory, relative to the service's, from which the entry is imported:
// that of the service, or one below it that lies on Python's path, as in `cd src && python
// main.py` or in a src layout.
func importRoot(a *stack.App) string {
	if isPackage(a) {
		return "."
	}
	own := path.Dir(a.Entry)
	root := own
	for root != "." && a.Tree.Has(path.Join(a.Dir, root, "__init__.py")) {
		root = path.Dir(root)
	}
	if root == own && relativeImport.MatchString(a.Tree.Source(path.Join(a.Dir, a.Entry)).Text) {
		root = path.Dir(root)
	}
	if root == "." {
		return root
	}
	top, _, _ := strings.Cut(root, "/")
	byName := lazyregexp.New(`(?m)^\s*(?:from|import)\s+` + regexp.QuoteMeta(top) + `\b`)
	below := path.Join(a.Dir, root)
	if slices.ContainsFunc(a.Sources, func(s tree.File) bool { return tree.IsBelow(below, s.Path) && byName.MatchString(s.Text) }) {
		return "."
	}
	return root
}

var relativeImport = lazyregexp.New(`(?m)^\s*from\s+\.`)

// imported is the name of what Entry holds, for a server that imports it: "app.main:app".
func imported(a *stack.App) string { return importedModule(a) + ":" + a.Callable }

// importedModule is the import name of Entry.
func importedModule(a *stack.App) string {
	name := dotted(a.Dir, tree.Relative(importRoot(a), a.Entry))
	if isPackage(a) && a.Entry != "__init__.py" {
		name = path.Base(a.Dir) + "." + name
	}
	return name
}

// isPackage says whether the service's own directory is the package that its files are imported
// from, as in `uvicorn backend.main:app` from the directory above.
func isPackage(a *stack.App) bool {
	if !canBePackage(a) {
		return false
	}
	isRelative := path.Dir(a.Entry) == "." && a.Directory().Has("__init__.py") && relativeImport.MatchString(a.Tree.Source(joined(a)).Text)
	return a.Entry == "__init__.py" || isRelative || importsItself(a) && !importsOwn(a)
}

// canBePackage says whether the directory's name is one that its files can mean by an import.
func canBePackage(a *stack.App) bool {
	name := path.Base(a.Dir)
	return a.Dir != "." && untrusted.VariableName(name) != "" && packageOf(name) == "" && path.Base(a.Entry) != "manage.py"
}

// importsItself says whether files of the service import each other by the name of its directory.
func importsItself(a *stack.App) bool {
	name := path.Base(a.Dir)
	isWithin := a.Tree.Has(path.Join(a.Dir, name+".py")) || len(a.Tree.Directory(path.Join(a.Dir, name)).Names) > 0 // that is meant
	return canBePackage(a) && !isWithin && importsOneOf(a, []string{name})
}

// importsOwn says whether files of the service import what lies in its directory as the top.
func importsOwn(a *stack.App) bool {
	var own []string
	for _, name := range a.Directory().Names {
		if module, isModule := strings.CutSuffix(name, ".py"); isModule && module != "__init__" {
			own = append(own, module)
		}
	}
	for _, sub := range a.Directory().Subs {
		own = append(own, path.Base(sub))
	}
	return importsOneOf(a, own)
}

// importsOneOf says whether a file that runs with the service imports one of the modules.
func importsOneOf(a *stack.App, modules []string) bool {
	return slices.ContainsFunc(a.Sources, func(s tree.File) bool {
		return !aside.MatchString(tree.Relative(a.Dir, s.Path)) && slices.ContainsFunc(importsOf(s.Text), func(name string) bool { return slices.Contains(modules, name) })
	})
}
