package project

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/symbol"
	"github.com/devup-cli/devup/internal/untrusted"
)

// YAML is the project as one Compose file, for `devup config`. Values that
// stand in env files stay there: the file names them and does not repeat them,
// except those whose URLs were resolved. Tokens of an unresolved project count
// as unset variables.
func (p *Project) YAML() ([]byte, error) {
	text, err := marshal(shown(p))
	if err != nil {
		return nil, fmt.Errorf("write the project as YAML: %w", err)
	}
	return text, nil
}

// JSON is [Project.YAML] as JSON with line breaks.
func (p *Project) JSON() ([]byte, error) {
	text, err := shown(p).MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the project as JSON: %w", err)
	}
	return []byte(untrusted.SafeJSON(strings.ReplaceAll(string(text), "$", "$$")) + "\n"), nil
}

// shown is the model without what stands in env files.
func shown(p *Project) *types.Project {
	model := rewritten(p.Project, func(s string) string { return symbol.Fill(s, symbol.NoValue) })
	for name, environment := range p.declared {
		s, ok := model.Services[name]
		if !ok {
			continue
		}
		s.Environment = rewritten(environment, func(s string) string { return symbol.Fill(s, symbol.NoValue) })
		model.Services[name] = s
	}
	return model
}

// marshal writes a dollar sign as Compose reads one.
func marshal(model *types.Project) ([]byte, error) {
	text, err := dump(model)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(text, []byte("$"), []byte("$$")), nil
}

// Images lists the images that the services run, sorted: of those that are built without
// saying a name, the one that they get.
func (p *Project) Images() []string {
	all := map[string]bool{}
	for name, s := range p.Services {
		switch {
		case s.Image != "":
			all[symbol.Fill(s.Image, symbol.NoValue)] = true
		case s.Build != nil:
			all[p.Name+"-"+name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
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
	return slices.Sorted(maps.Keys(all))
}

// dump writes YAML that is safe to show on a terminal. The writer escapes control
// characters; where other characters mislead, all that are not ASCII are escaped.
func dump(v any) ([]byte, error) {
	style := yaml.Options(yaml.V3, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	text, err := yaml.Dump(v, style)
	if err != nil || untrusted.SafeJSON(string(text)) == string(text) {
		return text, err
	}
	return yaml.Dump(v, style, yaml.WithUnicode(false))
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
	for _, name := range slices.Sorted(maps.Keys(found)) {
		v := found[name]
		list = append(list, Variable{Name: name, Required: v.Required, Default: v.DefaultValue, Alternative: v.PresenceValue})
	}
	return list
}
