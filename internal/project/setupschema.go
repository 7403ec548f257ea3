package project

// setupSchema is that of x-devup.setup in a service.
func setupSchema() map[string]any {
	command := func() map[string]any {
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "string", "pattern": `\S`},
			map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": "string"}},
		}}
	}
	run, step := command(), command()
	run["description"] = "The command: a text for the shell of the container, or a list."
	step["anyOf"] = append(step["anyOf"].([]any), map[string]any{
		"type":                 "object",
		"additionalProperties": false,
		"required":             []any{"run"},
		"properties": map[string]any{
			"name": map[string]any{"description": "What the step is called in the output.", "type": "string", "pattern": `^[^\r\n]+$`},
			"run":  run,
			"every": map[string]any{
				"description": `"up" runs the step after every up; without it, it runs once in a checkout.`,
				"enum":        []any{"up"},
			},
			"timeout": map[string]any{
				"description": "How long the step may run, such as 90s or 2h; 30m where it is not given, and 0 for no limit.",
				"anyOf": []any{
					map[string]any{"type": "string", "pattern": `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+|.*\$.*)$`},
					map[string]any{"const": 0},
				},
			},
		},
	})
	return map[string]any{
		"description": "What runs in the service's container once it answers, in this order: once in a checkout, and again where the command or the volumes are new.",
		"type":        "array",
		"items":       step,
		"examples":    []any{[]any{"npm run migrate", map[string]any{"name": "seed", "run": "npm run seed"}}},
	}
}

// topSetupSchema is that of x-devup.setup at the top.
func topSetupSchema() map[string]any {
	return map[string]any{
		"description":          "What a fresh clone lacks.",
		"type":                 []any{"object", "null"},
		"additionalProperties": false,
		"properties": map[string]any{
			"copy": map[string]any{
				"description":          "Files of this folder, each with the name under which up copies it where there is no such file yet.",
				"type":                 []any{"object", "null"},
				"additionalProperties": map[string]any{"type": "string", "pattern": `^[^/$][^$]*$`},
				"examples":             []any{map[string]any{".env.example": ".env"}},
			},
		},
	}
}
