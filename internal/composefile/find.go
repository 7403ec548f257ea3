package composefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The names under which a config is found without being named, in the order in
// which they win.
var (
	devupNames    = []string{"devup.yaml", "devup.yml"}
	composeNames  = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}
	overrideNames = []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
)

// found is the set of files that make up a project.
type found struct {
	files []string // absolute, in the order in which they are merged
	notes []string
}

// search decides which files to read: the named ones, else those of COMPOSE_FILE,
// else those of the nearest directory that has some.
func search(dir string, named []string, env map[string]string) (found, error) {
	if len(named) > 0 {
		return existing(dir, named, "")
	}
	if list := env["COMPOSE_FILE"]; list != "" {
		separator := env["COMPOSE_PATH_SEPARATOR"]
		if separator == "" {
			separator = string(os.PathListSeparator)
		}
		return existing(dir, strings.Split(list, separator), " (from COMPOSE_FILE)")
	}
	if err := usable(dir); err != nil {
		return found{}, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		f := inDirectory(at)
		if len(f.files) > 0 {
			if at != dir {
				f.notes = append(f.notes, fmt.Sprintf("the project is in %s, above this directory", at))
			}
			return f, nil
		}
		if at == filepath.Dir(at) {
			return found{}, noProject(dir)
		}
	}
}

// usable says what is wrong with a directory that cannot be looked into. A search from
// there would find no config, or a wrong one above, whatever lies in it.
func usable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() {
		_, err = os.Stat(filepath.Join(dir, devupNames[0]))
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e := fail.Wrap(err, fail.Denied, "check who may use it: ls -ld "+strconv.Quote(dir), "the directory %s may not be read", dir)
		e.CauseShown = true
		return e
	case info == nil && errors.Is(err, fs.ErrNotExist):
		return fail.New(fail.Usage, "", "there is no directory %s", dir)
	case info != nil && !info.IsDir():
		return fail.New(fail.Usage, "", "%s is not a directory", dir)
	}
	return nil
}

// absolute makes the names of files independent of the current directory.
func absolute(dir string, names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = name
		if name != standardInput && !filepath.IsAbs(name) {
			paths[i] = filepath.Join(dir, name)
		}
	}
	return paths
}

// existing makes the named files absolute and checks that each is there.
func existing(dir string, names []string, origin string) (found, error) {
	f := found{files: absolute(dir, names)}
	for i, path := range f.files {
		if remote(names[i]) {
			return f, fail.New(fail.Usage, "clone the repository and name the file in it", "%s is on another machine, and a config is only read from files%s", names[i], origin)
		}
		if path == standardInput {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil && os.IsNotExist(err):
			return f, fail.New(fail.NoProject, "", "there is no file %s%s", path, origin)
		case err != nil:
			return f, fail.Wrap(err, fail.Denied, "", "%s cannot be read%s", path, origin)
		case info.IsDir():
			return f, fail.New(fail.NoProject, "name the file in it, or use -C", "%s is a directory%s", path, origin)
		}
	}
	return f, nil
}

// remote tells whether Compose would fetch what the name of a file leads to.
func remote(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "git@") || strings.HasPrefix(name, "github.com/")
}

// inDirectory lists the config files of one directory: compose file, its override,
// and devup.yaml on top.
func inDirectory(dir string) found {
	var f found
	first := func(names []string) string {
		there := present(dir, names)
		if len(there) == 0 {
			return ""
		}
		if len(there) > 1 {
			f.notes = append(f.notes, fmt.Sprintf("%s is used, and %s is not", there[0], strings.Join(there[1:], ", ")))
		}
		return there[0]
	}
	compose := first(composeNames)
	override := ""
	if compose != "" {
		override = first(overrideNames)
	}
	for _, name := range []string{compose, override, first(devupNames)} {
		if name != "" {
			f.files = append(f.files, filepath.Join(dir, name))
		}
	}
	return f
}

func present(dir string, names []string) []string {
	var there []string
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			there = append(there, name)
		}
	}
	return there
}

// noProject says that nothing was found, and names compose files that only
// their names keep from being found.
func noProject(dir string) error {
	if others := Candidates(dir); len(others) > 0 {
		for i, name := range others {
			others[i] = untrusted.Name(name)
		}
		return fail.New(fail.NoProject, "name one with -f, for example: devup -f "+others[0]+" up",
			"there is no devup.yaml or compose file in %s or above, only %s", dir, strings.Join(others, ", "))
	}
	return fail.New(fail.NoProject, "devup init writes one for the services of this repository",
		"there is no devup.yaml or compose file in %s or above", dir)
}

// Candidates lists the files of a directory that are named like compose files, but not so
// that they are found without being named, sorted.
func Candidates(dir string) []string {
	var others []string
	for _, pattern := range []string{"docker-compose*.y*ml", "compose*.y*ml", "*.compose.y*ml"} {
		matches, _ := filepath.Glob(filepath.Join(escapeGlob(dir), pattern)) // the patterns are well formed
		for _, m := range matches {
			others = append(others, filepath.Base(m))
		}
	}
	slices.Sort(others)
	return slices.Compact(others)
}

// escapeGlob keeps a directory's name from being read as a pattern.
func escapeGlob(dir string) string {
	if filepath.Separator == '\\' {
		return dir // there a backslash separates and cannot escape
	}
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "*", `\*`, "?", `\?`).Replace(dir)
}

// IsDirectory tells whether a path is a directory that can be looked at.
func IsDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
