package build

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// How much the arguments before the first FROM may expand to: names of images and stages
// need a few hundred bytes, and arguments that repeat each other grow without an end.
const (
	maxArgument = 4 << 10 // bytes of a word to expand, and of the value of an argument
	maxExpanded = 1 << 20 // bytes of all expansions
)

// arguments are values by name, as the words of a Dockerfile use them.
type arguments map[string]string

// Get implements [shell.EnvGetter].
func (a arguments) Get(name string) (string, bool) {
	value, ok := a[name]
	return value, ok
}

// Keys implements [shell.EnvGetter].
func (a arguments) Keys() []string { return slices.Collect(maps.Keys(a)) }

// globalArgs expands what comes before the first FROM, with the build arguments given. A
// variable that is not known, and a word that expands to too much, stays as it is written.
func globalArgs(global []instructions.ArgCommand, given map[string]*string) func(string) string {
	values, spent := arguments{}, 0
	lex := shell.NewLex('\\')
	expand := func(word string) string {
		if !strings.Contains(word, "$") || len(word) > maxArgument || spent > maxExpanded {
			return word
		}
		out, _, err := lex.ProcessWord(word, values)
		spent += len(out)
		if err != nil {
			return word
		}
		return out
	}
	for _, command := range global {
		for _, arg := range command.Args {
			value := ""
			if v, ok := given[arg.Key]; ok && v != nil {
				value = *v
			} else if arg.Value == nil {
				continue
			} else {
				value = expand(*arg.Value)
			}
			if len(value) <= maxArgument {
				values[arg.Key] = value
			} else {
				delete(values, arg.Key)
			}
		}
	}
	return expand
}
