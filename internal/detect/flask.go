package detect

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	flaskInstance = regexp.MustCompile(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:flask\.)?(?:Flask|APIFlask|OpenAPI)\(`)
	flaskMade     = regexp.MustCompile(`(?m)^(\w+)\s*(?:,\s*\w+\s*)?(?::\s*[\w.]+\s*)?=\s*(?:[\w.]+\.)?(?:create_app|make_app|create_application)\(`)
	flaskFactory  = regexp.MustCompile(`(?m)^def\s+(create_app|make_app|create_application)\(([^)]*)\)`)
	flaskName     = regexp.MustCompile(`(?m)^\s*FLASK_APP\s*=\s*["']?([\w./:()-]+)`)
)

// flaskAppIn finds the application as Flask itself would, then as people do: the
// module that FLASK_APP names, wsgi.py or app.py in the folder, a module with
// an application, a factory.
func (s *scan) flaskAppIn(dir string, sources []file) *pythonApp {
	if app := s.flaskAppNamed(dir); app != nil {
		return app
	}
	if len(sources) == 0 || !slices.ContainsFunc(sources, mentionsFlask) {
		return nil
	}
	for _, look := range []func(file) (string, int){instanceIn, madeIn, factoryIn} {
		for _, source := range sources {
			if callable, offset := look(source); callable != "" {
				return &pythonApp{kind: flaskApp, entry: relative(dir, source.path), callable: callable, line: lineAt(source.text, offset)}
			}
		}
	}
	return nil
}

func mentionsFlask(source file) bool {
	return strings.Contains(source.text, "Flask(") || strings.Contains(source.text, "OpenAPI(")
}

// instanceIn is the variable of an application at the top of a module.
func instanceIn(source file) (string, int) { return firstGroup(flaskInstance, source.text) }

// madeIn is the variable that a module fills by calling a factory of another.
func madeIn(source file) (string, int) { return firstGroup(flaskMade, source.text) }

// factoryIn is a factory that can be called with no arguments.
func factoryIn(source file) (string, int) {
	match := flaskFactory.FindStringSubmatchIndex(source.text)
	if match == nil || !strings.Contains(source.text, "Flask(") {
		return "", 0
	}
	for parameter := range strings.SplitSeq(source.text[match[4]:match[5]], ",") {
		if parameter = strings.TrimSpace(parameter); parameter != "" && !strings.ContainsAny(parameter, "=*") {
			return "", 0
		}
	}
	return source.text[match[2]:match[3]] + "()", match[0]
}

func firstGroup(pattern *regexp.Regexp, text string) (string, int) {
	match := pattern.FindStringSubmatchIndex(text)
	if match == nil {
		return "", 0
	}
	return text[match[2]:match[3]], match[0]
}

// flaskAppNamed is the application that the folder's .flaskenv or .env names.
func (s *scan) flaskAppNamed(dir string) *pythonApp {
	f := s.tree.folders[dir]
	for _, name := range []string{".flaskenv", ".env", ".env.example"} {
		if !f.has(name) {
			continue
		}
		match := flaskName.FindStringSubmatch(s.tree.files.text(path.Join(dir, name)))
		if match == nil {
			continue
		}
		module, callable, _ := strings.Cut(match[1], ":")
		base := strings.ReplaceAll(strings.TrimSuffix(module, ".py"), ".", "/")
		for _, entry := range []string{base + ".py", base + "/__init__.py", base + "/app.py", base + "/wsgi.py"} {
			full := path.Join(dir, entry)
			if inner := s.tree.folders[path.Dir(full)]; inner == nil || !inner.has(path.Base(full)) {
				continue
			}
			source := s.tree.files.source(full)
			if callable == "" {
				callable = s.callableOf(source)
			}
			if callable != "" {
				return &pythonApp{kind: flaskApp, entry: path.Clean(entry), callable: callable, line: 1}
			}
		}
	}
	return nil
}

func (s *scan) callableOf(source file) string {
	for _, look := range []func(file) (string, int){instanceIn, madeIn, factoryIn} {
		if callable, _ := look(source); callable != "" {
			return callable
		}
	}
	return ""
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
