package up

import (
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// renameTaken gives names of its own to what the files name for the whole engine, where
// another project has that name: two forks, or two checkouts, of one repository
// have the same container_name and the same network. Inside the project such a
// container still answers to its fixed name. The project's Notes say what was done.
func renameTaken(p *project.Project, state observe.Project) {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		holder, inUse := state.InUse.Containers[s.ContainerName]
		if s.ContainerName == "" || !inUse {
			continue
		}
		p.Services[name] = unnamed(s)
		p.Notes = append(p.Notes, fmt.Sprintf("%s: the container name %s is held by %s, so it is %s-%s-1",
			name, s.ContainerName, projectOf(holder), p.Name, name))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Networks)) {
		n, mine := p.Networks[key], p.Name+"_"+key
		if bool(n.External) || n.Name == mine || has(state.Networks, n.Name) {
			continue
		}
		holder := state.InUse.Networks[n.Name]
		same := shared(p, key, state.InUse.Services[holder])
		if same == "" && !has(state.Networks, mine) { // once renamed, it stays so
			continue
		}
		if same != "" {
			p.Notes = append(p.Notes, fmt.Sprintf("the network %s belongs to project %s, which has a %s too; this project's own is %s",
				n.Name, holder, same, mine))
		}
		n.Name = mine
		p.Networks[key] = n
	}
}

// unnamed takes the fixed name of its container from a service and makes it an
// alias in its networks.
func unnamed(s types.ServiceConfig) types.ServiceConfig {
	fixed := s.ContainerName
	s.ContainerName = ""
	for key, n := range s.Networks {
		if n == nil {
			n = &types.ServiceNetworkConfig{}
			s.Networks[key] = n
		}
		if fixed != s.Name && !slices.Contains(n.Aliases, fixed) {
			n.Aliases = append(n.Aliases, fixed)
		}
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
