// Package composefile reads the Compose files of a project: it finds them, keeps the place of
// everything in them, fills in variables, loads the model, and says in sentences what is wrong.
//
// [Find] finds and reads the files, [Set.PlainName] gives the name that they and the
// environment decide, and [Set.Load] loads the model by compose-go's loader, which only this
// package imports. A variable whose value is not known while loading, such as a service's URL,
// becomes a token: see package symbol.
//
// What this package does not do: it knows nothing of x-devup, selects no services and writes
// nothing.
package composefile

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"sync"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Options say where the files of a project are. The zero Options find those of the current
// directory with no environment.
type Options struct {
	Dir      string            // where to look, and what Files and EnvFiles are relative to; empty means the current directory
	Files    []string          // config files; empty means COMPOSE_FILE, then the nearest directory that has some
	Root     string            // what relative paths in the files are relative to; empty means the directory of the first file
	EnvFiles []string          // files of interpolation variables; empty means .env in the project's directory, if it exists
	Env      map[string]string // environment of the process

	Stdin func() ([]byte, error) // what the file "-" holds; nil means that there is none
	// Answers gives what the user was asked for in a project's directory, as the text of an
	// env file; nil means that there is none.
	Answers func(root string) []byte
}

// Set is the files of a project, read and parsed, with the variables for them. It is
// immutable and safe for concurrent use.
type Set struct {
	Files []File        // in the order in which they are merged
	Dir   string        // the project's directory, absolute: relative paths in the files are relative to it
	Env   types.Mapping // for variables in the files: of the process, env files and answers
	Notes []string      // what the user should know, a sentence each
}

// Unset are variables without a value and without a default.
type Unset struct {
	Names    []string // in the order in which they were met
	Required bool     // one of them has to be set, ${NAME:?message}, and that is the error
}

// Find finds and reads the files that o describes. The error is a [fail.Error]: NoProject
// when there are none, Config with file and line when one cannot be read.
func Find(o Options) (*Set, error) {
	prepare()
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fail.Wrap(err, fail.Denied, "", "the current directory cannot be found")
	}
	if o.Root != "" {
		if o.Root, err = filepath.Abs(o.Root); err != nil {
			return nil, fail.Wrap(err, fail.Denied, "", "the current directory cannot be found")
		}
	}
	// .env may name the files, and the files decide where .env is. As in Compose, the
	// one in the current directory goes before the one next to the config, and is not read
	// where the config was named and lies elsewhere.
	first := directoryOf(o.Root, absolute(dir, o.Files), dir)
	env, err := environment(dir, first, o.Env, o.EnvFiles, o.Answers)
	if err != nil {
		return nil, err
	}
	found, err := search(dir, o.Files, env)
	if err != nil {
		return nil, err
	}
	root := directoryOf(o.Root, found.files, dir)
	if root != first && len(o.EnvFiles) == 0 {
		if env, err = environment(dir, root, env, nil, o.Answers); err != nil {
			return nil, err
		}
	}
	sources, err := o.read(found.files)
	if err != nil {
		return nil, OnStandardInput(err)
	}
	return &Set{Files: sources, Dir: root, Env: env, Notes: found.notes}, nil
}

// directoryOf is the directory that a project belongs to: the given one, else that of its
// first file, else, where all comes from standard input, the current one.
func directoryOf(given string, files []string, current string) string {
	if given != "" {
		return given
	}
	for _, f := range files {
		if f != standardInput {
			return filepath.Dir(f)
		}
	}
	return current
}

// Paths are the absolute paths of the files; "-" is standard input.
func (s *Set) Paths() []string {
	paths := make([]string, len(s.Files))
	for i, f := range s.Files {
		paths[i] = f.Path
	}
	return paths
}

// details are the files as compose-go takes them.
func (s *Set) details() types.ConfigDetails {
	details := types.ConfigDetails{WorkingDir: s.Dir, Environment: maps.Clone(s.Env)}
	for _, f := range s.Files {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: f.Path, Content: f.content})
	}
	return details
}

