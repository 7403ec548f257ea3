package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Wants is what a fresh clone lacks, and only a user can give or agree to.
type Wants struct {
	Root     string                    // the project's directory
	Copies   []FileCopy                // what x-devup.setup says to copy and is not there yet
	Values   []composefile.WantedValue // required variables without a value, in the order of the files
	Generate []Generated               // variables of x-devup.setup.generate without a value
	Ask      []Asked                   // variables of x-devup.setup.ask that nothing sets
	Example  string                    // a file in Root that shows what a missing .env should hold, among it variables that the files refer to; or empty
	DotEnv   bool                      // .env in Root is read, if it is there
}

// MissingValues is the cause of a [fail.Error] with the code Config: Wants has Values.
type MissingValues struct{ Wants Wants }

// Error names the variables.
func (m *MissingValues) Error() string {
	var names []string
	for _, v := range m.Wants.Values {
		names = append(names, v.Name)
	}
	for _, g := range m.Wants.Generate {
		names = append(names, g.Name)
	}
	return "not set: " + strings.Join(names, ", ")
}

// WantsOf is what a project wants, by the results of [Load].
func WantsOf(p *Project, err error) Wants {
	if missing, ok := errors.AsType[*MissingValues](err); ok {
		return missing.Wants
	}
	if p == nil {
		return Wants{}
	}
	return p.Wants
}

// wanting says of an error that comes from variables without a value which these are,
// all of them: the loader stops at the first.
func (l *loading) wanting(err error) error {
	e, ok := errors.AsType[*fail.Error](err)
	if !ok || !l.unset.Required {
		return err
	}
	values := l.set.UnsetValues(l.options.Env)
	if len(values) == 0 {
		return err
	}
	copies, bad := l.copies()
	if bad != nil {
		return bad
	}
	generated, bad := l.generated()
	if bad != nil {
		return bad
	}
	asked := slices.DeleteFunc(slices.Clone(values), func(v composefile.WantedValue) bool {
		return slices.ContainsFunc(generated, func(g Generated) bool { return g.Name == v.Name })
	})
	named := *e
	if len(asked) == 0 {
		named.Message = fmt.Sprintf("`devup up` generates %s, and has not run in this checkout yet", joined(generated, func(g Generated) string { return g.Name }))
		named.Hint = "run `devup up`"
		named.Cause, named.CauseShown = &MissingValues{Wants{Root: l.Dir, Copies: copies, Generate: generated, DotEnv: l.readsDotEnv()}}, true
		return &named
	}
	values = asked
	named.Hint = "set it in the environment or in .env next to the file; `devup up` asks for it on a terminal"
	if len(values) > 1 || !strings.Contains(e.Message, values[0].Name) {
		named.Message = fmt.Sprintf("%d variables are needed and not set: %s", len(values), joined(values, func(v composefile.WantedValue) string { return v.Name }))
		named.Lines = placesOf(values)
		named.Hint = "set them in the environment or in .env next to the file; `devup up` asks for them on a terminal"
		named.File, named.Line = filepath.Join(l.Dir, filepath.FromSlash(values[0].File)), values[0].Line
	}
	var names []string
	for _, v := range values {
		names = append(names, v.Name)
	}
	w := l.wants(copies, values, append(names, l.unset.Names...))
	if w.Example != "" {
		named.Hint = "`cp " + untrusted.Arguments(w.Example) + " .env`, and fill it in; `devup up` on a terminal does it, and asks for what it has to"
	}
	w.Generate = generated
	named.Cause, named.CauseShown = &MissingValues{w}, true
	return &named
}

// joined is the names of things: "KEY, TOKEN".
func joined[T any](all []T, name func(T) string) string {
	var names []string
	for _, one := range all {
		names = append(names, name(one))
	}
	return strings.Join(names, ", ")
}

// placesOf says of each value where it is needed: "KEY: compose.yaml:5: ask the team".
func placesOf(values []composefile.WantedValue) []string {
	var lines []string
	for _, v := range values {
		line := v.Name + ": " + v.Place()
		if v.Reason != "" {
			line += ": " + v.Reason
		}
		lines = append(lines, line)
	}
	return lines
}

// wants puts together what is wanted. unset are the variables without a value.
func (l *loading) wants(copies []FileCopy, values []composefile.WantedValue, unset []string) Wants {
	w := Wants{Root: l.Dir, Copies: copies, Values: values, DotEnv: l.readsDotEnv()}
	if !w.DotEnv || len(unset) == 0 {
		return w
	}
	path := filepath.Join(l.Dir, ".env")
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return w
	}
	example := exampleOf(path)
	if example != "" && slices.ContainsFunc(composefile.EnvFileKeys(example), func(key string) bool { return slices.Contains(unset, key) }) {
		w.Example = filepath.Base(example)
	}
	return w
}

// readsDotEnv tells whether .env in the project's directory is read.
func (l *loading) readsDotEnv() bool {
	off, _ := strconv.ParseBool(l.set.Env["COMPOSE_DISABLE_ENV_FILE"])
	return !off && len(l.options.EnvFiles) == 0 && l.options.Env["COMPOSE_ENV_FILES"] == ""
}

// unsetNote says which variables were missing and where they are wanted, or is
// empty when none was.
func unsetNote(missing []string, files []composefile.File) string {
	if len(missing) == 0 {
		return ""
	}
	var wanted []string
	for _, name := range slices.Sorted(slices.Values(missing)) {
		for _, f := range files {
			if line := f.MentionLine(name); line > 0 {
				name += fmt.Sprintf(" (%s:%d)", filepath.Base(f.Path), line)
				break
			}
		}
		wanted = append(wanted, name)
	}
	return "not set, and now empty: " + strings.Join(wanted, ", ")
}
