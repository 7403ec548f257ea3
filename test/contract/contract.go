// Package contract is for tests: it holds what devup prints in JSON to the fields that
// docs/json.md promises. Its own tests hold the committed list of them, the Go types and the page
// together.
package contract

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

//go:embed fields.txt
var promised string

// field is one field of an object, by its path: "ports[].target".
type field struct {
	kind     string // "string", "number", "boolean", "object", or "array of " one of them
	required bool
}

// object are the fields of an object by their paths.
type object map[string]field

// objects are the promised objects by their titles: the type, and where several have it the
// command in parentheses.
func objects(list string) map[string]object {
	all := map[string]object{}
	for line := range strings.Lines(list) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if all[parts[0]] == nil {
			all[parts[0]] = object{}
		}
		all[parts[0]][parts[1]] = field{kind: parts[2], required: parts[3] == "always"}
	}
	return all
}

// Check looks at the objects of what devup printed with --json: each has to be one that is
// promised, with no other fields. Lines that begin with no brace, and objects without a type, which
// Docker Compose's formats have, are left out.
func Check(printed string) error {
	known := objects(promised)
	var problems []error
	for line := range strings.Lines(printed) {
		var o map[string]any
		if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &o) != nil {
			continue
		}
		if name, ok := o["type"].(string); ok {
			if _, err := match(known, name, o); err != nil {
				problems = append(problems, fmt.Errorf("%w: %.300s", err, line))
			}
		}
	}
	return errors.Join(problems...)
}

// match finds the promised object of a type that o is, by its title.
func match(known map[string]object, name string, o map[string]any) (string, error) {
	var problems []error
	for _, title := range slices.Sorted(maps.Keys(known)) {
		if title != name && !strings.HasPrefix(title, name+" (") {
			continue
		}
		err := known[title].fits("", o)
		if err == nil {
			return title, nil
		}
		problems = append(problems, fmt.Errorf("%s: %w", title, err))
	}
	if len(problems) == 0 {
		return "", fmt.Errorf("no object of the type %q is documented", name)
	}
	return "", errors.Join(problems...)
}

// fits says what keeps a value from being the object, or its part at a path.
func (known object) fits(prefix string, o map[string]any) error {
	for name, value := range o {
		f, ok := known[prefix+name]
		if !ok {
			return fmt.Errorf("the field %s%s is not documented", prefix, name)
		}
		if err := known.holds(prefix+name, f.kind, value); err != nil {
			return err
		}
	}
	for path, f := range known {
		name, below := strings.CutPrefix(path, prefix)
		if _, there := o[name]; f.required && below && !there && !strings.ContainsAny(name, ".[") {
			return fmt.Errorf("the field %s is missing", path)
		}
	}
	return nil
}

// holds says what keeps a value from being of a kind.
func (known object) holds(path, kind string, value any) error {
	of, array := strings.CutPrefix(kind, "array of ")
	switch value := value.(type) {
	case []any:
		if !array {
			break
		}
		var problems []error
		for _, element := range value {
			problems = append(problems, known.holds(path+"[]", of, element))
		}
		return errors.Join(problems...)
	case map[string]any:
		if kind == "object" {
			return known.fits(path+".", value)
		}
		if strings.HasPrefix(kind, "map of ") {
			return nil
		}
	default:
		if value == nil && array || kind == map[reflect.Kind]string{reflect.String: "string", reflect.Float64: "number", reflect.Bool: "boolean"}[reflect.ValueOf(value).Kind()] {
			return nil
		}
	}
	return fmt.Errorf("%s is %v, not %s", path, value, kind)
}
