// Package pip is how packages of Python get into an image, whichever tool lists and locks them: lists of
// requirements, lock files, the version of Python, and what Debian has to give. It knows no frameworks.
package pip

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Requirements are the Python packages that a directory asks for, by their
// normalised name, with what the file says of the version.
type Requirements struct {
	Dir      string   // the directory whose packages they are
	Manifest string   // path in the repository
	Includes []string // files that the manifest takes in, lists and constraints, by path in the repository
	Versions map[string]string
	Extras   map[string]string // "binary" of psycopg[binary]
	Lines    map[string]int
	direct   []string // those that the manifest itself asks for and a lock file has to hold
	python   string   // requires-python, or the python of Poetry and Pipenv
	Local    []string // directories of the repository that packages are installed from, the manifest's own for "-e ."
	outside  []string // files and directories that it names and the repository does not have
	git      bool     // it takes packages from git
	root     string   // the directory of its uv workspace; empty for none
	name     string   // that of the project itself
	packaged bool     // the project itself is built as a package
}

// Needs says whether one of the packages is asked for.
func (r *Requirements) Needs(names ...string) bool {
	if r == nil {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool {
		_, found := r.Versions[name]
		return found
	})
}

// HoldsMore says whether packages come from directories or files, which may bring others.
func (r *Requirements) HoldsMore() bool { return len(r.Local)+len(r.outside) > 0 }

// Mention says whether the manifest, or a file that it takes in, matches.
func (r *Requirements) Mention(t *tree.Tree, pattern *lazyregexp.Regexp) bool {
	return r != nil && pattern != nil && slices.ContainsFunc(append(slices.Clip(r.Includes), r.Manifest), func(name string) bool {
		return pattern.MatchString(t.Text(name))
	})
}

// normal is a package's name as indexes compare it.
func normal(name string) string {
	return strings.Trim(strings.ToLower(notInPackage.ReplaceAllString(name, "-")), " ")
}

// Add notes a package, unless it is noted.
func (r *Requirements) Add(name, extras, version string, line int) {
	name = normal(name)
	if _, found := r.Versions[name]; !found && name != "" {
		r.Versions[name], r.Extras[name], r.Lines[name] = strings.TrimSpace(version), extras, line
	}
}

// addLocal notes a directory that a package is installed from.
func (r *Requirements) addLocal(t *tree.Tree, from, to string) {
	to = strings.TrimPrefix(strings.TrimPrefix(to, "file:"), "//")
	dir := path.Join(from, to)
	switch {
	case t.Directory(dir).First("pyproject.toml", "setup.py", "setup.cfg") == "":
		if len(r.outside) < maxLocal {
			r.outside = append(r.outside, dir)
		}
	case !slices.Contains(r.Local, dir) && len(r.Local) < maxLocal:
		r.Local = append(r.Local, dir)
	}
}

// maxLocal bounds how many directories of packages one service is made of.
const maxLocal = 100

var (
	notInPackage = lazyregexp.New(`[-_.]+`)
	includeLine  = lazyregexp.New(`^(-r|--requirement|-c|--constraint)[ =]*([^\s#]+)`)
	localLine    = lazyregexp.New(`^(?:(?:-e|--editable)[ =]*)?(?:[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?((?:file:)?\.{1,2}(?:/[^\s#;\[]*)?|file:[^\s#;/][^\s#;\[]*)(?:\[[^\]]*\])?\s*(?:[#;].*)?$`)
	// RequirementLine is a package with its extras and versions, as a list names it.
	RequirementLine = lazyregexp.New(`^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*([^;#]*)`)
)

// lists are the manifests of a directory, best first.
var lists = []string{
	"requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "requirements-dev.txt", "requirements_dev.txt",
	"requirements/requirements.txt", "requirements/dev.txt", "requirements/development.txt", "requirements/local.txt",
	"requirements/base.txt", "requirements/common.txt", "requirements/prod.txt", "requirements/production.txt",
}

