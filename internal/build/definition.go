package build

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// definition is a Dockerfile as it lies on the disk.
type definition struct {
	text   []byte
	ignore []byte // <Dockerfile>.dockerignore; nil if there is none
	remote bool   // only the engine can read it
}

// readDefinition reads the Dockerfile and the ignore file that belongs to it.
func readDefinition(s Spec) (definition, error) {
	if s.Inline != "" {
		return definition{text: []byte(s.Inline)}, nil
	}
	if !s.Local() {
		return definition{remote: true}, nil
	}
	if info, err := os.Stat(s.Context); err != nil {
		return definition{}, contextError(s, err)
	} else if !info.IsDir() {
		e := fail.New(fail.Config, "set build.context of the service to a directory", "the build context of %s is not a directory", s.Service)
		e.Service, e.File = s.Service, s.relative(s.Context)
		return definition{}, e
	}
	text, err := untrusted.ReadFile(s.Dockerfile, untrusted.MaxText)
	if err != nil {
		return definition{}, dockerfileError(s, err)
	}
	ignore, err := readIgnore(s.Dockerfile + ".dockerignore")
	if err != nil {
		return definition{}, err
	}
	return definition{text: text, ignore: ignore}, nil
}

// readIgnore reads an ignore file; nil where it does not exist.
func readIgnore(name string) ([]byte, error) {
	text, err := untrusted.ReadFile(name, untrusted.MaxText)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fail.Wrap(err, fail.Denied, readHint(err), "the file %s cannot be read", filepath.ToSlash(name))
	}
	return text, nil
}

// readHint says what makes a file readable that could not be read for that error.
func readHint(err error) string {
	_, large := errors.AsType[untrusted.LimitError](err)
	switch {
	case errors.Is(err, untrusted.ErrNotRegular):
		return "replace it with a regular file"
	case large:
		return "shorten it"
	default:
		return "make the file readable"
	}
}

func dockerfileError(s Spec, err error) error {
	hint := readHint(err)
	message := "the Dockerfile of " + s.Service + " cannot be read"
	missing := errors.Is(err, fs.ErrNotExist)
	if missing {
		message = "the Dockerfile of " + s.Service + " does not exist"
		hint = "run devup init, which writes one, or set build.dockerfile of the service"
	}
	e := fail.Wrap(err, fail.Config, hint, "%s", message)
	e.Service, e.File, e.CauseShown = s.Service, s.relative(s.Dockerfile), missing
	return e
}

// ignorePatterns are what is not part of the context, as BuildKit reads them.
func (d definition) ignorePatterns(context string) ([]string, error) {
	text := d.ignore
	if text == nil {
		var err error
		if text, err = readIgnore(filepath.Join(context, ".dockerignore")); err != nil {
			return nil, err
		}
	}
	if d.ignore != nil {
		return boundedPatterns(text, "the Dockerfile's .dockerignore")
	}
	return boundedPatterns(text, path.Join(filepath.ToSlash(context), ".dockerignore"))
}

// What a .dockerignore may hold: each file of the context is compared with each pattern,
// which takes time that grows with the pattern's length.
const (
	maxPatterns = 1_000
	maxPattern  = 1 << 10 // bytes of one
)

func boundedPatterns(text []byte, name string) ([]string, error) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(text))
	long := slices.ContainsFunc(patterns, func(p string) bool { return len(p) > maxPattern })
	switch {
	case errors.Is(err, bufio.ErrTooLong) || long:
		return nil, fail.New(fail.Config, "write shorter patterns", "%s has a pattern of more than %d bytes", name, maxPattern)
	case len(patterns) > maxPatterns:
		return nil, fail.New(fail.Config, "name directories instead of files", "%s has %d patterns, and devup reads at most %d", name, len(patterns), maxPatterns)
	}
	return patterns, err
}

// contextError is the failure to read the context.
func contextError(s Spec, err error) error {
	shown := s.relative(s.Context)
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		switch {
		case strings.HasPrefix(pathErr.Path, s.Context):
			shown = s.relative(pathErr.Path)
		case filepath.IsLocal(pathErr.Path): // below the open directory
			shown = s.relative(filepath.Join(s.Context, pathErr.Path))
		}
	}
	e := fail.Wrap(err, fail.Config, "", "the build context of %s cannot be read: %v", s.Service, err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e = fail.Wrap(err, fail.Config, "set build.context of the service to the directory that holds its Dockerfile", "the build context of %s does not exist", s.Service)
	case errors.Is(err, fs.ErrPermission):
		e = fail.Wrap(err, fail.Denied, "make it readable, or name it in .dockerignore", "a file of the build context of %s may not be read", s.Service)
	}
	e.Service, e.File, e.CauseShown = s.Service, shown, true
	return e
}

// relative is the path as the user sees it from the project's directory.
func (s Spec) relative(name string) string {
	if rel, err := filepath.Rel(s.Root, name); err == nil && s.Root != "" && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return name
}
