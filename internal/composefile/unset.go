package composefile

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// WantedValue is a variable that the files need, ${NAME:?reason}, and is not set.
type WantedValue struct {
	Name   string
	Reason string // what the file says about it, or empty
	File   string // as seen from the project's directory, with slashes
	Line   int
	Shell  bool // the environment of the process sets it to nothing, which goes before every file
}

// Place is "compose.yaml:5".
func (v WantedValue) Place() string { return fmt.Sprintf("%s:%d", v.File, v.Line) }

// UnsetValues finds the variables in all files that have to be set and are not. process is
// the environment of the process.
func (s *Set) UnsetValues(process map[string]string) []WantedValue {
	var found []WantedValue
	for _, f := range WithIncluded(s.Files) {
		shown := filepath.ToSlash(f.Path)
		if rel, err := filepath.Rel(s.Dir, f.Path); err == nil {
			shown = filepath.ToSlash(rel)
		}
		line := 0
		collect := &expander{ask: func(name, reason string) {
			if slices.ContainsFunc(found, func(v WantedValue) bool { return v.Name == name }) {
				return
			}
			_, shell := process[name]
			found = append(found, WantedValue{name, reason, shown, line, shell})
		}}
		for _, root := range append([]*yaml.Node{f.root}, f.more...) {
			eachText(root, func(n *yaml.Node) {
				for i, text := range strings.Split(n.Value, "\n") {
					line = n.Line + i
					if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
						line++ // the text begins below its key
					}
					_, _ = collect.substitute(text, s.Env.Resolve) // what is no variable was said by the loader
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
