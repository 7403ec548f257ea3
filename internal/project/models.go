package project

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
)

// models tells the services that use models where these are and what they are called, in the
// variables that Docker Compose sets too. Without the address of a server it is an error that
// a service needs one: devup starts none.
func (l *loading) models(p *Project) error {
	for _, service := range p.ServiceNames() {
		used := p.Services[service].Models
		if len(used) > 0 && l.options.ModelURL == "" {
			e := composefile.Failure(nil, l.set.Files, []string{"services", service, "models"}, "service %s needs models: devup starts none, and the setting model_url names no server that has them", service)
			e.Service = service
			return composefile.WithHint(e, "set DEVUP_MODEL_URL to the URL of a server with OpenAI's API, as containers reach it")
		}
		for _, name := range slices.Sorted(maps.Keys(used)) {
			p.setEnvironment(service, modelVariables(name, used[name], p.Models[name].Model, l.options.ModelURL))
		}
	}
	return nil
}

// modelVariables are those of one model, under the names that a service gives them.
func modelVariables(name string, c *types.ServiceModelConfig, model, url string) map[string]string {
	if c == nil {
		c = &types.ServiceModelConfig{}
	}
	prefix := strings.ReplaceAll(strings.ToUpper(name), "-", "_")
	return map[string]string{cmp.Or(c.ModelVariable, prefix+"_MODEL"): model, cmp.Or(c.EndpointVariable, prefix+"_URL"): url}
}

// setEnvironment is [Project.AddEnvironment] for variables that replace those of the service.
func (p *Project) setEnvironment(service string, variables map[string]string) {
	for name := range variables {
		delete(p.Services[service].Environment, name)
		delete(p.declared[service], name)
	}
	p.AddEnvironment(service, variables)
}
