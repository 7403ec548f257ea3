package project

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/suggest"
	"github.com/devup-cli/devup/internal/symbol"
)

// Gateway is one port that serves every service: x-devup.gateway at the top.
type Gateway struct {
	Port   int            // that the config asks for; 0 for the usual one
	Routes []GatewayRoute // as the config says; after urls.WithGateway complete, and sorted
	Now    GatewayNow

	HostPort int    // where it listens; 0 until the project is resolved
	HostIP   string // the address of that
}

// GatewayNow is what is there of a gateway already.
type GatewayNow struct {
	Port   int  // the one that it had the last time, when it wanted the same as now; 0 for none
	Serves bool // on that port, at this moment
	Asked  bool // for by a flag: the files say nothing of it
}

// GatewayRoute leads a path and all below it to a service.
type GatewayRoute struct {
	Prefix   string // "/", or "/api"
	Service  string
	Strip    bool   // the service does not see the prefix
	Upstream string // host and port of the service; empty until the project is resolved
}

// GatewayName is what users call the gateway, in tables and messages.
const GatewayName = "gateway"

// GatewayPort is the host port that the gateway gets where the config names none.
const GatewayPort = 8080

// topKeys are the keys of x-devup at the top, gatewayKeys those of a gateway, routeKeys
// those of one of its routes, and ownRouteKeys those of a route of a service.
var (
	topKeys      = []string{"gateway", "setup"}
	gatewayKeys  = []string{"port", "routes"}
	routeKeys    = []string{"service", "strip"}
	ownRouteKeys = []string{"path", "strip"}
)

const routeExample = "for example: routes: {/api: backend, /: frontend}"

// parseTop reads x-devup at the top. services are those that a route may name.
func parseTop(value any, services []string) (*Gateway, *extensionError) {
	fields, bad := mapping(value)
	if bad != nil {
		return nil, bad
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case key == "gateway", key == "setup": // for setup, see copies
		case slices.Contains(serviceKeys, key):
			return nil, &extensionError{key: key, text: fmt.Sprintf("has the key %q, which belongs to x-devup of a service", key)}
		default:
			return nil, unknownKey(key, topKeys)
		}
	}
	return parseGateway(fields["gateway"], services)
}

// parseGateway reads gateway: true, false, or what it is like.
func parseGateway(value any, services []string) (*Gateway, *extensionError) {
	if on, ok := boolean(filled(value)); ok || value == nil {
		if on {
			return &Gateway{}, nil
		}
		return nil, nil
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, &extensionError{key: "gateway", text: "has a gateway that is neither true, false nor a mapping", hint: "gateway: true finds the rest automatically"}
	}
	g := &Gateway{}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		var bad *extensionError
		switch key {
		case "port":
			g.Port, bad = parsePort(fields[key])
		case "routes":
			g.Routes, bad = parseRoutes(fields[key], services)
		default:
			bad = unknownKey(key, gatewayKeys)
			bad.text = "has a gateway that " + bad.text
		}
		if bad != nil {
			bad.below = append([]string{key}, bad.below...)
			bad.key = "gateway"
			return nil, bad
		}
	}
	return g, nil
}

func parsePort(value any) (int, *extensionError) {
	n, err := strconv.Atoi(fmt.Sprint(filled(value)))
	if err != nil || n < 1 || n > 65535 {
		return 0, &extensionError{text: "has a gateway whose port is not a port number", hint: "for example: port: 8080"}
	}
	return n, nil
}

// parseRoutes reads a mapping of paths to services.
func parseRoutes(value any, services []string) ([]GatewayRoute, *extensionError) {
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, &extensionError{text: "has a gateway whose routes are not a mapping", hint: routeExample}
	}
	var routes []GatewayRoute
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		r, bad := parseRoute(path, fields[path], services)
		if bad != nil {
			bad.below = []string{path}
			return nil, bad
		}
		routes = append(routes, r)
	}
	return routes, nil
}

// parseRoute reads "/api: backend" and "/api: {service: backend, strip: true}".
func parseRoute(path string, value any, services []string) (GatewayRoute, *extensionError) {
	prefix, ok := cleanPrefix(path)
	if !ok {
		return GatewayRoute{}, &extensionError{text: fmt.Sprintf("has a gateway with the route %q, which is not a path", path), hint: routeExample}
	}
	r := GatewayRoute{Prefix: prefix}
	fields, isMapping := value.(map[string]any)
	if !isMapping {
		fields = map[string]any{"service": value}
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		v := filled(fields[key])
		switch key {
		case "service":
			r.Service, _ = v.(string)
		case "strip":
			if r.Strip, ok = boolean(v); !ok {
				return r, &extensionError{text: "has a route " + path + " whose strip is neither true nor false"}
			}
		default:
			bad := unknownKey(key, routeKeys)
			bad.text = "has a route " + path + " that " + bad.text
			return r, bad
		}
	}
	if !slices.Contains(services, r.Service) {
		hint := "the services are " + strings.Join(services, ", ")
		if near := suggest.Nearest(r.Service, services); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return r, &extensionError{text: fmt.Sprintf("routes %s to %q, which is not a service", path, r.Service), hint: hint}
	}
	return r, nil
}

