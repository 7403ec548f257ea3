package project

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/compose-spec/compose-go/v2/schema"

	"github.com/devup-cli/devup/internal/stack/stacks"
)

// Schema is the JSON schema (draft 2020-12) of devup.yaml: Compose's own with
// x-devup filled in, for editors to complete and check from.
func Schema() []byte {
	root := composeSchema()
	definitions := root["$defs"].(map[string]any)
	definitions["x_devup"] = topSchema()
	definitions["x_devup_service"] = serviceSchema()
	root["properties"].(map[string]any)[extensionKey] = map[string]any{"$ref": "#/$defs/x_devup"}
	definitions["service"].(map[string]any)["properties"].(map[string]any)[extensionKey] = map[string]any{"$ref": "#/$defs/x_devup_service"}
	root["$id"] = "devup.schema.json"
	root["title"] = "devup.yaml"
	root["description"] = "A Compose file with x-devup: what devup up runs."
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("encode the schema of devup.yaml: %v", err)) // built from JSON values alone
	}
	return append(text, '\n')
}

func topSchema() map[string]any {
	return map[string]any{
		"description":          "What devup needs to know about the project and Compose cannot say.",
		"type":                 []any{"object", "null"},
		"additionalProperties": false,
		"properties":           map[string]any{"gateway": gatewaySchema(), "setup": topSetupSchema()},
	}
}

func serviceSchema() map[string]any {
	return map[string]any{
		"description":          "What devup needs to know about the service and Compose cannot say.",
		"type":                 []any{"object", "null"},
		"additionalProperties": false,
		"properties": map[string]any{
			"stack": map[string]any{
				"description": "Which template scaffolds the service's Dockerfile.",
				"type":        "string",
				"pattern":     stackPattern.String(),
				"examples":    stacks.Names(),
			},
			"ready": map[string]any{
				"description": "HTTP path that must answer with a status below 500 before the service counts as ready.",
				"type":        "string",
				"pattern":     `^(/\S*|\$\{.*)$`,
				"examples":    []any{"/api/health-check"},
			},
			"public": map[string]any{
				"description": "May the service's ports be opened to the internet in a cloud workspace?",
				"anyOf":       []any{map[string]any{"type": "boolean"}, map[string]any{"type": "string", "pattern": `^(true|false|\$\{.*)$`}},
				"default":     false,
			},
			"port": map[string]any{
				"description": `"fixed" keeps the host port where it is: up fails when somebody else has it, instead of taking the next free one.`,
				"enum":        []any{"fixed"},
			},
			"egress": map[string]any{
				"description": `"credentials" lets the service's containers use the tokens and passwords of package registries and proxies that builds get, when the user agrees.`,
				"enum":        []any{"credentials"},
			},
			"routes": ownRoutesSchema(),
			"setup":  setupSchema(),
		},
	}
}

// composeSchema decodes Compose's schema anew, so that the caller may change it.
func composeSchema() map[string]any {
	var root map[string]any
	if err := json.Unmarshal([]byte(schema.Schema), &root); err != nil {
		panic(fmt.Sprintf("decode Compose's schema: %v", err)) // embedded in compose-go
	}
	return root
}

// sharedSchema is for reading only.
var sharedSchema = sync.OnceValue(composeSchema)

// composeKeys lists the keys that Compose knows at the place that the path
// leads to: at the top, in a service, or in the build, healthcheck, … of one.
func composeKeys(path []string) []string {
	node := sharedSchema()
	for _, key := range path {
		if node = schemaChild(node, key); node == nil {
			return nil
		}
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

func schemaChild(node map[string]any, key string) map[string]any {
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

// requiredKeys lists the keys that Compose wants in a mapping at the place.
func requiredKeys(keys []string) []string {
	node := sharedSchema()
	for _, key := range keys {
		if node = schemaChild(node, key); node == nil {
			return nil
		}
	}
	var required []string
	for _, v := range variants(node) {
		list, _ := v["required"].([]any)
		for _, key := range list {
			if name, ok := key.(string); ok {
				required = append(required, name)
			}
		}
	}
	return required
}

func collectKeys(node map[string]any, keys map[string]bool) {
	for _, v := range variants(node) {
		properties, _ := v["properties"].(map[string]any)
		for key := range properties {
			keys[key] = true
		}
	}
}
