package project

import (
	"fmt"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Asked is a variable of x-devup.setup.ask: a value that only the user knows, and without which
// the services start all the same.
type Asked struct {
	Name   string
	Reason string // where it is needed, or where to get one
}

const askExample = "for example: setup: {ask: {STRIPE_KEY: from the dashboard}}"

// asked reads setup.ask of x-devup at the top as it stands in the files, as copies does. open
// are those that nothing sets, empty those of them and others that have no value.
func (l *loading) asked() (open, empty []Asked, err error) {
	for _, f := range l.set.Files {
		found, bad := parseAsked(setupAtTop(f)["ask"])
		if bad != nil {
			return nil, nil, bad.fail([]composefile.File{f}, "", ExtensionKey)
		}
		for _, a := range found {
			other := func(earlier Asked) bool { return earlier.Name == a.Name }
			open, empty = slices.DeleteFunc(open, other), slices.DeleteFunc(empty, other)
			value, set := l.set.Env[a.Name]
			if !set {
				open = append(open, a)
			}
			if value == "" {
				empty = append(empty, a)
			}
		}
	}
	return open, empty, nil
}

// note says that the services run without the value, and what to do.
func (a Asked) note() string {
	reason := ""
	if a.Reason != "" {
		reason = " (" + untrusted.Name(a.Reason) + ")"
	}
	return a.Name + " has no value" + reason + ": set it in .env"
}

// parseAsked reads a mapping of variables to what is said of each.
func parseAsked(value any) ([]Asked, *extensionError) {
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, &extensionError{key: "setup", below: []string{"ask"}, text: "has a setup whose ask is not a mapping of variables", hint: askExample}
	}
	var all []Asked
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		reason, text := fields[name].(string)
		bad := &extensionError{key: "setup", below: []string{"ask", name}, hint: askExample}
		switch {
		case !variableName.MatchString(name):
			bad.text = fmt.Sprintf("asks for %q, which is not the name of a variable", name)
			return nil, bad
		case !text && fields[name] != nil:
			bad.text = fmt.Sprintf("asks for %s with a reason that is no text", name)
			return nil, bad
		}
		all = append(all, Asked{name, reason})
	}
	return all, nil
}

// askSchema is that of x-devup.setup.ask.
func askSchema() map[string]any {
	return map[string]any{
		"description":          "Variables whose values only the user knows, each with where it is needed; up asks for them on a terminal, and starts without them, too.",
		"type":                 []any{"object", "null"},
		"additionalProperties": map[string]any{"type": []any{"string", "null"}},
		"examples":             []any{map[string]any{"STRIPE_KEY": "from the dashboard"}},
	}
}
