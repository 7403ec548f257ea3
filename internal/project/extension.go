package project

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

const extensionKey = "x-devup"

// ServiceExtension is x-devup in a service.
type ServiceExtension struct {
	Stack     string         // which template scaffolds the Dockerfile ("flask", "vite", …); empty for none
	Ready     string         // HTTP path that must answer below 500 before the service counts as ready; empty for the usual checks
	Public    bool           // the ports may be opened to the internet in a cloud workspace
	FixedPort bool           // port: fixed, so that the host port is never moved
	Routes    []GatewayRoute // what the gateway leads to the service, without its name
	Egress    bool           // egress: credentials, so that its containers get the credentials of package registries that the user allows
	Setup     []SetupStep    // what has to run in the service's container before one can work with it, in this order
}

// Page tells whether the stack is one whose services are what people open.
func (x ServiceExtension) Page() bool {
	s := stacks.Default(x.Stack)
	return s != nil && s.Page
}

// serviceKeys are the keys of x-devup in a service, in the order in which they
// are listed to people.
var serviceKeys = []string{"stack", "ready", "public", "port", "routes", "setup", "egress"}

var stackPattern = lazyregexp.New(`^[a-z][a-z0-9-]*$`)

// misfit is something wrong under x-devup: at which key, and what.
type misfit struct {
	key   string   // empty for x-devup itself
	below []string // the keys that lead on from there
	text  string   // continues "x-devup of service web"
	hint  string
}

// parseExtension reads x-devup of a service as the loader left it: nil, or a
// mapping with interpolated strings.
func parseExtension(value any) (ServiceExtension, *misfit) {
	var x ServiceExtension
	fields, bad := mapping(value)
	if bad != nil {
		return x, bad
	}
	for _, key := range sortedKeys(fields) {
		if bad := x.set(key, filled(fields[key])); bad != nil {
			return x, bad
		}
	}
	return x, nil
}

// set reads the value of one key.
func (x *ServiceExtension) set(key string, v any) (bad *misfit) {
	var ok bool
	switch key {
	case "stack":
		if x.Stack, ok = v.(string); !ok || !stackPattern.MatchString(x.Stack) {
			return &misfit{key: key, text: "has a stack that is no name of one", hint: "for example: stack: flask"}
		}
	case "ready":
		if x.Ready, ok = v.(string); !ok || !strings.HasPrefix(x.Ready, "/") || strings.ContainsAny(x.Ready, " \t\r\n") {
			return &misfit{key: key, text: "has a ready that is no path", hint: "for example: ready: /api/health-check"}
		}
	case "public":
		if x.Public, ok = boolean(v); !ok {
			return &misfit{key: key, text: "has a public that is neither true nor false"}
		}
	case "port":
		if x.FixedPort = v == "fixed"; !x.FixedPort {
			return &misfit{key: key, text: "has a port that is not the word fixed", hint: "port: fixed keeps the host port where it is; the port itself stands under ports"}
		}
	case "egress":
		if x.Egress = v == "credentials"; !x.Egress {
			return &misfit{key: key, text: "has an egress that is not the word credentials", hint: "egress: credentials lets its containers use tokens of package registries, when the user agrees"}
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

func mapping(value any) (map[string]any, *misfit) {
	if value == nil {
		return nil, nil
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, &misfit{text: "is no mapping", hint: "write its keys below it, each on a line of its own"}
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

func unknownKey(key string, known []string) *misfit {
	m := &misfit{key: key, text: fmt.Sprintf("has the unknown key %q", key)}
	if near := nearest(key, known); near != "" {
		m.hint = fmt.Sprintf("did you mean %q?", near)
	} else {
		m.hint = "the known keys are " + strings.Join(known, ", ")
	}
	return m
}

// extensions checks and reads every x-devup of the loaded project.
func (p *Project) extensions(files []source) error {
	services := p.AllServices()
	var bad *misfit
	if p.Gateway, bad = parseTop(p.Project.Extensions[extensionKey], sortedKeys(services)); bad != nil {
		return bad.failure(files, "", extensionKey)
	}
	p.Extensions = map[string]ServiceExtension{}
	for _, name := range sortedKeys(services) {
		x, bad := parseExtension(services[name].Extensions[extensionKey])
		if bad != nil {
			return bad.failure(files, name, "services", name, extensionKey)
		}
		x.Setup = nameSteps(x.Setup, files, name)
		p.Extensions[name] = x
	}
	return nil
}

// failure is the error for the user, with the place of the key.
func (m *misfit) failure(files []source, service string, path ...string) error {
	subject := "x-devup at the top"
	if service != "" {
		subject = "x-devup of service " + service
	}
	if m.key != "" {
		path = append(append(path, m.key), m.below...)
	}
	e := fail.New(fail.Config, m.hint, "%s %s", subject, m.text)
	e.Service = service
	e.File, e.Line = locate(files, path...)
	return e
}
