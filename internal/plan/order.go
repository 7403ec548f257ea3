package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
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

// dependencyOrder sorts the services so that each comes after those that it
// needs, and by name otherwise.
func dependencyOrder(p *types.Project) ([]string, error) {
	const onPath, done = 1, 2
	state := map[string]int{}
	var order, path []string
	var visit func(name string) error
	visit = func(name string) error {
		s, ok := p.Services[name]
		if !ok || state[name] == done {
			return nil
		}
		if state[name] == onPath {
			return fail.New(fail.Config, "remove one of these depends_on entries",
				"the services depend on each other in a circle: %s", strings.Join(append(path, name), " → "))
		}
		state[name] = onPath
		path = append(path, name)
		for _, dependency := range Dependencies(s) {
			if err := visit(dependency); err != nil {
				return err
			}
		}
		path = path[:len(path)-1]
		state[name] = done
		order = append(order, name)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return order, nil
}
