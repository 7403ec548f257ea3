package project

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/composeschema"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/suggest"
)

// ExtensionKey is the key of what devup needs to know and Compose cannot say.
const ExtensionKey = "x-devup"

// ServiceExtension is x-devup in a service.
type ServiceExtension struct {
	Stack     string         // which template scaffolds the Dockerfile ("flask", "vite", …); empty for none
	Ready     string         // HTTP path that must answer below 500 before the service counts as ready; empty for the usual checks
	Public    bool           // the ports may be opened to the internet in a cloud workspace
	FixedPort bool           // port: fixed, so that the host port is never moved
	Targets   []int          // port: 3000, the ports on which it listens in the network of another service; nil where it does not say
	Routes    []GatewayRoute // what the gateway leads to the service, without its name
	Egress    bool           // egress: credentials, so that its containers get the credentials of package registries that the user allows
	Setup     []SetupStep    // what has to run in the service's container before one can work with it, in this order
}

// Language is that of the stack; empty where it names none.
func (x ServiceExtension) Language() string {
	if s := stacks.Default(x.Stack); s != nil && s.Language != nil {
		return s.Language.Name
	}
	return ""
}

// Page tells whether the stack is one whose services are what users open.
func (x ServiceExtension) Page() bool {
	s := stacks.Default(x.Stack)
	return s != nil && s.Frontend
}

// serviceKeys are the keys of x-devup in a service, in the order in which they
// are listed to users.
var serviceKeys = []string{"stack", "ready", "public", "port", "routes", "setup", "egress"}

var stackPattern = lazyregexp.New(`^[a-z][a-z0-9-]*$`)

// extensionError is something wrong under x-devup: at which key, and what.
type extensionError struct {
	key   string   // empty for x-devup itself
	below []string // the keys that lead on from there
	text  string   // continues "x-devup of service web"
	hint  string
}

// parseExtension reads x-devup of a service as the loader left it: nil, or a
// mapping with interpolated strings.
func parseExtension(value any) (ServiceExtension, *extensionError) {
	var x ServiceExtension
	fields, bad := mapping(value)
	if bad != nil {
		return x, bad
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if bad := x.set(key, filled(fields[key])); bad != nil {
			return x, bad
		}
	}
	return x, nil
}

// set reads the value of one key.
func (x *ServiceExtension) set(key string, v any) (bad *extensionError) {
	var ok bool
	switch key {
	case "stack":
		if x.Stack, ok = v.(string); !ok || !stackPattern.MatchString(x.Stack) {
			return &extensionError{key: key, text: "has a stack that is not a name", hint: "for example: stack: flask"}
		}
	case "ready":
		if x.Ready, ok = v.(string); !ok || !strings.HasPrefix(x.Ready, "/") || strings.ContainsAny(x.Ready, " \t\r\n") {
			return &extensionError{key: key, text: "has a ready that is not a path", hint: "for example: ready: /api/health-check"}
		}
	case "public":
		if x.Public, ok = boolean(v); !ok {
			return &extensionError{key: key, text: "has a public that is neither true nor false"}
		}
	case "port":
		if x.FixedPort = v == "fixed"; !x.FixedPort {
			x.Targets, bad = parseTargets(v)
		}
		return bad
	case "egress":
		if x.Egress = v == "credentials"; !x.Egress {
			return &extensionError{key: key, text: "has an egress that is not the word credentials", hint: "egress: credentials lets its containers use tokens of package registries, when the user agrees"}
		}
	case "routes":
		x.Routes, bad = parseOwnRoutes(v)
		return bad
	case "setup":
		x.Setup, bad = parseSetup(v)
		return bad
	default:
		return unknownKey(key, serviceKeys)
	}
	return nil
}

// parseTargets reads the ports on which a service listens in the network of another.
func parseTargets(v any) ([]int, *extensionError) {
	list, several := v.([]any)
	if !several {
		list = []any{v}
	}
	var targets []int
	for _, item := range list {
		n, err := strconv.Atoi(fmt.Sprint(item))
		if err != nil || n < 1 || n > 65535 {
			return nil, &extensionError{
				key: "port", text: fmt.Sprintf("has the port %q, which is neither a number nor the word fixed", fmt.Sprint(item)),
				hint: "port: 3000 says where it listens in the network of another service; port: fixed keeps the host port",
			}
		}
		targets = append(targets, n)
	}
	return targets, nil
}

func mapping(value any) (map[string]any, *extensionError) {
	if value == nil {
		return nil, nil
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, &extensionError{text: "is not a mapping", hint: "write its keys below it, one on each line"}
	}
	return fields, nil
}