// Read reads the best manifest of a directory, with the requirements
// files that it includes; nil where there is none.
func Read(t *tree.Tree, dir string) *Requirements {
	for _, name := range preferred(t, dir) {
		if !t.Has(path.Join(dir, name)) {
			continue
		}
		r := &Requirements{Dir: dir, Manifest: path.Join(dir, name), Versions: map[string]string{}, Extras: map[string]string{}, Lines: map[string]int{}}
		text := t.Text(r.Manifest)
		switch path.Ext(name) {
		case ".toml":
			if !asksForPackages.MatchString(text) {
				continue // settings of linters alone
			}
			addTOML(t, r, text, true)
		case ".txt":
			addRequirements(t, r, r.Manifest, 3)
		case "": // Pipfile
			addTOML(t, r, text, true)
		default:
			for _, match := range quoted.FindAllStringSubmatchIndex(text, -1) {
				r.Add(text[match[2]:match[3]], "", "", tree.LineAt(text, match[2]))
			}
		}
		if project := path.Join(dir, "pyproject.toml"); path.Ext(name) == ".txt" && t.Has(project) {
			addTOML(t, r, t.Text(project), false)
		}
		return r
	}
	return nil
}

// preferred are the manifests of a directory in the order in which they count: those that the
// README installs from come first.
func preferred(t *tree.Tree, dir string) []string {
	directory := t.Directory(dir)
	several := 0
	for _, name := range lists[:3] {
		if directory.Has(name) {
			several++
		}
	}
	if several < 2 {
		return append(slices.Clip(lists), oddList(directory)...)
	}
	for _, name := range slices.Concat(directory.Names, t.Directory(".").Names) {
		if !strings.HasPrefix(strings.ToLower(name), "readme") {
			continue
		}
		text := t.Text(path.Join(dir, name))
		if text == "" {
			text = t.Text(name)
		}
		for _, said := range installs {
			if said.pattern.MatchString(text) {
				return append([]string{said.manifest}, lists...)
			}
		}
	}
	return lists
}

// oddNames are lists of packages under other names than pip's documentation uses.
var oddNames = lazyregexp.New(`(?i)^(?:requirements?|req|reqs|requirments?|requirement[-_]?list)\.txt$`)

// oddList is the list of a directory that has one under another name than usual.
func oddList(directory *tree.Directory) []string {
	for _, name := range directory.Names {
		if oddNames.MatchString(name) && name != lists[0] {
			return []string{name}
		}
	}
	return nil
}

// installs are the commands of a README that say which manifest counts, in the order in which
// they are believed.
var installs = []struct {
	pattern  *lazyregexp.Regexp
	manifest string
}{
	{lazyregexp.New(`\bpip3? install (?:-\w+ )*(?:-r|--requirement)[ =]*["']?(?:\./)?requirements\.txt`), "requirements.txt"},
	{lazyregexp.New(`\b(?:uv (?:sync|run)|poetry (?:install|run|shell)|pdm install)\b`), "pyproject.toml"},
	{lazyregexp.New(`\bpipenv (?:install|sync|run|shell)\b`), "Pipfile"},
}

var asksForPackages = lazyregexp.New(`(?m)^\[(?:project|tool\.poetry)\b`)

// quoted are the requirements in a setup.py: any quoted word, which is enough
// to ask whether a package is named.
var quoted = lazyregexp.New(`["']([A-Za-z][\w.-]*)`)

func addRequirements(t *tree.Tree, r *Requirements, name string, depth int) {
	for i, line := range strings.Split(t.Text(name), "\n") {
		trimmed := strings.TrimSpace(line)
		r.git = r.git || strings.Contains(trimmed, "git+") && !strings.HasPrefix(trimmed, "#")
		if match := includeLine.FindStringSubmatch(trimmed); match != nil {
			included := path.Join(path.Dir(name), match[2])
			if depth == 0 || included == r.Manifest || slices.Contains(r.Includes, included) || !t.Has(included) {
				continue
			}
			r.Includes = append(r.Includes, included)
			if !strings.HasPrefix(match[1], "-c") && match[1] != "--constraint" { // those ask for nothing
				addRequirements(t, r, included, depth-1)
			}
			continue
		}
		if match := localLine.FindStringSubmatch(trimmed); match != nil {
			r.addLocal(t, r.Dir, match[1]) // pip takes it from where it runs
			continue
		}
		if match := RequirementLine.FindStringSubmatch(trimmed); match != nil {
			r.Add(match[1], match[2], match[3], i+1)
		}
	}
}

// Names says whether a list of packages names one; of its version it says nothing.
func Names(read func(string) string, name string) (versions string, found bool) {
	for _, file := range []string{"requirements.txt", "pyproject.toml", "Pipfile", "requirements/base.txt", "requirements/dev.txt", "setup.py"} {
		if versions, found = stack.Match(read(file), `(?mi)(?:^[ \t]*|["'])`+regexp.QuoteMeta(name)+`(?:\[[^\]]*\])?()(?:[ \t\r"'=<>~!;,@#]|$)`); found {
			return versions, true
		}
	}
	return "", false
}
