package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// requirements are the Python packages that a directory asks for, by their
// normalised name, with what the file says of the version.
type requirements struct {
	dir      string   // the directory whose packages they are
	manifest string   // path in the repository
	includes []string // files that the manifest takes in, lists and constraints, by path in the repository
	versions map[string]string
	extras   map[string]string // "binary" of psycopg[binary]
	lines    map[string]int
	direct   []string // those that the manifest itself asks for and a lock file has to hold
	python   string   // requires-python, or the python of Poetry and Pipenv
	local    []string // directories of the repository that packages are installed from, the manifest's own for "-e ."
	outside  []string // files and directories that it names and the repository does not have
	git      bool     // it takes packages from git
	root     string   // the directory of its uv workspace; empty for none
	name     string   // that of the project itself
	packaged bool     // the project itself is built as a package
}

func (r *requirements) needs(names ...string) bool {
	if r == nil {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool {
		_, found := r.versions[name]
		return found
	})
}

// normal is a package's name as indexes compare it.
func normal(name string) string {
	return strings.Trim(strings.ToLower(notInPackage.ReplaceAllString(name, "-")), " ")
}

func (r *requirements) add(name, extras, version string, line int) {
	name = normal(name)
	if _, found := r.versions[name]; !found && name != "" {
		r.versions[name], r.extras[name], r.lines[name] = strings.TrimSpace(version), extras, line
	}
}

// addLocal notes a directory that a package is installed from.
func (r *requirements) addLocal(t *tree.Tree, from, to string) {
	to = strings.TrimPrefix(strings.TrimPrefix(to, "file:"), "//")
	dir := path.Join(from, to)
	switch {
	case t.Directory(dir).First("pyproject.toml", "setup.py", "setup.cfg") == "":
		if len(r.outside) < maxLocal {
			r.outside = append(r.outside, dir)
		}
	case !slices.Contains(r.local, dir) && len(r.local) < maxLocal:
		r.local = append(r.local, dir)
	}
}

// maxLocal bounds how many directories of packages one service is made of.
const maxLocal = 100

var (
	notInPackage    = lazyregexp.New(`[-_.]+`)
	includeLine     = lazyregexp.New(`^(-r|--requirement|-c|--constraint)[ =]*([^\s#]+)`)
	localLine       = lazyregexp.New(`^(?:(?:-e|--editable)[ =]*)?(?:[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?((?:file:)?\.{1,2}(?:/[^\s#;\[]*)?|file:[^\s#;/][^\s#;\[]*)(?:\[[^\]]*\])?\s*(?:[#;].*)?$`)
	requirementLine = lazyregexp.New(`^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*([^;#]*)`)
)

// lists are the manifests of a directory, best first.
var lists = []string{
	"requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "requirements-dev.txt", "requirements_dev.txt",
	"requirements/requirements.txt", "requirements/dev.txt", "requirements/development.txt", "requirements/local.txt",
	"requirements/base.txt", "requirements/common.txt", "requirements/prod.txt", "requirements/production.txt",
}

// readRequirements reads the best manifest of a directory, with the requirements
// files that it includes; nil where there is none.
func readRequirements(t *tree.Tree, dir string) *requirements {
	for _, name := range preferred(t, dir) {
		if !t.Has(path.Join(dir, name)) {
			continue
		}
		r := &requirements{dir: dir, manifest: path.Join(dir, name), versions: map[string]string{}, extras: map[string]string{}, lines: map[string]int{}}
		text := t.Text(r.manifest)
		switch path.Ext(name) {
		case ".toml":
			if !asksForPackages.MatchString(text) {
				continue // settings of linters alone
			}
			addTOML(t, r, text, true)
		case ".txt":
			addRequirements(t, r, r.manifest, 3)
		case "": // Pipfile
			addTOML(t, r, text, true)
		default:
			for _, match := range quoted.FindAllStringSubmatchIndex(text, -1) {
				r.add(text[match[2]:match[3]], "", "", tree.LineAt(text, match[2]))
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
		return lists
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

func addRequirements(t *tree.Tree, r *requirements, name string, depth int) {
	for i, line := range strings.Split(t.Text(name), "\n") {
		trimmed := strings.TrimSpace(line)
		r.git = r.git || strings.Contains(trimmed, "git+") && !strings.HasPrefix(trimmed, "#")
		if match := includeLine.FindStringSubmatch(trimmed); match != nil {
			included := path.Join(path.Dir(name), match[2])
			f := t.Directory(path.Dir(included))
			if depth == 0 || included == r.manifest || slices.Contains(r.includes, included) || f == nil || !f.Has(path.Base(included)) {
				continue
			}
			r.includes = append(r.includes, included)
			if !strings.HasPrefix(match[1], "-c") && match[1] != "--constraint" { // those ask for nothing
				addRequirements(t, r, included, depth-1)
			}
			continue
		}
		if match := localLine.FindStringSubmatch(trimmed); match != nil {
			r.addLocal(t, r.dir, match[1]) // pip takes it from where it runs
			continue
		}
		if match := requirementLine.FindStringSubmatch(trimmed); match != nil {
			r.add(match[1], match[2], match[3], i+1)
		}
	}
}

// wants says whether a list of packages names one; of its version it says nothing.
func wants(read func(string) string, name string) (versions string, found bool) {
	for _, file := range []string{"requirements.txt", "pyproject.toml", "Pipfile", "requirements/base.txt", "requirements/dev.txt", "setup.py"} {
		if versions, found = stack.Match(read(file), `(?mi)(?:^[ \t]*|["'])`+regexp.QuoteMeta(name)+`(?:\[[^\]]*\])?()(?:[ \t\r"'=<>~!;,@#]|$)`); found {
			return versions, true
		}
	}
	return "", false
}
