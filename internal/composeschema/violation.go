package composeschema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// A Violation is one value that Compose's schema refuses.
type Violation struct {
	Path  []string               // leads to the value; an entry of a list is its number
	Kinds []jsonschema.ErrorKind // what is wrong, of package kind; several where the value fits no form of several
}

// compiled is Compose's schema, compiled at the first use: that takes longer than a load.
var compiled = sync.OnceValue(func() *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	root, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Schema))
	if err == nil {
		err = c.AddResource("compose-spec.json", root)
	}
	if err != nil {
		panic(fmt.Sprintf("read Compose's schema: %v", err)) // embedded in compose-go
	}
	return c.MustCompile("compose-spec.json")
})

// Violations are the values that the schema refuses in a document of maps, slices and
// scalars. Of the forms that a value may have, the one counts whose error lies deepest. They
// are in no order; there is none where the document is right.
func Violations(document any) []Violation {
	invalid, ok := errors.AsType[*jsonschema.ValidationError](compiled().Validate(document))
	if !ok {
		return nil
	}
	var found []Violation
	deepest := -1
	for _, leaf := range leaves(invalid) {
		depth := depthOf(leaf)
		if depth > deepest {
			found, deepest = nil, depth
		}
		same := slices.IndexFunc(found, func(v Violation) bool { return slices.Equal(v.Path, leaf.InstanceLocation) })
		switch {
		case depth < deepest:
		case same >= 0:
			found[same].Kinds = append(found[same].Kinds, leaf.ErrorKind)
		default:
			found = append(found, Violation{leaf.InstanceLocation, []jsonschema.ErrorKind{leaf.ErrorKind}})
		}
	}
	return found
}

func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// depthOf is how deep the place lies that an error is about. Where a value is wrong, its
// mapping is not evaluated, and the schema calls each key of it unevaluated: those come last.
func depthOf(leaf *jsonschema.ValidationError) int {
	switch leaf.ErrorKind.(type) {
	case *kind.FalseSchema:
		return 0
	case *kind.AdditionalProperties:
		return len(leaf.InstanceLocation) + 1 // it is about a key of the value
	}
	return len(leaf.InstanceLocation)
}
