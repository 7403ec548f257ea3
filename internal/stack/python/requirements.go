package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// requirements are the Python packages that a directory asks for, by their
// normalised name, with what the file says of the version.
type requirements struct {
	manifest string   // path in the repository
	includes []string // files that the manifest takes in, lists and constraints, by path in the repository
	versions map[string]string
	lines    map[string]int
	python   string // requires-python, or the python of Poetry and Pipenv
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

func (r *requirements) add(name, version string, line int) {
	name = strings.ToLower(notInPackage.ReplaceAllString(name, "-"))
	if _, found := r.versions[name]; !found && name != "" {
		r.versions[name], r.lines[name] = strings.TrimSpace(version), line
	}
}

var (
	notInPackage    = lazyregexp.New(`[-_.]+`)
	includeLine     = lazyregexp.New(`^(-r|--requirement|-c|--constraint)[ =]*([^\s#]+)`)
	requirementLine = lazyregexp.New(`^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)`)
)

// readRequirements reads the best manifest of a directory, with the requirements
// files that it includes; nil where there is none.
func readRequirements(t *tree.Tree, dir string) *requirements {
	f := t.Directory(dir)
	for _, name := range []string{"requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "requirements-dev.txt", "requirements_dev.txt"} {
		if !f.Has(name) {
			continue
		}
		r := &requirements{manifest: path.Join(dir, name), versions: map[string]string{}, lines: map[string]int{}}
		text := t.Text(r.manifest)
		switch path.Ext(name) {
		case ".toml":
			if !asksForPackages.MatchString(text) {
				continue // settings of linters alone
			}
			addTOML(r, text)
		case ".txt":
			addRequirements(t, r, r.manifest, 3)
		case "": // Pipfile
			addTOML(r, text)
		default:
			for _, match := range quoted.FindAllStringSubmatchIndex(text, -1) {
				r.add(text[match[2]:match[3]], "", tree.LineAt(text, match[2]))
			}
		}
		if name == "requirements.txt" && f.Has("pyproject.toml") {
			addTOML(r, t.Text(path.Join(dir, "pyproject.toml")))
		}
		return r
	}
	return nil
}

var asksForPackages = lazyregexp.New(`(?m)^\[(?:project|tool\.poetry)\b`)

// quoted are the requirements in a setup.py: any quoted word, which is enough
// to ask whether a package is named.
var quoted = lazyregexp.New(`["']([A-Za-z][\w.-]*)`)

func addRequirements(t *tree.Tree, r *requirements, name string, depth int) {
	for i, line := range strings.Split(t.Text(name), "\n") {
		trimmed := strings.TrimSpace(line)
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
		if match := requirementLine.FindStringSubmatch(trimmed); match != nil {
			r.add(match[1], match[2], i+1)
		}
	}
}

// projectFile is what detection takes from pyproject.toml and Pipfile.
type projectFile struct {
	Project struct {
		Dependencies   any    `toml:"dependencies"`
		RequiresPython any    `toml:"requires-python"`
		Optional       any    `toml:"optional-dependencies"`
		Name           string `toml:"-"`
	} `toml:"project"`
	Tool struct {
		Poetry map[string]any `toml:"poetry"`
		Uv     map[string]any `toml:"uv"`
	} `toml:"tool"`
	Packages map[string]any `toml:"packages"` // Pipfile
	Requires map[string]any `toml:"requires"` // Pipfile
}

func addTOML(r *requirements, text string) {
	var file projectFile
	if toml.Unmarshal([]byte(text), &file) != nil {
		return
	}
	lineOf := func(name string) int {
		if i := strings.Index(text, name); i >= 0 {
			return tree.LineAt(text, i)
		}
		return 0
	}
	list, _ := file.Project.Dependencies.([]any)
	for _, item := range list {
		line, _ := item.(string)
		if match := requirementLine.FindStringSubmatch(line); match != nil {
			r.add(match[1], match[2], lineOf(match[1]))
		}
	}
	poetry, _ := file.Tool.Poetry["dependencies"].(map[string]any)
	for _, table := range []map[string]any{poetry, file.Packages} {
		for name, value := range table {
			version, _ := value.(string)
			if detailed, ok := value.(map[string]any); ok {
				version, _ = detailed["version"].(string)
			}
			if name == "python" {
				r.python = version
				continue
			}
			r.add(name, version, lineOf(name))
		}
	}
	if version, ok := file.Requires["python_version"].(string); ok {
		r.python = "==" + version + ".*"
	}
	if version, ok := file.Project.RequiresPython.(string); ok {
		r.python = version
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
