package composefile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/composeschema"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// schemaRules are about values that Compose's schema refuses. compose-go says so without
// types, and before that it stumbles over some of them, so the files are checked again one
// by one: what the schema's library says of them has types and a place.
var schemaRules = []rule{
	{lazyregexp.New(`(?s)^validating (.+?): (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		named := slices.IndexFunc(files, func(f File) bool { return f.Path == m[1] })
		if named >= 0 { // it is checked first, and then the files whose services it extends
			files = append([]File{files[named]}, slices.Delete(slices.Clone(files), named, named+1)...)
		}
		if e := violation(cause, files); e != nil {
			return e
		}
		return Failure(cause, files[:1], nil, "the file is not what Compose expects: %s", shorten(oneLine(m[2]), files))
	}},
	{lazyregexp.New(`must be an? |^non-string key |: (?:unexpected|invalid|unsupported) type `), func(cause error, files []File, _ []string) *fail.Error {
		return violation(cause, files)
	}},
}

// violation is the sentence about the first value of the files that the schema refuses; nil
// where each file by itself is right.
func violation(cause error, files []File) *fail.Error {
	for _, f := range files {
		one := []File{f}
		for _, root := range append([]*yaml.Node{f.root}, f.more...) {
			if root == nil {
				continue
			}
			if found := composeschema.Violations(plain(root)); len(found) > 0 {
				return schemaError(cause, one, slices.MinFunc(found, func(a, b composeschema.Violation) int {
					return cmp.Or(cmp.Compare(lineAt(one, a.Path), lineAt(one, b.Path)), slices.Compare(a.Path, b.Path))
				}))
			}
		}
	}
	return nil
}

func lineAt(files []File, keys []string) int {
	_, line := Locate(files, keys...)
	return line
}

// plain is a document as the schema's library takes it. What a file resets is left out.
func plain(n *yaml.Node) any {
	switch n = Target(n); n.Kind {
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	case yaml.MappingNode:
		entries := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if key.Tag == "!!merge" {
				mergeInto(entries, plain(value))
			} else if value.Tag != "!reset" {
				entries[Target(key).Value] = plain(value)
			}
		}
		return entries
	}
	var value any
	if !slices.Contains([]string{"!!null", "!!bool", "!!int", "!!float"}, n.Tag) || n.Decode(&value) != nil {
		return n.Value
	}
	if f, ok := value.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
		return n.Value
	}
	return value
}

// mergeInto adds to a mapping what its merge key names: a mapping or several.
func mergeInto(entries map[string]any, named any) {
	switch named := named.(type) {
	case map[string]any:
		for key, value := range named {
			if _, own := entries[key]; !own {
				entries[key] = value
			}
		}
	case []any:
		for _, one := range named {
			mergeInto(entries, one)
		}
	}
}

// schemaError is the sentence about one value that the schema refuses.
func schemaError(cause error, files []File, v composeschema.Violation) *fail.Error {
	keys := v.Path
	say := func(format string, args ...any) *fail.Error {
		return WithHint(Failure(cause, files, keys, "%s %s", place(keys), fmt.Sprintf(format, args...)), exampleOf(keys))
	}
	value := ""
	if node := Target(NodeAt(files, keys)); node != nil {
		value = node.Value
	}
	var types []string
	for _, k := range v.Kinds {
		switch k := k.(type) {
		case *kind.Type:
			types = append(types, k.Want...)
		case *kind.AdditionalProperties:
			key := slices.MinFunc(k.Properties, func(a, b string) int {
				in := func(key string) int { return lineAt(files, append(slices.Clip(keys), key)) }
				return cmp.Or(cmp.Compare(in(a), in(b)), strings.Compare(a, b))
			})
			return unknownComposeKey(cause, files, keys, key)
		case *kind.FalseSchema:
			return unknownComposeKey(cause, files, keys[:len(keys)-1], keys[len(keys)-1])
		case *kind.Enum:
			var known []string
			for _, one := range k.Want {
				known = append(known, fmt.Sprint(one))
			}
			return WithHint(say("is %q, and can only be %s", value, either(known)), didYouMean(value, known, ""))
		case *kind.Pattern:
			return say("may not be %q", value)
		case *kind.Required:
			return WithHint(say("lacks %s", strings.Join(k.Missing, ", ")), cmp.Or(lackHints[k.Missing[0]], exampleOf(keys)))
		case *kind.UniqueItems:
			return say("has the same entry twice: %d and %d", k.Duplicates[0]+1, k.Duplicates[1]+1)
		case *kind.Minimum:
			return say("must be %s or more", k.Want.RatString())
		case *kind.Maximum:
			return say("must be %s or less", k.Want.RatString())
		}
	}
	return wrongKind(cause, files, keys, types)
}

// exampleOf is a hint that shows what can stand at the keys; empty for none.
func exampleOf(keys []string) string {
	if len(keys) == 0 || examples[keys[len(keys)-1]] == "" {
		return ""
	}
	return "for example " + examples[keys[len(keys)-1]]
}
