package project

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/untrusted"
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
	return []byte(untrusted.SafeJSON(strings.ReplaceAll(string(text), "$", "$$")) + "\n"), nil
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
	text, err := dump(model)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(text, []byte("$"), []byte("$$")), nil
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