// parseOwnRoutes reads routes of a service: paths, and {path: /api, strip: true}.
func parseOwnRoutes(value any) ([]GatewayRoute, *extensionError) {
	const example = "for example: routes: [/api]"
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var routes []GatewayRoute
	for _, item := range list {
		var strip any = false
		path := filled(item)
		if fields, ok := item.(map[string]any); ok {
			for _, key := range slices.Sorted(maps.Keys(fields)) {
				if !slices.Contains(ownRouteKeys, key) {
					bad := unknownKey(key, ownRouteKeys)
					bad.key, bad.text = "routes", "has a route that "+bad.text
					return nil, bad
				}
			}
			path = filled(fields["path"])
			if fields["strip"] != nil {
				strip = filled(fields["strip"])
			}
		}
		text, _ := path.(string)
		prefix, isPath := cleanPrefix(text)
		if !isPath {
			return nil, &extensionError{key: "routes", text: fmt.Sprintf("has a route %v that is not a path", path), hint: example}
		}
		on, isBoolean := boolean(strip)
		if !isBoolean {
			return nil, &extensionError{key: "routes", text: fmt.Sprintf("has a route %s whose strip is neither true nor false", text)}
		}
		routes = append(routes, GatewayRoute{Prefix: prefix, Strip: on})
	}
	return routes, nil
}

// cleanPrefix takes the slash off the end of a path, and tells whether it is one that a
// request can have: whole segments, none of which leads elsewhere.
func cleanPrefix(path string) (string, bool) {
	if path == "/" {
		return path, true
	}
	path = strings.TrimSuffix(path, "/")
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#%*\\ \t\r\n") {
		return "", false
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", false
		}
	}
	return path, true
}

// filled gives a text the values that its variables have while loading.
func filled(value any) any {
	if s, ok := value.(string); ok {
		return symbol.Fill(s, symbol.NoValue)
	}
	return value
}

// gatewaySchema is that of x-devup.gateway at the top.
func gatewaySchema() map[string]any {
	number := map[string]any{"type": "integer", "minimum": 1, "maximum": 65535}
	route := map[string]any{
		"description":          "The service that serves this path and all below it.",
		"type":                 []any{"string", "object"},
		"additionalProperties": false,
		"required":             []any{"service"},
		"properties": map[string]any{
			"service": map[string]any{"description": "The service that answers.", "type": "string"},
			"strip":   stripSchema(),
		},
	}
	return map[string]any{
		"description": "One port that serves every service, so that browsers make no request across origins: true, or its settings.",
		"default":     false,
		"anyOf": []any{
			flagSchema(),
			map[string]any{
				"type":                 "object",
				"additionalProperties": false,
				"properties": map[string]any{
					"port": map[string]any{
						"description": "Its preferred host port; if that is taken, devup uses the next free one.",
						"anyOf":       []any{number, map[string]any{"type": "string", "pattern": `^(\d+|\$\{.*)$`}},
						"default":     GatewayPort,
					},
					"routes": map[string]any{
						"description":          "Which service serves which path; the longest path wins. Without it, the services' own routes count.",
						"type":                 "object",
						"propertyNames":        map[string]any{"pattern": routePattern},
						"additionalProperties": route,
						"examples":             []any{map[string]any{"/api": "backend", "/": "frontend"}},
					},
				},
			},
		},
	}
}

const routePattern = `^/[^\s?#%*\\]*$`

// ownRoutesSchema is that of x-devup.routes in a service.
func ownRoutesSchema() map[string]any {
	path := map[string]any{"type": "string", "pattern": routePattern + `|^\$\{`}
	return map[string]any{
		"description": "The paths that the gateway routes to the service, with all below them.",
		"examples":    []any{[]any{"/api"}},
		"anyOf": []any{path, map[string]any{
			"type": "array",
			"items": map[string]any{"anyOf": []any{path, map[string]any{
				"type":                 "object",
				"additionalProperties": false,
				"required":             []any{"path"},
				"properties":           map[string]any{"path": path, "strip": stripSchema()},
			}}},
		}},
	}
}

func stripSchema() map[string]any {
	s := flagSchema()
	s["description"] = "Does the service get the path without the prefix?"
	s["default"] = false
	return s
}

// flagSchema is true, false, or a variable that holds one of them.
func flagSchema() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "boolean"},
		map[string]any{"type": "string", "pattern": `^(true|false|\$\{.*)$`},
	}}
}
