package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// makers are the functions of the sources that make an application of a framework, and the
// classes that are one, by name: those in whose body it is made, and those that call these.
// The value says whether one can be called without arguments.
type makers map[string]bool

var (
	function   = lazyregexp.New(`(?m)^def[ \t]+(\w+)\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)[^\n]*:`)
	subclass   = lazyregexp.New(`(?m)^class[ \t]+(\w+)\([^)]*?\b(FastAPI|Flask|APIFlask|OpenAPI)\s*[,)]`)
	calls      = lazyregexp.New(`\b(\w+)\(`)
	madeAtTop  = lazyregexp.New(`(?m)^(\w+)\s*(?:,\s*\w+\s*)*(?::\s*[\w.\[\]]+\s*)?=\s*(?:[\w.]+\.)?(\w+)\(`)
	madeToRun  = lazyregexp.New(`(?m)^[ \t]+(\w+)\s*(?:,\s*\w+\s*)*=\s*(?:[\w.]+\.)?(\w+)\(`)
	runsServer = lazyregexp.New(`\.run\(|\bserve\(`)
)

// makersOf finds the makers of what the pattern constructs.
func makersOf(sources []tree.File, constructs *lazyregexp.Regexp) makers {
	found := makers{}
	type candidate struct {
		name, body string
		plain      bool
	}
	var others []candidate
	for _, source := range sources {
		for _, match := range subclass.FindAllStringSubmatch(source.Text, -1) {
			if constructs.MatchString(match[2] + "(") {
				found[match[1]] = false
			}
		}
		for _, match := range function.FindAllStringSubmatchIndex(source.Text, -1) {
			c := candidate{source.Text[match[2]:match[3]], bodyAt(source.Text, match[1]), callsPlainly(source.Text[match[4]:match[5]])}
			if constructs.MatchString(c.body) {
				found[c.name] = c.plain
			} else {
				others = append(others, c)
			}
		}
	}
	for _, c := range others {
		if _, known := found[c.name]; !known && strings.Contains(c.body, "return") && callsOne(c.body, found) {
			found[c.name] = c.plain
		}
	}
	return found
}

func callsOne(body string, found makers) bool {
	return slices.ContainsFunc(calls.FindAllStringSubmatch(body, -1), func(match []string) bool {
		_, makes := found[match[1]]
		return makes
	})
}

// bodyAt is the indented text behind the head of a function.
func bodyAt(text string, at int) string {
	end := at
	for line := range strings.Lines(text[at:]) {
		if end > at && strings.TrimSpace(line) != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			break
		}
		end += len(line)
	}
	return text[at:end]
}

// callsPlainly says whether a function with these parameters can be called without arguments.
func callsPlainly(parameters string) bool {
	depth, start := 0, 0
	for i, c := range parameters + "," {
		switch {
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		case c == ',' && depth == 0:
			if one := strings.TrimSpace(parameters[start:i]); one != "" && one != "/" && !strings.ContainsAny(one, "=*") {
				return false
			}
			start = i + 1
		}
	}
	return true
}

// madeBy is the variable that a module fills by a maker, where the pattern finds it.
func (m makers) madeBy(pattern *lazyregexp.Regexp, source tree.File) (variable string, offset int) {
	for _, match := range pattern.FindAllStringSubmatchIndex(source.Text, -1) {
		if _, makes := m[source.Text[match[4]:match[5]]]; makes {
			return source.Text[match[2]:match[3]], match[0]
		}
	}
	return "", 0
}

// factoryIn is a maker of the module that can be called without arguments, as a call.
func (m makers) factoryIn(source tree.File) (callable string, offset int) {
	for _, match := range function.FindAllStringSubmatchIndex(source.Text, -1) {
		if name := source.Text[match[2]:match[3]]; m[name] && callsPlainly(source.Text[match[4]:match[5]]) {
			return name + "()", match[0]
		}
	}
	return "", 0
}

// ranAsFile finds the file that makes the application and runs it only where it is started
// itself: under `if __name__ == "__main__"`, or in a function that is called there.
func (m makers) ranAsFile(a *stack.App, text string) bool {
	for _, source := range a.Sources {
		at := runsItself.FindStringIndex(source.Text)
		if at == nil || !runsServer.MatchString(source.Text) {
			continue
		}
		if variable, offset := m.madeBy(madeToRun, source); variable != "" {
			setEntry(a, source.Path, "", tree.LineAt(source.Text, offset), text)
			return true
		}
	}
	return false
}

var (
	startsModule = lazyregexp.New(`\b(?:uvicorn|gunicorn|hypercorn|daphne|granian)\b[^\n|&;]*?[\s"'` + "`" + `]([A-Za-z_][\w.]*):([A-Za-z_]\w*)(\(\))?([^\n|&;` + "`" + `]*)`)
	runsModule   = lazyregexp.New(`\buvicorn\.run\(\s*["']([A-Za-z_][\w.]*):([A-Za-z_]\w*)["']([^\n)]*)`)
)

// startNames finds the application that a start command names: in the Procfile, the README, or in
// source that runs uvicorn by name. The file that it names must exist.
func startNames(a *stack.App, text string) bool {
	for _, file := range []string{path.Join(a.Dir, "Procfile"), readmeOf(a.Tree, a.Dir), readmeOf(a.Tree, ".")} {
		content := a.Tree.Text(file)
		for _, match := range startsModule.FindAllStringSubmatch(content, -1) {
			factory := match[3] != "" || strings.Contains(match[4], "--factory")
			if enterModule(a, match[1], match[2], factory, text) {
				return true
			}
		}
	}
	for _, source := range a.Sources {
		if match := runsModule.FindStringSubmatch(source.Text); match != nil && enterModule(a, match[1], match[2], strings.Contains(match[3], "factory"), text) {
			return true
		}
	}
	return false
}

// enterModule enters the file of a module, where the service has it and it defines the name.
func enterModule(a *stack.App, module, name string, factory bool, text string) bool {
	base := path.Join(a.Dir, strings.ReplaceAll(module, ".", "/"))
	for _, file := range []string{base + ".py", base + "/__init__.py"} {
		if !a.Tree.Has(file) {
			continue
		}
		defined := lazyregexp.New(`(?m)^(?:def[ \t]+)?` + name + `\b`).FindStringIndex(a.Tree.Source(file).Text)
		if defined == nil {
			return false
		}
		callable := name
		if factory {
			callable += "()"
		}
		setEntry(a, file, callable, tree.LineAt(a.Tree.Source(file).Text, defined[0]), text)
		return true
	}
	return false
}

func readmeOf(t *tree.Tree, dir string) string {
	for _, name := range t.Directory(dir).Names {
		if strings.HasPrefix(strings.ToLower(name), "readme") {
			return path.Join(dir, name)
		}
	}
	return ""
}
