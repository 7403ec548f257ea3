package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/secret"
)

// Generated is a variable of x-devup.setup.generate: a secret that each checkout has of its own.
type Generated struct {
	Name string
	Kind secret.Kind
}

const generateExample = "for example: setup: {generate: {SECRET_KEY: hex}}"

var variableName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// generated reads setup.generate of x-devup at the top as it stands in the files, as copies
// does. It gives those variables that have no value.
func (l *loading) generated() ([]Generated, error) {
	var wanted []Generated
	for _, f := range l.set.Files {
		found, bad := parseGenerated(setupAtTop(f)["generate"])
		if bad != nil {
			return nil, bad.fail([]composefile.File{f}, "", ExtensionKey)
		}
		for _, g := range found {
			wanted = slices.DeleteFunc(wanted, func(earlier Generated) bool { return earlier.Name == g.Name })
			if l.set.Env[g.Name] == "" {
				wanted = append(wanted, g)
			}
		}
	}
	return wanted, nil
}

// notYet stands for a secret that was not generated yet, or a value that nothing needs.
const notYet = "generated-by-devup-up"

// standIn gives the secrets that are not generated yet a value that says so, and the required
// variables that nothing sets one where they may stay unset.
func (l *loading) standIn() error {
	generated, err := l.generated()
	if err != nil {
		return err
	}
	if l.options.Unset {
		for _, v := range l.set.UnsetValues(l.options.Env) {
			generated = append(generated, Generated{Name: v.Name})
		}
	}
	if len(generated) == 0 {
		return nil
	}
	source, set := *l.Source, *l.set
	set.Env = maps.Clone(set.Env)
	for _, g := range generated {
		set.Env[g.Name] = notYet
	}
	source.set = &set
	l.Source = &source
	return nil
}

// setupAtTop is setup of x-devup at the top of a file; nil where there is none, or it is no
// mapping, which copies says.
func setupAtTop(f composefile.File) map[string]any {
	node := composefile.NodeAt([]composefile.File{f}, []string{ExtensionKey, "setup"})
	var fields map[string]any
	if node == nil || node.Decode(&fields) != nil {
		return nil
	}
	return fields
}

// parseGenerated reads a mapping of variables to kinds of secrets.
func parseGenerated(value any) ([]Generated, *extensionError) {
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, &extensionError{key: "setup", below: []string{"generate"}, text: "has a setup whose generate is not a mapping of variables", hint: generateExample}
	}
	var all []Generated
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		kind, _ := fields[name].(string)
		bad := &extensionError{key: "setup", below: []string{"generate", name}}
		switch {
		case !variableName.MatchString(name):
			bad.text, bad.hint = fmt.Sprintf("generates %q, which is not the name of a variable", name), generateExample
			return nil, bad
		case !slices.Contains(secret.Kinds(), secret.Kind(kind)):
			bad.text, bad.hint = fmt.Sprintf("generates %s of the unknown kind %q", name, kind), "the kinds are "+kindNames()
			return nil, bad
		}
		all = append(all, Generated{name, secret.Kind(kind)})
	}
	return all, nil
}

func kindNames() string {
	var names []string
	for _, kind := range secret.Kinds() {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

// generateSchema is that of x-devup.setup.generate.
func generateSchema() map[string]any {
	var kinds []any
	for _, kind := range secret.Kinds() {
		kinds = append(kinds, string(kind))
	}
	return map[string]any{
		"description":          "Variables that hold a secret of this checkout, each with the form of it; up generates the value where none is set, and keeps it in .devup/.env.",
		"type":                 []any{"object", "null"},
		"additionalProperties": map[string]any{"enum": kinds},
		"examples":             []any{map[string]any{"SECRET_KEY": "hex"}},
	}
}
