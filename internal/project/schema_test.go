package project

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(Schema())))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("devup.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("devup.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	const web = "services: {web: {image: x, x-devup: "
	tests := []struct {
		name, text string
		valid      bool
	}{
		{"no x-devup", "services: {web: {image: x}}", true},
		{"everything", web + "{stack: flask, ready: /x, public: true, port: fixed}}}\nx-devup: {}", true},
		{"variables", web + "{ready: '${R:-/x}', public: '${P:-true}'}}}", true},
		{"gateway", web + "{routes: [/api, {path: /x, strip: true}]}}}\nx-devup: {gateway: true}", true},
		{"gateway in full", web + "{routes: /api}}}\nx-devup: {gateway: {port: 8080, routes: {/: web, /api: {service: api, strip: true}}}}", true},
		{"gateway with a wrong key", "services: {web: {image: x}}\nx-devup: {gateway: {prot: 8080}}", false},
		{"route that is no path", web + "{routes: [api]}}}", false},
		{"setup", web + "{setup: [make, [make, all], {name: seed, run: ./seed, every: up}]}}}", true},
		{"files to copy", "services: {web: {image: x}}\nx-devup: {setup: {copy: {.env.example: .env}}}", true},
		{"files to copy elsewhere", "services: {web: {image: x}}\nx-devup: {setup: {copy: {a: /etc/a}}}", false},
		{"setup that is a text", web + "{setup: make}}}", false},
		{"setup step without a command", web + "{setup: [{name: seed}]}}}", false},
		{"setup steps with a timeout", web + "{setup: [{run: x, timeout: 1h30m}, {run: y, timeout: 0}, {run: z, timeout: '${T:-5m}'}]}}}", true},
		{"timeout of a setup step without a unit", web + "{setup: [{run: x, timeout: 90}]}}}", false},
		{"setup step at other times", web + "{setup: [{run: x, every: day}]}}}", false},
		{"nothing", web + "null}}", true},
		{"unknown key", web + "{redy: /x}}}", false},
		{"list", web + "[a]}}", false},
		{"ready without slash", web + "{ready: x}}}", false},
		{"public is a number", web + "{public: 1}}}", false},
		{"port is another word", web + "{port: stable}}}", false},
		{"port is a number", web + "{port: 3000}}}", true},
		{"port is a list", web + "{port: [3000, 9229]}}}", true},
		{"key at the top", "services: {web: {image: x}}\nx-devup: {ready: /x}", false},
		{"unknown Compose key", "services: {web: {image: x, prots: []}}", false},
		{"other extension", "services: {web: {image: x, x-other: [1]}}\nx-o: 1", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := compiled.Validate(asJSON(t, test.text)); (err == nil) != test.valid {
				t.Errorf("valid=%v, want %v: %v", err == nil, test.valid, err)
			}
			_, bad := parseExtension(serviceExtensionOf(t, test.text))
			if test.valid && bad != nil && !strings.Contains(test.text, "${") {
				t.Errorf("the schema takes what Load refuses: %+v", bad)
			}
		})
	}
}

func asJSON(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	value, err = jsonschema.UnmarshalJSON(strings.NewReader(string(encoded)))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func serviceExtensionOf(t *testing.T, text string) any {
	t.Helper()
	var file struct {
		Services map[string]map[string]any
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	return file.Services["web"][ExtensionKey]
}

func TestSchemaListsWhatIsParsed(t *testing.T) {
	t.Parallel()
	properties := serviceSchema()["properties"].(map[string]any)
	if len(properties) != len(serviceKeys) {
		t.Errorf("the schema has %v, the parser %v", slices.Sorted(maps.Keys(properties)), serviceKeys)
	}
	for _, key := range serviceKeys {
		if properties[key] == nil {
			t.Errorf("the schema lacks %s", key)
		}
	}
}
