package project

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// Keys that mean something on another machine or in a swarm. `docker compose up` passes
// over those of a swarm, so devup does too and says so; what a service cannot do without
// is refused.

// swarmKeys are the keys of deploy that only a swarm carries out.
var swarmKeys = []struct {
	key  string
	used func(*types.DeployConfig) bool
}{
	{"mode", func(d *types.DeployConfig) bool { return d.Mode != "" && d.Mode != "replicated" }},
	{"placement", func(d *types.DeployConfig) bool {
		return len(d.Placement.Constraints)+len(d.Placement.Preferences) > 0 || d.Placement.MaxReplicas > 0
	}},
	{"update_config", func(d *types.DeployConfig) bool { return d.UpdateConfig != nil }},
	{"rollback_config", func(d *types.DeployConfig) bool { return d.RollbackConfig != nil }},
	{"endpoint_mode", func(d *types.DeployConfig) bool { return d.EndpointMode != "" }},
}

// swarmNotes names each key of a swarm once, with the first place that has it.
func (l *loading) swarmNotes(p *Project) {
	for _, swarm := range swarmKeys {
		var services []string
		for _, name := range p.ServiceNames() {
			if d := p.Services[name].Deploy; d != nil && swarm.used(d) {
				services = append(services, name)
			}
		}
		if len(services) == 0 {
			continue
		}
		file, line := locate(l.sources, "services", services[0], "deploy", swarm.key)
		l.notes = append(l.notes, fmt.Sprintf("%s: deploy.%s has a meaning in a swarm only, and is left out (%s:%d)",
			strings.Join(services, ", "), swarm.key, filepath.Base(file), line))
	}
	if jobs := sortedKeys(p.Jobs); len(jobs) > 0 {
		file, line := locate(l.sources, "jobs")
		l.notes = append(l.notes, fmt.Sprintf("jobs are not run by up: %s (%s:%d)", strings.Join(jobs, ", "), filepath.Base(file), line))
	}
}

// refuseExternal refuses secrets and configs that only a swarm keeps, where a service
// wants one.
func (l *loading) refuseExternal(p *Project) error {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		for _, secret := range s.Secrets {
			if bool(p.Secrets[secret.Source].External) {
				return l.external("secret", secret.Source, name)
			}
		}
		for _, config := range s.Configs {
			if bool(p.Configs[config.Source].External) {
				return l.external("config", config.Source, name)
			}
		}
		for i, mount := range s.Volumes {
			if mount.Type == types.VolumeTypeCluster {
				e := at(nil, l.sources, []string{"services", name, "volumes", ordinal(i)}, "service %s mounts a volume of the type cluster, which only a swarm has", name)
				return hinted(e, "use type: volume")
			}
		}
	}
	return nil
}

func (l *loading) external(kind, name, service string) *fail.Error {
	e := at(nil, l.sources, []string{kind + "s", name, "external"}, "the %s %s is external, which only a swarm has, and service %s needs it", kind, name, service)
	e.Service = service
	return hinted(e, fmt.Sprintf("give it a file instead, for example in devup.yaml: %ss: {%s: !override {file: ./%s.txt}}", kind, name, name))
}

// refuseRemote refuses files on other machines, which Compose would fetch.
func (s *Source) refuseRemote() error {
	for _, f := range s.sources {
		for _, n := range namedFiles(f) {
			if remote(n.Value) {
				e := fail.New(fail.Config, "clone the repository and name the file in it", "%s is on another machine, and a config is only read from files", n.Value)
				e.File, e.Line = f.path, n.Line
				return e
			}
		}
	}
	return nil
}