func boolean(v any) (value, ok bool) {
	switch v {
	case true, "true":
		return true, true
	case false, "false":
		return false, true
	default:
		return false, false
	}
}

func unknownKey(key string, known []string) *extensionError {
	m := &extensionError{key: key, text: fmt.Sprintf("has the unknown key %q", key)}
	if near := suggest.Nearest(key, known); near != "" {
		m.hint = fmt.Sprintf("did you mean %q?", near)
	} else {
		m.hint = "the known keys are " + strings.Join(known, ", ")
	}
	return m
}

// readExtensions checks and reads every x-devup of the loaded project.
func readExtensions(p *Project, files []composefile.File) error {
	services := p.AllServices()
	if err := misspelled(files, p.Project.Extensions, ""); err != nil {
		return err
	}
	var bad *extensionError
	if p.Gateway, bad = parseTop(p.Project.Extensions[ExtensionKey], slices.Sorted(maps.Keys(services))); bad != nil {
		return bad.fail(files, "", ExtensionKey)
	}
	p.Extensions = map[string]ServiceExtension{}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		if err := misspelled(files, services[name].Extensions, name, "services", name); err != nil {
			return err
		}
		x, bad := parseExtension(services[name].Extensions[ExtensionKey])
		if bad == nil && len(x.Targets) > 0 && !strings.HasPrefix(services[name].NetworkMode, types.ServicePrefix) {
			bad = &extensionError{key: "port", text: "has a port that is not the word fixed", hint: "port: fixed keeps the host port where it is; the port itself stands under ports"}
		}
		if bad != nil {
			return bad.fail(files, name, "services", name, ExtensionKey)
		}
		x.Setup = nameSteps(x.Setup, files, name)
		p.Extensions[name] = x
	}
	return nil
}

// misspelled is the error of a key that is x-devup with a typo: Compose takes any key that
// begins with x-, and nothing would come of it.
func misspelled(files []composefile.File, extensions types.Extensions, service string, path ...string) error {
	for _, key := range slices.Sorted(maps.Keys(extensions)) {
		if !suggest.IsTypo(key, ExtensionKey) {
			continue
		}
		subject := "the top"
		if service != "" {
			subject = "service " + service
		}
		e := fail.New(fail.Config, "did you mean \"x-devup\"?", "%s has the unknown key %q", subject, key)
		e.Service = service
		e.File, e.Line = composefile.Locate(files, append(path, key)...)
		return e
	}
	return nil
}

// fail is the error for the user, with the place of the key.
func (m *extensionError) fail(files []composefile.File, service string, path ...string) error {
	subject := "x-devup at the top"
	if service != "" {
		subject = "x-devup of service " + service
	}
	if m.key != "" {
		path = append(append(path, m.key), m.below...)
	}
	e := fail.New(fail.Config, m.hint, "%s %s", subject, m.text)
	e.Service = service
	e.File, e.Line = composefile.Locate(files, path...)
	return e
}

// Schema is the JSON schema (draft 2020-12) of devup.yaml: Compose's own with
// x-devup filled in, for editors to complete and check from.
func Schema() []byte {
	root := composeschema.Decode()
	definitions := root["$defs"].(map[string]any)
	definitions["x_devup"] = topSchema()
	definitions["x_devup_service"] = serviceSchema()
	root["properties"].(map[string]any)[ExtensionKey] = map[string]any{"$ref": "#/$defs/x_devup"}
	definitions["service"].(map[string]any)["properties"].(map[string]any)[ExtensionKey] = map[string]any{"$ref": "#/$defs/x_devup_service"}
	root["$id"] = "devup.schema.json"
	root["title"] = "devup.yaml"
	root["description"] = "A Compose file with x-devup: what devup up runs."
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("encode the schema of devup.yaml: %v", err)) // built from JSON values alone
	}
	return append(text, '\n')
}

func portSchema() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "integer", "minimum": 1, "maximum": 65535},
		map[string]any{"type": "string", "pattern": `^([1-9]\d{0,4}|\$\{.*)$`},
	}}
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
				"description": `"fixed" keeps the host port: up fails when it is taken, instead of using the next free one. A number, or a list of them, is where a service listens in the network of another (network_mode: service:...).`,
				"anyOf": []any{
					map[string]any{"enum": []any{"fixed"}},
					portSchema(),
					map[string]any{"type": "array", "items": portSchema(), "minItems": 1},
				},
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
