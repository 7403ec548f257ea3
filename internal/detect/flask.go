package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	flaskInstance = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:flask\.)?(?:Flask|APIFlask|OpenAPI)\(`)
	flaskMade     = lazyregexp.New(`(?m)^(\w+)\s*(?:,\s*\w+\s*)?(?::\s*[\w.]+\s*)?=\s*(?:[\w.]+\.)?(?:create_app|make_app|create_application)\(`)
	flaskImported = lazyregexp.New(`(?m)^from\s+[\w.]+\s+import\s+(?:[\w ,]+,\s*)?(app|application)\b`)
	flaskFactory  = lazyregexp.New(`(?m)^def\s+(create_app|make_app|create_application)\(([^)]*)\)`)
	flaskName     = lazyregexp.New(`(?m)^\s*FLASK_APP\s*=\s*["']?([\w./:()-]+)`)
)

// flaskAppIn finds the application as Flask itself would, then as people do: the
// module that FLASK_APP names, wsgi.py or app.py in the folder, a module with
// an application, a factory.
func (s *scan) flaskAppIn(dir string, sources []tree.File) *pythonApp {
	if app := s.flaskAppNamed(dir); app != nil {
		return app
	}
	if len(sources) == 0 || !slices.ContainsFunc(sources, mentionsFlask) {
		return nil
	}
	// Nearest first: what lies deeper is imported by it, or is a tool's.
	for len(sources) > 0 {
		depth := strings.Count(sources[0].Path, "/")
		level := sources
		if i := slices.IndexFunc(sources, func(s tree.File) bool { return strings.Count(s.Path, "/") > depth }); i > 0 {
			level = sources[:i]
		}
		sources = sources[len(level):]
		if app := flaskAppAmong(dir, level); app != nil {
			return app
		}
	}
	return nil
}

// flaskAppAmong finds the application among the files of one depth.
func flaskAppAmong(dir string, sources []tree.File) *pythonApp {
	for _, looks := range [][]callableFinder{{instanceIn, madeIn, importedIn, factoryIn}, {instanceIn, madeIn, importedIn}, {factoryIn}} {
		for _, source := range sources {
			own := path.Base(source.Path) == "app.py" || path.Base(source.Path) == "wsgi.py"
			if len(looks) == 4 && !own {
				continue // Flask itself looks in these two first
			}
			if callable, offset := firstCallable(source, looks); callable != "" {
				return &pythonApp{kind: flaskApp, entry: tree.Relative(dir, source.Path), callable: callable, line: tree.LineAt(source.Text, offset)}
			}
		}
	}
	return nil
}

// callableFinder finds the application in a module: its variable or factory call, and where.
type callableFinder func(tree.File) (callable string, offset int)

func firstCallable(source tree.File, finders []callableFinder) (string, int) {
	for _, find := range finders {
		if callable, offset := find(source); callable != "" {
			return callable, offset
		}
	}
	return "", 0
}

// importedIn is the application that a module imports to run it.
func importedIn(source tree.File) (string, int) {
	if !strings.Contains(source.Text, ".run(") && path.Base(source.Path) != "wsgi.py" {
		return "", 0
	}
	return firstGroup(flaskImported, source.Text)
}

func mentionsFlask(source tree.File) bool {
	return strings.Contains(source.Text, "Flask(") || strings.Contains(source.Text, "OpenAPI(")
}

// instanceIn is the variable of an application at the top of a module.
func instanceIn(source tree.File) (string, int) { return firstGroup(flaskInstance, source.Text) }

// madeIn is the variable that a module fills by calling a factory of another.
func madeIn(source tree.File) (string, int) { return firstGroup(flaskMade, source.Text) }

// factoryIn is a factory that can be called with no arguments.
func factoryIn(source tree.File) (string, int) {
	match := flaskFactory.FindStringSubmatchIndex(source.Text)
	if match == nil || !strings.Contains(source.Text, "Flask(") {
		return "", 0
	}
	for parameter := range strings.SplitSeq(source.Text[match[4]:match[5]], ",") {
		if parameter = strings.TrimSpace(parameter); parameter != "" && !strings.ContainsAny(parameter, "=*") {
			return "", 0
		}
	}
	return source.Text[match[2]:match[3]] + "()", match[0]
}

func firstGroup(pattern *lazyregexp.Regexp, text string) (string, int) {
	match := pattern.FindStringSubmatchIndex(text)
	if match == nil {
		return "", 0
	}
	return text[match[2]:match[3]], match[0]
}

// flaskAppNamed is the application that the folder's .flaskenv or .env names.
func (s *scan) flaskAppNamed(dir string) *pythonApp {
	f := s.tree.Folder(dir)
	for _, name := range []string{".flaskenv", ".env", ".env.example"} {
		if !f.Has(name) {
			continue
		}
		match := flaskName.FindStringSubmatch(s.tree.Text(path.Join(dir, name)))
		if match == nil {
			continue
		}
		module, callable, _ := strings.Cut(match[1], ":")
		base := strings.ReplaceAll(strings.TrimSuffix(module, ".py"), ".", "/")
		for _, entry := range []string{base + ".py", base + "/__init__.py", base + "/app.py", base + "/wsgi.py"} {
			full := path.Join(dir, entry)
			if inner := s.tree.Folder(path.Dir(full)); inner == nil || !inner.Has(path.Base(full)) {
				continue
			}
			source := s.tree.Source(full)
			if callable == "" {
				callable, _ = firstCallable(source, []callableFinder{instanceIn, madeIn, importedIn, factoryIn})
			}
			if callable != "" {
				return &pythonApp{kind: flaskApp, entry: path.Clean(entry), callable: callable, line: 1}
			}
		}
	}
	return nil
}

// flaskModule is FLASK_APP and gunicorn's name of the application. Flask finds
// "app", "application" and the usual factories in a module by itself. A file
// that is run from its own folder is given by path, which puts that folder on
// Python's path; gunicorn gets --chdir for the same.
func (s *scan) flaskModule(dir string, app *pythonApp) (module, prod string) {
	suffix := ""
	if !slices.Contains([]string{"app", "application", "create_app()", "make_app()"}, app.callable) {
		suffix = ":" + strings.TrimSuffix(app.callable, "()")
	}
	if s.needsFolder(dir, app.entry) {
		return app.entry + suffix, strings.TrimSuffix(path.Base(app.entry), ".py") + ":" + app.callable
	}
	name := s.dotted(dir, app.entry)
	return name + suffix, name + ":" + app.callable
}
