package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

const extensionKey = "x-devup"

// ServiceExtension is x-devup in a service.
type ServiceExtension struct {
	Stack     string // which template scaffolds the Dockerfile ("flask", "vite", …); empty for none
	Ready     string // HTTP path that must answer below 500 before the service counts as ready; empty for the usual checks
	Public    bool   // the ports may be opened to the internet in a cloud workspace
	FixedPort bool   // port: fixed, so that the host port is never moved
}

// serviceKeys are the keys of x-devup in a service, in the order in which they
// are listed to people.
var serviceKeys = []string{"stack", "ready", "public", "port"}

var stackPattern = lazyregexp.New(`^[a-z][a-z0-9-]*$`)

// misfit is something wrong under x-devup: at which key, and what.
type misfit struct {
	key  string // empty for x-devup itself
	text string // continues "x-devup of service web"
	hint string
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
		v := fields[key]
		if s, ok := v.(string); ok {
			v = fill(s, unset)
		}
		switch key {
		case "stack":
			s, ok := v.(string)
			if !ok || !stackPattern.MatchString(s) {
				return x, &misfit{key: key, text: "has a stack that is no name of one", hint: "for example: stack: flask"}
			}
			x.Stack = s
		case "ready":
			s, ok := v.(string)
			if !ok || !strings.HasPrefix(s, "/") || strings.ContainsAny(s, " \t\r\n") {
				return x, &misfit{key: key, text: "has a ready that is no path", hint: "for example: ready: /api/health-check"}
			}
			x.Ready = s
		case "public":
			b, ok := boolean(v)
			if !ok {
				return x, &misfit{key: key, text: "has a public that is neither true nor false"}
			}
			x.Public = b
		case "port":
			if v != "fixed" {
				return x, &misfit{key: key, text: "has a port that is not the word fixed", hint: "port: fixed keeps the host port where it is; the port itself stands under ports"}
			}
			x.FixedPort = true
		default:
			return x, unknownKey(key, serviceKeys)
		}
	}
	return x, nil
}

// checkTop says what is wrong with x-devup at the top, where no key is known yet.
func checkTop(value any) *misfit {
	fields, bad := mapping(value)
	if bad != nil || len(fields) == 0 {
		return bad
	}
	key := sortedKeys(fields)[0]
	why := "and no key is known there"
	if slices.Contains(serviceKeys, key) {
		why = "which belongs to x-devup of a service"
	}
	return &misfit{key: key, text: fmt.Sprintf("has the key %q, %s", key, why)}
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
	if bad := checkTop(p.Project.Extensions[extensionKey]); bad != nil {
		return bad.failure(files, "", extensionKey)
	}
	p.Extensions = map[string]ServiceExtension{}
	services := p.AllServices()
	for _, name := range sortedKeys(services) {
		x, bad := parseExtension(services[name].Extensions[extensionKey])
		if bad != nil {
			return bad.failure(files, name, "services", name, extensionKey)
		}
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
		path = append(path, m.key)
	}
	e := fail.New(fail.Config, m.hint, "%s %s", subject, m.text)
	e.Service = service
	e.File, e.Line = locate(files, path...)
	return e
}