// PlainName is the project's name: the one that is given by a flag, else that of the
// environment, of the files, or of the directory. Where the error is about a variable
// without a value, unset says so.
func (s *Set) PlainName(flag string) (name string, unset Unset, err error) {
	name, given, err := s.outerName(flag)
	if err != nil || given {
		return name, Unset{}, err
	}
	own, unset, err := s.nameOfFiles()
	return cmp.Or(own, name), unset, err
}

// outerName is the project's name without what the files say. It is given when it goes
// before theirs.
func (s *Set) outerName(flag string) (name string, given bool, err error) {
	for _, from := range []struct{ value, origin string }{
		{flag, "--project-name"},
		{s.Env["COMPOSE_PROJECT_NAME"], "COMPOSE_PROJECT_NAME"},
	} {
		if from.value == "" {
			continue
		}
		if normal := loader.NormalizeProjectName(from.value); normal != from.value {
			return "", false, fail.New(fail.Usage, "for example: "+cmp.Or(normal, "app"),
				"%s is %q, and a project's name has only lower-case letters, digits, - and _", from.origin, from.value)
		}
		return from.value, true, nil
	}
	// A directory whose name has no usable letter ("проект") still gets a project.
	return cmp.Or(loader.NormalizeProjectName(filepath.Base(s.Dir)), "app"), false, nil
}

// nameOfFiles is the name that the files give the project, or empty. The last one counts, as
// in Compose, and files that they include have no say.
func (s *Set) nameOfFiles() (string, Unset, error) {
	var name string
	for _, f := range s.Files {
		var top struct {
			Name string `yaml:"name"`
		}
		for _, document := range append([]*yaml.Node{f.root}, f.more...) {
			if document.Decode(&top) != nil {
				break // Load says what is wrong
			}
			name = cmp.Or(top.Name, name)
		}
	}
	var e expander
	filled, err := interpolation.Interpolate(map[string]any{"name": name}, interpolation.Options{
		LookupValue: s.Env.Resolve,
		Substitute: func(text string, lookup template.Mapping) (string, error) {
			value, err := e.substitute(text, lookup)
			if errors.Is(err, errTooMuch) {
				err = placed(err, s.Files, text)
			}
			return value, err
		},
		TypeCastMapping: casts(map[tree.Path]interpolation.Cast{}, &portCount{}),
	})
	if err != nil {
		return "", e.unset(), OnStandardInput(Explain(err, s.Files))
	}
	text, _ := filled["name"].(string)
	return loader.NormalizeProjectName(text), Unset{}, nil
}

// OnStandardInput names standard input in an error about what was read from there.
func OnStandardInput(err error) error {
	if e, ok := errors.AsType[*fail.Error](err); ok && e.File == standardInput {
		named := *e
		named.File = "standard input"
		return &named
	}
	return err
}

// prepare sets what compose-go has once for a process: it stops the global logrus logger
// from writing to the terminal (what is worth knowing becomes a Note), and teaches it the
// format raw of env files, which each program has to bring.
var prepare = sync.OnceFunc(func() {
	logrus.SetOutput(io.Discard)
	dotenv.RegisterFormat("raw", rawEnv)
})

// read reads and parses the files. One that the user named may be a pipe.
func (o Options) read(paths []string) ([]File, error) {
	with := untrusted.ReadFile
	if len(o.Files) > 0 {
		with = untrusted.ReadGiven
	}
	sources := make([]File, len(paths))
	for i, path := range paths {
		var err error
		if path == standardInput {
			sources[i], err = readStandardInput(o.Stdin)
		} else {
			sources[i], err = readSourceWith(with, path)
		}
		if err != nil {
			return nil, err
		}
		if sources[i].root == nil {
			e := fail.New(fail.Config, "devup init writes one for the services of this repository", "the file is empty")
			e.File = path
			return nil, e
		}
	}
	return sources, nil
}

// standardInput is the name of the file that is read from there, as in Compose.
const standardInput = "-"

func readStandardInput(stdin func() ([]byte, error)) (File, error) {
	if stdin == nil {
		return File{}, fail.New(fail.Usage, "write it to a file and name that", "this command reads no config from standard input")
	}
	content, err := stdin()
	if err != nil {
		return File{}, fail.Wrap(err, fail.Denied, "", "the config cannot be read from standard input")
	}
	return parsed(standardInput, content)
}
