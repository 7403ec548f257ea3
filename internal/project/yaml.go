package project

import (
	"bytes"
	"fmt"

	"github.com/compose-spec/compose-go/v2/types"
)

// YAML is the project as one Compose file, for `devup config`. Values that
// stand in env files stay there: the file names them and does not repeat them,
// except those whose URLs were resolved. Tokens of an unresolved project count
// as unset variables.
func (p *Project) YAML() ([]byte, error) {
	model := rewritten(p.Project, func(s string) string { return fill(s, unset) })
	for name, environment := range p.declared {
		s, ok := model.Services[name]
		if !ok {
			continue
		}
		s.Environment = rewritten(environment, func(s string) string { return fill(s, unset) })
		model.Services[name] = s
	}
	text, err := marshal(model)
	if err != nil {
		return nil, fmt.Errorf("write the project as YAML: %w", err)
	}
	return text, nil
}

// marshal writes a dollar sign as Compose reads one.
func marshal(model *types.Project) ([]byte, error) {
	text, err := model.MarshalYAML()
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(text, []byte("$"), []byte("$$")), nil
}
