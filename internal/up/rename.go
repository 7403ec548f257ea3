package up

import (
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// apart gives names of its own to what the files name for the whole engine, where
// another project has that name: two forks, or two checkouts, of one repository
// have the same container_name and the same network. Inside the project such a
// container still answers to its fixed name. The copy's Notes say what was done.
func apart(p *project.Project, look run.Look) *project.Project {
	own, model := *p, *p.Project
	own.Project = &model
	own.Notes = slices.Clone(p.Notes)
	model.Services, model.Networks = maps.Clone(p.Services), maps.Clone(p.Networks)
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		holder, held := look.Held.Containers[s.ContainerName]
		if s.ContainerName == "" || !held {
			continue
		}
		model.Services[name] = unnamed(s)
		own.Notes = append(own.Notes, fmt.Sprintf("%s: the container name %s is held by %s, so it is %s-%s-1",
			name, s.ContainerName, projectOf(holder), p.Name, name))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Networks)) {
		n, mine := p.Networks[key], p.Name+"_"+key
		if bool(n.External) || n.Name == mine || has(look.Networks, n.Name) {
			continue
		}
		holder := look.Held.Networks[n.Name]
		same := shared(p, key, look.Held.Services[holder])
		if same == "" && !has(look.Networks, mine) { // once apart, it stays so
			continue
		}
		if same != "" {
			own.Notes = append(own.Notes, fmt.Sprintf("the network %s belongs to project %s, which has a %s too; this project's own is %s",
				n.Name, holder, same, mine))
		}
		n.Name = mine
		model.Networks[key] = n
	}
	return &own
}

// unnamed takes the fixed name of its container from a service and makes it an
// alias in its networks.
func unnamed(s types.ServiceConfig) types.ServiceConfig {
	fixed := s.ContainerName
	s.ContainerName = ""
	s.Networks = maps.Clone(s.Networks)
	for key, n := range s.Networks {
		joined := types.ServiceNetworkConfig{}
		if n != nil {
			joined = *n
		}
		if fixed != s.Name && !slices.Contains(joined.Aliases, fixed) {
			joined.Aliases = append(slices.Clone(joined.Aliases), fixed)
		}
		s.Networks[key] = &joined
	}
	return s
}

// shared names a service in the network that another project has too, or nothing.
// Projects that share a network on purpose have services of different names: of
// two with one name, each would get the other's connections.
func shared(p *project.Project, network string, others []string) string {
	for _, name := range p.ServiceNames() {
		if _, ok := p.Services[name].Networks[network]; ok && slices.Contains(others, name) {
			return name
		}
	}
	return ""
}

func has(networks []plan.Network, name string) bool {
	return slices.ContainsFunc(networks, func(n plan.Network) bool { return n.Name == name })
}

func projectOf(name string) string {
	if name == "" {
		return "another container"
	}
	return "project " + name
}
