package detect

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// pythonApp is the runnable thing of a Python service.
type pythonApp struct {
	kind     pythonKind
	entry    string // file, relative to the service's folder
	callable string // variable or factory call: "app", "create_app()"
	line     int
	needs    *requirements
}

type pythonKind int

const (
	flaskApp pythonKind = iota
	asgiApp
	djangoSite
	streamlitApp
	scriptServer
)

// asgi are the constructors of applications that uvicorn serves.
var (
	asgi       = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(FastAPI|Starlette|Quart|Litestar)\(`)
	runsItself = lazyregexp.New(`(?m)^if\s+__name__\s*==\s*["']__main__["']`)
	serves     = lazyregexp.New(`\bHTTPServer\(|\bTCPServer\(|\bmake_server\(|\brun_app\(|\buvicorn\.run\(|\bserve_forever\(|\bapp\.listen\(|\.run\([^)]*\bport\s*=|\brun_simple\(|\bwaitress\b.*\bserve\(|\bSanic\(|\bBottle\(|\bcherrypy\.quickstart\(|\bgrpc\.server\(|\.launch\([^)]*server_port|\brun_server\(|\bIOLoop\b|\bwebsockets\.serve\(|\bsocketio\.run\(`)
	streamlit  = lazyregexp.New(`(?m)^\s*import\s+streamlit\b`)
)

// pythonFiles are the names under which people keep a server's entry; in a
// folder with no requirements only these are opened.
var pythonFiles = []string{
	"wsgi.py", "app.py", "main.py", "server.py", "run.py", "application.py", "api.py", "asgi.py", "index.py",
	"flask_app.py", "backend.py", "manage.py", "__main__.py", "__init__.py",
}

// maxPythonEntries bounds how many files are opened to find the entry of one folder.
const maxPythonEntries = 150

// pythonCandidates are the folders that hold a Python server: those with
// requirements first, then folders with an entry file that no requirements
// above them cover.
func (s *scan) pythonCandidates() []*candidate {
	var found []*candidate
	covered := func(dir string) bool {
		return slices.ContainsFunc(found, func(c *candidate) bool { return c.Dir == "." || c.Dir == dir || strings.HasPrefix(dir, c.Dir+"/") })
	}
	for _, dir := range s.tree.Paths {
		needs := readRequirements(s.tree, dir)
		if needs == nil {
			continue
		}
		if c := s.pythonCandidate(dir, needs); c != nil {
			found = append(found, c)
			continue
		}
		s.tree.Reject(dir, s.whyNoPython(dir, needs), Evidence{File: needs.manifest})
	}
	probes := 200
	for _, dir := range s.tree.Paths {
		f := s.tree.Folder(dir)
		if f.First(pythonFiles[:len(pythonFiles)-2]...) == "" || asideFolders[path.Base(dir)] || covered(dir) || probes == 0 {
			continue
		}
		probes--
		if c := s.pythonCandidate(dir, nil); c != nil && c.python.kind != scriptServer {
			found = append(found, c)
		}
	}
	return found
}

func (s *scan) whyNoPython(dir string, needs *requirements) string {
	f := s.tree.Folder(dir)
	name := path.Base(needs.manifest)
	for _, file := range f.Names {
		if path.Ext(file) == ".py" && strings.Contains(s.tree.Text(path.Join(dir, file)), "def lambda_handler(") {
			return "a lambda: lambda_handler in " + file + ", no server"
		}
	}
	if f.Has("package.json") {
		return name + " beside a package.json, but no Python server under it"
	}
	return name + ", but no Python server under it"
}

// pythonCandidate is the folder as a service, or nil where nothing in it serves.
func (s *scan) pythonCandidate(dir string, needs *requirements) *candidate {
	app := s.pythonAppIn(dir, needs)
	if app == nil {
		return nil
	}
	c := &candidate{Service: Service{Dir: dir, Stack: Python}, python: app}
	if app.kind == flaskApp {
		c.Stack = Flask
	}
	s.describePython(c)
	return c
}

// pythonAppIn finds what to run among the folder's files and those below it
// that have no requirements of their own.
func (s *scan) pythonAppIn(dir string, needs *requirements) *pythonApp {
	sources := s.pythonSources(dir, needs != nil)
	if app := s.flaskAppIn(dir, sources); app != nil {
		app.needs = needs
		return app
	}
	for _, look := range []func(string, tree.File) *pythonApp{djangoIn, asgiIn, streamlitIn, scriptIn} {
		for _, source := range sources {
			if app := look(tree.Relative(dir, source.Path), source); app != nil {
				app.needs = needs
				return app
			}
		}
	}
	return nil
}

// pythonSources are the folder's Python files, those with an entry's name
// before the others at each depth.
func (s *scan) pythonSources(dir string, deep bool) []tree.File {
	folders := s.tree.Below(dir, func(f *tree.Folder) bool {
		if !deep || asideFolders[path.Base(f.Path)] || strings.Count(tree.Relative(dir, f.Path), "/") > 2 {
			return false
		}
		return !f.Has("package.json") && readRequirements(s.tree, f.Path) == nil
	})
	var sources []tree.File
	for _, f := range folders {
		names := slices.Clone(f.Names)
		slices.SortStableFunc(names, func(a, b string) int { return entryRank(a) - entryRank(b) })
		for _, name := range names {
			if len(sources) == maxPythonEntries {
				return sources
			}
			if path.Ext(name) != ".py" || isTest(name) || !deep && entryRank(name) == len(pythonFiles) {
				continue
			}
			sources = append(sources, s.tree.Source(path.Join(f.Path, name)))
		}
	}
	return sources
}

func entryRank(name string) int {
	if i := slices.Index(pythonFiles, name); i >= 0 {
		return i
	}
	return len(pythonFiles)
}

func djangoIn(name string, source tree.File) *pythonApp {
	if path.Base(name) != "manage.py" {
		return nil
	}
	if i := strings.Index(source.Text, "DJANGO_SETTINGS_MODULE"); i >= 0 {
		return &pythonApp{kind: djangoSite, entry: name, line: tree.LineAt(source.Text, i)}
	}
	return nil
}

func asgiIn(name string, source tree.File) *pythonApp {
	match := asgi.FindStringSubmatchIndex(source.Text)
	if match == nil {
		return nil
	}
	return &pythonApp{kind: asgiApp, entry: name, callable: source.Text[match[2]:match[3]], line: tree.LineAt(source.Text, match[0])}
}

func streamlitIn(name string, source tree.File) *pythonApp {
	if match := streamlit.FindStringIndex(source.Text); match != nil {
		return &pythonApp{kind: streamlitApp, entry: name, line: tree.LineAt(source.Text, match[0])}
	}
	return nil
}

func scriptIn(name string, source tree.File) *pythonApp {
	match := serves.FindStringIndex(source.Text)
	if match == nil || !runsItself.MatchString(source.Text) && entryRank(path.Base(name)) == len(pythonFiles) {
		return nil
	}
	return &pythonApp{kind: scriptServer, entry: name, line: tree.LineAt(source.Text, match[0])}
}

// describePython fills in what the folder itself decides.
func (s *scan) describePython(c *candidate) {
	c.Runtime.Language = "python"
	c.role = backend
	if c.python == nil {
		c.python = s.pythonAppIn(c.Dir, readRequirements(s.tree, c.Dir))
		if c.python == nil || (c.python.kind == flaskApp) != (c.Stack == Flask) {
			c.python = &pythonApp{
				kind: map[bool]pythonKind{true: flaskApp, false: scriptServer}[c.Stack == Flask], entry: "app.py", callable: "app",
				needs: readRequirements(s.tree, c.Dir),
			}
		}
	}
	app := c.python
	c.Packages = s.pythonPackages(c)
	entry := path.Join(c.Dir, app.entry)
	c.chdir = s.needsFolder(c.Dir, app.entry)
	switch app.kind {
	case flaskApp:
		c.Framework, c.defaultPort = "Flask", 5000
		c.Module, c.ProdModule = s.flaskModule(c.Dir, app)
		s.noteNeed(c, "flask", "flask")
	case asgiApp:
		match := asgi.FindStringSubmatch(s.tree.Source(entry).Text)
		c.Framework, c.defaultPort = match[2], 8000
		if c.Module = s.dotted(c.Dir, app.entry) + ":" + app.callable; c.chdir {
			c.Module = s.dotted(c.Dir, path.Base(app.entry)) + ":" + app.callable
		}
		s.noteNeed(c, strings.ToLower(match[2]), strings.ToLower(match[2]))
	case djangoSite:
		c.Framework, c.defaultPort, c.Module = "Django", 8000, app.entry
		c.ProdModule = s.djangoWSGI(c.Dir, app)
		s.noteNeed(c, "django", "django")
	case streamlitApp:
		c.Framework, c.defaultPort, c.Module = "Streamlit", 8501, app.entry
		s.noteNeed(c, "streamlit", "streamlit")
	default:
		c.Framework, c.defaultPort, c.Module = "Python", 8000, app.entry
	}
	if f := s.tree.Folder(path.Dir(entry)); f != nil && f.Has(path.Base(entry)) {
		text := map[pythonKind]string{flaskApp: "Flask application", scriptServer: "listens"}[app.kind]
		if text == "" {
			text = c.Framework
		}
		c.note(tree.At(entry, app.line, text))
	}
	s.pythonStarts(c)
}

func (s *scan) noteNeed(c *candidate, name, text string) {
	needs := c.python.needs
	if needs.needs(name) {
		c.note(tree.At(needs.manifest, needs.lines[name], text))
		return
	}
	if needs == nil {
		c.note(Evidence{Text: "no requirements file in " + c.Dir + " names its packages"})
	}
}

// pythonStarts are the command lines by which the service is started today.
func (s *scan) pythonStarts(c *candidate) {
	for _, name := range []string{path.Join(c.Dir, "Procfile"), path.Join(c.Dir, ".flaskenv")} {
		if f := s.tree.Folder(c.Dir); !f.Has(path.Base(name)) {
			continue
		}
		for i, line := range strings.Split(tree.BlankComments(s.tree.Text(name), "#"), "\n") {
			if strings.HasPrefix(line, "web:") || strings.Contains(line, "PORT=") {
				c.commands = append(c.commands, command{line, name, i + 1})
			}
		}
	}
}

// dotted is the module's import name as seen from the service's folder.
func (s *scan) dotted(dir, entry string) string {
	name := strings.TrimSuffix(entry, ".py")
	if name = strings.TrimSuffix(name, "/__init__"); name == "__init__" {
		return path.Base(dir)
	}
	return strings.ReplaceAll(name, "/", ".")
}

// needsFolder says whether a module below the service's folder is run with its
// own folder as the import path, as in `cd src && python main.py`: it lies in no
// package and imports nothing by its folder's name.
func (s *scan) needsFolder(dir, entry string) bool {
	top, _, nested := strings.Cut(entry, "/")
	if !nested || s.tree.Folder(path.Join(dir, path.Dir(entry))).Has("__init__.py") {
		return false
	}
	return !lazyregexp.New(`(?m)^\s*(?:from|import)\s+` + regexp.QuoteMeta(top) + `\b`).MatchString(s.tree.Source(path.Join(dir, entry)).Text)
}

func (s *scan) djangoWSGI(dir string, app *pythonApp) string {
	base := path.Join(dir, path.Dir(app.entry))
	for _, sub := range s.tree.Folder(base).Subs {
		if s.tree.Folder(sub).Has("wsgi.py") {
			return path.Base(sub) + ".wsgi:application"
		}
	}
	return ""
}

// commands are the development and the production command.
func (a *pythonApp) commands(c *candidate) (dev, prod []string) {
	port := strconv.Itoa(c.Port.Number)
	folder := path.Dir(a.entry)
	gunicorn := []string{"gunicorn", "--bind", "0.0.0.0:" + port}
	if folder != "." && (a.kind == djangoSite || c.chdir) {
		gunicorn = append(gunicorn, "--chdir", folder)
	}
	gunicorn = append(gunicorn, c.ProdModule)
	switch a.kind {
	case flaskApp:
		return []string{"flask", "run", "--host=0.0.0.0", "--port=" + port}, gunicorn
	case asgiApp:
		serve := []string{"uvicorn", c.Module, "--host", "0.0.0.0", "--port", port}
		if c.chdir {
			serve = append(serve, "--app-dir", folder)
		}
		return append(slices.Clip(serve), "--reload"), serve
	case djangoSite:
		dev = []string{"python", a.entry, "runserver", "0.0.0.0:" + port}
		if c.ProdModule == "" {
			return dev, dev
		}
		return dev, gunicorn
	case streamlitApp:
		dev = []string{"streamlit", "run", a.entry, "--server.address", "0.0.0.0", "--server.port", port}
		return dev, dev
	}
	return []string{"python", a.entry}, []string{"python", a.entry}
}
