package pip

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// Lock is a lock file: the exact versions of all packages that a manifest leads to.
type Lock struct {
	Manager  string            // empty where there is no lock file
	file     string            // path in the repository; empty where it holds nothing
	Versions map[string]string // by normalised name
	python   string            // the range of versions of Python that it was made for
	lacks    []string          // packages of the manifest that it does not hold: it is stale
}

// lockFiles are the lock files of a manifest's managers.
var lockFiles = []struct{ manifest, lock, manager string }{
	{"pyproject.toml", "uv.lock", "uv"}, {"pyproject.toml", "poetry.lock", "poetry"}, {"Pipfile", "Pipfile.lock", "pipenv"},
}

// LockOf is the lock file that goes with a manifest. Of two, the one that holds what the
// manifest asks for wins over a stale one.
func LockOf(t *tree.Tree, needs *Requirements) Lock {
	var best Lock
	if needs == nil {
		return best
	}
	dir := path.Dir(needs.Manifest)
	for _, known := range lockFiles {
		if path.Base(needs.Manifest) != known.manifest {
			continue
		}
		file := path.Join(dir, known.lock)
		if known.manager == "uv" && !t.Has(file) && needs.root != "" {
			file = path.Join(needs.root, known.lock)
		}
		if !t.Has(file) {
			continue
		}
		found := readLock(t.LockText(file), known.manager)
		if len(found.Versions) > 0 { // else it is broken or empty, and only tells which tool is used
			found.file, found.lacks = file, needs.lackedBy(found)
		}
		if best.Manager == "" || best.file == "" && found.file != "" {
			best = found
		}
		if found.file != "" && len(best.lacks) > 0 && len(found.lacks) == 0 {
			best = found
		}
	}
	return best
}

// lackedBy are the packages of the manifest that a lock file does not hold.
func (r *Requirements) lackedBy(l Lock) []string {
	var lacks []string
	for _, name := range r.direct {
		if l.Versions[name] == "" {
			lacks = append(lacks, name)
		}
	}
	slices.Sort(lacks)
	return lacks
}

var (
	lockedPackage = lazyregexp.New(`(?m)^name = "([^"\n]+)"\nversion = "([^"\n]+)"`)
	lockedPython  = lazyregexp.New(`(?m)^(?:requires-python|python-versions) = "([^"\n]+)"`)
)

// readLock reads the text of a lock file. One that cannot be read holds nothing.
func readLock(text, manager string) Lock {
	l := Lock{Manager: manager, Versions: map[string]string{}}
	if manager == "pipenv" {
		readPipfileLock(&l, text)
		return l
	}
	for _, match := range lockedPackage.FindAllStringSubmatch(text, -1) {
		l.Versions[normal(match[1])] = match[2]
	}
	// uv has one at the top; Poetry has one for each package, and that of the project at the end.
	if all := lockedPython.FindAllStringSubmatch(text, -1); len(all) > 0 {
		l.python = all[len(all)-1][1]
	}
	return l
}

func readPipfileLock(l *Lock, text string) {
	var file struct {
		Meta struct {
			Requires struct {
				Version string `json:"python_version"`
				Full    string `json:"python_full_version"`
			} `json:"requires"`
		} `json:"_meta"`
		Default map[string]struct {
			Version string `json:"version"`
			Path    string `json:"path"`
			Git     string `json:"git"`
			File    string `json:"file"`
		} `json:"default"`
	}
	if json.Unmarshal([]byte(text), &file) != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(file.Default)) {
		item := file.Default[name]
		version := strings.TrimPrefix(item.Version, "==")
		if version == "" {
			version = item.Path + item.Git + item.File
		}
		l.Versions[normal(name)] = version
	}
	l.python = pipenvPython(file.Meta.Requires.Version, file.Meta.Requires.Full)
}

// pipenvPython is the range that the python_version and python_full_version of Pipenv stand for.
func pipenvPython(version, full string) string {
	switch {
	case version != "":
		return "==" + version + ".*"
	case full != "":
		return "==" + full
	}
	return ""
}
