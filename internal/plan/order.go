package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/graph"
)

// Dependencies names the services that must be there before s: those it depends
// on, and those whose namespaces or volumes it shares. Sorted.
func Dependencies(s types.ServiceConfig) []string {
	set := map[string]bool{}
	for name := range s.DependsOn {
		set[name] = true
	}
	for _, link := range s.Links {
		name, _, _ := strings.Cut(link, ":")
		set[name] = true
	}
	for _, host := range hosts(s) {
		set[host] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// hosts names the services whose containers s refers to by ID: those whose
// network, IPC or PID namespace it joins, and those whose volumes it mounts.
func hosts(s types.ServiceConfig) []string {
	var names []string
	for _, mode := range []string{s.NetworkMode, s.Ipc, s.Pid} {
		if name, ok := strings.CutPrefix(mode, types.ServicePrefix); ok {
			names = append(names, name)
		}
	}
	for _, from := range s.VolumesFrom {
		if !strings.HasPrefix(from, types.ContainerPrefix) {
			name, _, _ := strings.Cut(from, ":")
			names = append(names, name)
		}
	}
	return names
}

// checkHosts refuses a service that shares something of one that is no part of the run and
// has no container. starts says that the service has to start: then namespaces need one
// that runs.
func (m *maker) checkHosts(s types.ServiceConfig, starts bool) error {
	namespaces := s
	namespaces.VolumesFrom = nil
	for _, host := range hosts(s) {
		if _, planned := m.project.Services[host]; planned {
			continue
		}
		there, missing := m.observed.Of(host), ""
		switch {
		case len(there) == 0:
			missing = "has no container"
		case starts && slices.Contains(hosts(namespaces), host) && !slices.ContainsFunc(there, Container.Up):
			missing = "does not run"
		default:
			continue
		}
		e := fail.New(fail.Failed, "leave out --no-deps, or run `devup up "+host+"` before",
			"service %s: it shares a namespace or volumes with %s, which %s", s.Name, host, missing)
		e.Service = s.Name
		return e
	}
	return nil
}

// Needs says which of the services each of them needs.
func Needs(services types.Services) graph.Graph {
	needs := graph.Graph{}
	for name, s := range services {
		needs[name] = slices.DeleteFunc(Dependencies(s), func(needed string) bool {
			_, there := services[needed]
			return !there
		})
	}
	return needs
}

// dependencyOrder sorts the services so that each comes after those that it
// needs, and by name otherwise.
func dependencyOrder(p *types.Project) ([]string, error) {
	needs := Needs(p.Services)
	order, circle := needs.Order(needs.Nodes()...)
	if circle != nil {
		return nil, fail.New(fail.Config, "remove one of these depends_on entries",
			"the services depend on each other in a circle: %s", strings.Join(circle, " → "))
	}
	return order, nil
}
