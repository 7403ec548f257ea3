package project

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
func parseTop(value any, services []string) (*Gateway, *misfit) {
	fields, bad := mapping(value)
	if bad != nil {
		return nil, bad
	}
	for _, key := range sortedKeys(fields) {
		switch {
		case key == "gateway", key == "setup": // for setup, see copies
		case slices.Contains(serviceKeys, key):
			return nil, &misfit{key: key, text: fmt.Sprintf("has the key %q, which belongs to x-devup of a service", key)}
		default:
			return nil, unknownKey(key, topKeys)
		}
	}
	return parseGateway(fields["gateway"], services)
}

// parseGateway reads gateway: true, false, or what it is like.
func parseGateway(value any, services []string) (*Gateway, *misfit) {
	if on, ok := boolean(filled(value)); ok || value == nil {
		if on {
			return &Gateway{}, nil
		}
		return nil, nil
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, &misfit{key: "gateway", text: "has a gateway that is neither true, false nor a mapping", hint: "gateway: true finds the rest by itself"}
	}
	g := &Gateway{}
	for _, key := range sortedKeys(fields) {
		var bad *misfit
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

func parsePort(value any) (int, *misfit) {
	n, err := strconv.Atoi(fmt.Sprint(filled(value)))
	if err != nil || n < 1 || n > 65535 {
		return 0, &misfit{text: "has a gateway whose port is no number of one", hint: "for example: port: 8080"}
	}
	return n, nil
}

// parseRoutes reads a mapping of paths to services.
func parseRoutes(value any, services []string) ([]GatewayRoute, *misfit) {
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, &misfit{text: "has a gateway whose routes are no mapping", hint: routeExample}
	}
	var routes []GatewayRoute
	for _, path := range sortedKeys(fields) {
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
func parseRoute(path string, value any, services []string) (GatewayRoute, *misfit) {
	prefix, ok := cleanPrefix(path)
	if !ok {
		return GatewayRoute{}, &misfit{text: fmt.Sprintf("has a gateway with the route %q, which is no path", path), hint: routeExample}
	}
	r := GatewayRoute{Prefix: prefix}
	fields, isMapping := value.(map[string]any)
	if !isMapping {
		fields = map[string]any{"service": value}
	}
	for _, key := range sortedKeys(fields) {
		v := filled(fields[key])
		switch key {
		case "service":
			r.Service, _ = v.(string)
		case "strip":
			if r.Strip, ok = boolean(v); !ok {
				return r, &misfit{text: "has a route " + path + " whose strip is neither true nor false"}
			}
		default:
			bad := unknownKey(key, routeKeys)
			bad.text = "has a route " + path + " that " + bad.text
			return r, bad
		}
	}
	if !slices.Contains(services, r.Service) {
		hint := "the services are " + strings.Join(services, ", ")
		if near := nearest(r.Service, services); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return r, &misfit{text: fmt.Sprintf("leads %s to %q, which is no service", path, r.Service), hint: hint}
	}
	return r, nil
}

// parseOwnRoutes reads routes of a service: paths, and {path: /api, strip: true}.
func parseOwnRoutes(value any) ([]GatewayRoute, *misfit) {
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
			for _, key := range sortedKeys(fields) {
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
			return nil, &misfit{key: "routes", text: fmt.Sprintf("has a route %v that is no path", path), hint: example}
		}
		on, isBoolean := boolean(strip)
		if !isBoolean {
			return nil, &misfit{key: "routes", text: fmt.Sprintf("has a route %s whose strip is neither true nor false", text)}
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
		return fill(s, unset)
	}
	return value
}
