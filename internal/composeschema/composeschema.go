// Package composeschema answers questions about the JSON schema of Compose files: which keys
// a place may have, and which values of a document it refuses.
package composeschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/compose-spec/compose-go/v2/schema"
)

// Decode decodes Compose's schema again, so that the caller may change it.
func Decode() map[string]any {
	var root map[string]any
	if err := json.Unmarshal([]byte(schema.Schema), &root); err != nil {
		panic(fmt.Sprintf("decode Compose's schema: %v", err)) // embedded in compose-go
	}
	return root
}

// sharedSchema is for reading only.
var sharedSchema = sync.OnceValue(Decode)

// Keys lists the keys that Compose knows at the place that the path leads to: at the top, in
// a service, or in the build, healthcheck, … of one. It is nil for a place that Compose does
// not know.
func Keys(path []string) []string {
	node := at(path)
	if node == nil {
		return nil
	}
	keys := map[string]bool{}
	collectKeys(node, keys)
	return slices.Sorted(maps.Keys(keys))
}

// variants are the schemas that node is made of: itself, what it refers to, and
// what it combines.
func variants(node map[string]any) []map[string]any {
	all := []map[string]any{node}
	if ref, ok := node["$ref"].(string); ok {
		definitions, _ := sharedSchema()["$defs"].(map[string]any)
		if target, ok := definitions[ref[len("#/$defs/"):]].(map[string]any); ok {
			all = append(all, variants(target)...)
		}
	}
	for _, combination := range []string{"allOf", "oneOf", "anyOf"} {
		list, _ := node[combination].([]any)
		for _, item := range list {
			if m, ok := item.(map[string]any); ok {
				all = append(all, variants(m)...)
			}
		}
	}
	return all
}

func child(node map[string]any, key string) map[string]any {
	for _, v := range variants(node) {
		if properties, ok := v["properties"].(map[string]any); ok {
			if next, ok := properties[key].(map[string]any); ok {
				return next
			}
		}
	}
	_, err := strconv.Atoi(key)
	for _, v := range variants(node) {
		if items, ok := v["items"].(map[string]any); ok && err == nil {
			return items
		}
		patterns, _ := v["patternProperties"].(map[string]any)
		for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
			if next, ok := patterns[pattern].(map[string]any); ok && pattern != "^x-" {
				return next
			}
		}
		if more, ok := v["additionalProperties"].(map[string]any); ok {
			return more
		}
	}
	return nil
}

// at is the schema of the value that the path leads to; nil for none.
func at(path []string) map[string]any {
	node := sharedSchema()
	for _, key := range path {
		if node = child(node, key); node == nil {
			return nil
		}
	}
	return node
}

func collectKeys(node map[string]any, keys map[string]bool) {
	for _, v := range variants(node) {
		properties, _ := v["properties"].(map[string]any)
		for key := range properties {
			keys[key] = true
		}
	}
}
