package project

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// YAML is the project as one Compose file, for `devup config`. Values that
// stand in env files stay there: the file names them and does not repeat them,
// except those whose URLs were resolved. Tokens of an unresolved project count
// as unset variables.
func (p *Project) YAML() ([]byte, error) {
	text, err := marshal(p.shown())
	if err != nil {
		return nil, fmt.Errorf("write the project as YAML: %w", err)
	}
	return text, nil
}

// JSON is [Project.YAML] as JSON with line breaks.
func (p *Project) JSON() ([]byte, error) {
	text, err := p.shown().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the project as JSON: %w", err)
	}
	return append(bytes.ReplaceAll(text, []byte("$"), []byte("$$")), '\n'), nil
}

// shown is the model without what stands in env files.
func (p *Project) shown() *types.Project {
	model := rewritten(p.Project, func(s string) string { return fill(s, unset) })
	for name, environment := range p.declared {
		s, ok := model.Services[name]
		if !ok {
			continue
		}
		s.Environment = rewritten(environment, func(s string) string { return fill(s, unset) })
		model.Services[name] = s
	}
	return model
}

// marshal writes a dollar sign as Compose reads one.
func marshal(model *types.Project) ([]byte, error) {
	text, err := model.MarshalYAML()
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(text, []byte("$"), []byte("$$")), nil
}

// Raw is the merged config as plain keys and values, with its variables as they are
// written: for `devup config --no-interpolate`. Services and profiles are not selected.
// The error is as of [Load].
func Raw(ctx context.Context, o Options) (map[string]any, error) {
	l, err := open(o)
	if err != nil {
		return nil, err
	}
	details, name, explicit, err := l.details()
	if err != nil {
		return nil, err
	}
	model, err := loader.LoadModelWithContext(ctx, details, func(lo *loader.Options) {
		lo.SetProjectName(name, explicit)
		lo.SkipInterpolation, lo.SkipValidation = true, true
		lo.SkipResolveEnvironment = true
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, onStandardInput(explain(err, l.sources))
	}
	return model, nil
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
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(raw); err != nil {
		return nil, fmt.Errorf("write the config as YAML: %w", err)
	}
	return []byte(b.String()), nil
}

// Images lists the images that the services run, sorted: of those that are built without
// saying a name, the one that they get.
func (p *Project) Images() []string {
	all := map[string]bool{}
	for name, s := range p.Services {
		switch {
		case s.Image != "":
			all[fill(s.Image, unset)] = true
		case s.Build != nil:
			all[p.Name+"-"+name] = true
		}
	}
	return sortedKeys(all)
}
