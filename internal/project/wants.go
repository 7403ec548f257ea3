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

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Wants is what a fresh clone lacks, and only a person can give or agree to.
type Wants struct {
	Root    string        // the project's folder
	Copies  []FileCopy    // what x-devup.setup says to copy and is not there yet
	Values  []WantedValue // required variables without a value, in the order of the files
	Example string        // a file in Root that shows what a missing .env should hold, among it variables that the files refer to; or empty
	DotEnv  bool          // .env in Root is read, if it is there
}

// WantedValue is a variable that the files need, ${NAME:?reason}, and nobody sets.
type WantedValue struct {
	Name   string
	Reason string // what the file says about it, or empty
	File   string // as seen from the project's folder, with slashes
	Line   int
	Shell  bool // the environment of the process sets it to nothing, which goes before every file
}

// place is "compose.yaml:5".
func (v WantedValue) place() string { return fmt.Sprintf("%s:%d", v.File, v.Line) }

// MissingValues is the cause of a [fail.Error] with the code Config: Wants has Values.
type MissingValues struct{ Wants Wants }

// Error names the variables.
func (m *MissingValues) Error() string {
	var names []string
	for _, v := range m.Wants.Values {
		names = append(names, v.Name)
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
	if !ok || !l.expander.lacking {
		return err
	}
	values := l.unsetValues()
	if len(values) == 0 {
		return err
	}
	copies, bad := l.copies()
	if bad != nil {
		return bad
	}
	named := *e
	named.Hint = "set it in the environment or in .env beside the file; `devup up` asks for it on a terminal"
	if len(values) > 1 || !strings.Contains(e.Message, values[0].Name) {
		named.Message = fmt.Sprintf("%d variables are needed and not set: %s", len(values), listValues(values))
		named.Hint = "set them in the environment or in .env beside the file; `devup up` asks for them on a terminal"
		named.File, named.Line = filepath.Join(l.Dir, filepath.FromSlash(values[0].File)), values[0].Line
	}
	var names []string
	for _, v := range values {
		names = append(names, v.Name)
	}
	w := l.wants(copies, values, append(names, l.expander.missing...))
	if w.Example != "" {
		named.Hint = "`cp " + untrusted.Arguments(w.Example) + " .env`, and fill it in; `devup up` on a terminal does it, and asks for what it has to"
	}
	named.Cause, named.Told = &MissingValues{w}, true
	return &named
}

// listValues is "KEY (compose.yaml:5: ask the team), TOKEN (compose.yaml:7)".
func listValues(values []WantedValue) string {
	var parts []string
	for _, v := range values {
		about := v.place()
		if v.Reason != "" {
			about += ": " + v.Reason
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", v.Name, about))
	}
	return strings.Join(parts, ", ")
}

// wants puts together what is wanted. unset are the variables without a value.
func (l *loading) wants(copies []FileCopy, values []WantedValue, unset []string) Wants {
	w := Wants{Root: l.Dir, Copies: copies, Values: values, DotEnv: l.readsDotEnv()}
	if !w.DotEnv || len(unset) == 0 {
		return w
	}
	path := filepath.Join(l.Dir, ".env")
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return w
	}
	example := exampleOf(path)
	if example != "" && slices.ContainsFunc(keysOf(example), func(key string) bool { return slices.Contains(unset, key) }) {
		w.Example = filepath.Base(example)
	}
	return w
}

// readsDotEnv tells whether .env in the project's folder is read.
func (l *loading) readsDotEnv() bool {
	off, _ := strconv.ParseBool(l.env["COMPOSE_DISABLE_ENV_FILE"])
	return !off && len(l.options.EnvFiles) == 0 && l.options.Env["COMPOSE_ENV_FILES"] == ""
}

// unsetValues finds the variables in all files that have to be set and are not.
func (l *loading) unsetValues() []WantedValue {
	var found []WantedValue
	for _, f := range withIncluded(l.sources) {
		shown := filepath.ToSlash(f.path)
		if rel, err := filepath.Rel(l.Dir, f.path); err == nil {
			shown = filepath.ToSlash(rel)
		}
		line := 0
		collect := &expander{ask: func(name, reason string) {
			if slices.ContainsFunc(found, func(v WantedValue) bool { return v.Name == name }) {
				return
			}
			_, shell := l.options.Env[name]
			found = append(found, WantedValue{name, reason, shown, line, shell})
		}}
		for _, root := range append([]*yaml.Node{f.root}, f.more...) {
			eachText(root, func(n *yaml.Node) {
				for i, text := range strings.Split(n.Value, "\n") {
					line = n.Line + i
					if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
						line++ // the text begins below its key
					}
					_, _ = collect.substitute(text, l.env.Resolve) // what is no variable was said by the loader
				}
			})
		}
	}
	return found
}

// eachText calls do with every text of a document but the keys.
func eachText(n *yaml.Node, do func(*yaml.Node)) {
	switch {
	case n == nil:
	case n.Kind == yaml.ScalarNode:
		do(n)
	case n.Kind == yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			eachText(n.Content[i], do)
		}
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			eachText(item, do)
		}
	}
}
