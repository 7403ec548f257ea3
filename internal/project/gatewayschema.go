package project

// gatewaySchema is that of x-devup.gateway at the top.
func gatewaySchema() map[string]any {
	number := map[string]any{"type": "integer", "minimum": 1, "maximum": 65535}
	route := map[string]any{
		"description":          "The service that this path and all below it lead to.",
		"type":                 []any{"string", "object"},
		"additionalProperties": false,
		"required":             []any{"service"},
		"properties": map[string]any{
			"service": map[string]any{"description": "The service that answers.", "type": "string"},
			"strip":   stripSchema(),
		},
	}
	return map[string]any{
		"description": "One port that serves every service, so that browsers make no request across origins: true, or what it is like.",
		"default":     false,
		"anyOf": []any{
			flagSchema(),
			map[string]any{
				"type":                 "object",
				"additionalProperties": false,
				"properties": map[string]any{
					"port": map[string]any{
						"description": "The host port that it wants; the next free one is taken where somebody else has it.",
						"anyOf":       []any{number, map[string]any{"type": "string", "pattern": `^(\d+|\$\{.*)$`}},
						"default":     gatewayPort,
					},
					"routes": map[string]any{
						"description":          "Which path leads to which service; the longest wins. Without it, the services' own routes count.",
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
		"description": "The paths that the gateway leads to the service, with all below them.",
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
