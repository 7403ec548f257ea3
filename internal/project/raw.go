package project

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Raw is the merged config as plain keys and values, with its variables as they are
// written: for `devup config --no-interpolate`. It holds no value of the environment.
// Services and profiles are not selected. The error is as of [Load].
func Raw(ctx context.Context, o Options) (map[string]any, error) {
	s, err := find(o)
	if err != nil {
		return nil, err
	}
	if err := s.checkReads(); err != nil {
		return nil, onStandardInput(err)
	}
	name, given, err := s.outerName()
	if err != nil {
		return nil, err
	}
	details := s.details()
	lookup := details.LookupEnv
	load := func() (map[string]any, error) {
		model, err := loader.LoadModelWithContext(ctx, details, func(lo *loader.Options) {
			lo.SetProjectName(name, given)
			lo.SkipInterpolation, lo.SkipValidation = true, true
			lo.Interpolate.LookupValue = lookup // the project's name is still filled in
		})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, onStandardInput(explain(err, s.sources))
		}
		return model, nil
	}
	model, err := load()
	if err != nil {
		return nil, err
	}
	// The loader fills in variables that are passed through, also those of env files
	// that it reads itself. A mark in the place of each value shows where.
	details.Environment = maps.Clone(details.Environment)
	markNames(model, details.Environment)
	if model, err = load(); err != nil {
		return nil, err
	}
	unfill(model)
	return model, nil
}

// mark stands for the value of a variable. No value of a process or file can be it.
const mark = "\x00"

// markNames gives a mark to whatever in a config may be the name of a variable.
func markNames(v any, env types.Mapping) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			env[key] = mark
			markNames(value, env)
		}
	case []any:
		for _, value := range v {
			markNames(value, env)
		}
	case string:
		name, _, _ := strings.Cut(v, "=")
		env[name] = mark
	}
}

// unfill takes out of a config what the loader has filled in.
func unfill(v any) {
	switch v := v.(type) {
	case map[string]any:
		_, named := v["environment"].(string) // a secret or a config, whose value is that of a variable
		for key, value := range v {
			switch {
			case value == any(mark) && named:
				delete(v, key)
			case value == any(mark):
				v[key] = nil
			default:
				unfill(value)
			}
		}
	case []any:
		for i, value := range v {
			if text, ok := value.(string); ok {
				v[i] = strings.TrimSuffix(text, "="+mark)
			}
			unfill(value)
		}
	}
}

// Variable is a variable that a config refers to.
type Variable struct {
	Name        string
	Required    bool   // ${NAME:?message}
	Default     string // the word of ${NAME:-word}, or empty
	Alternative string // the word of ${NAME:+word}, or empty
}

// Variables lists what a config refers to, sorted by name.
func Variables(raw map[string]any) []Variable {
	found := template.ExtractVariables(raw, template.DefaultPattern)
	var list []Variable
	for _, name := range sortedKeys(found) {
		v := found[name]
		list = append(list, Variable{Name: name, Required: v.Required, Default: v.DefaultValue, Alternative: v.PresenceValue})
	}
	return list
}

// RawYAML writes what [Raw] gives.
func RawYAML(raw map[string]any) ([]byte, error) {
	text, err := dump(raw)
	if err != nil {
		return nil, fmt.Errorf("write the config as YAML: %w", err)
	}
	return text, nil
}

// RawJSON is [RawYAML] as JSON with line breaks.
func RawJSON(raw map[string]any) ([]byte, error) {
	text, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the config as JSON: %w", err)
	}
	return []byte(untrusted.SafeJSON(string(text)) + "\n"), nil
}

// RawNames are names in what [Raw] gives, sorted: those of its services, volumes or
// networks, or of the images or profiles of all services.
func RawNames(raw map[string]any, list string) []string {
	services, _ := raw["services"].(map[string]any)
	all := map[string]bool{}
	switch list {
	case "images":
		for name, service := range services {
			s, _ := service.(map[string]any)
			if image, ok := s["image"].(string); ok {
				all[image] = true
			} else if s["build"] != nil {
				all[fmt.Sprint(raw["name"], "-", name)] = true
			}
		}
	case "profiles":
		for _, service := range services {
			s, _ := service.(map[string]any)
			profiles, _ := s["profiles"].([]any)
			for _, profile := range profiles {
				all[fmt.Sprint(profile)] = true
			}
		}
	default:
		named, _ := raw[list].(map[string]any)
		return slices.Sorted(maps.Keys(named))
	}
	return sortedKeys(all)
}
