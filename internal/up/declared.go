package up

import (
	"strings"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// declared says of each service how Docker Compose knows it from the loaded project, and what devup
// adapted since: what a container lacks that Compose made from the same files. The host
// port is not among that: a container with another one serves.
func declared(loaded, adapted *project.Project, digests plan.Contents) (map[string]plan.Declared, error) {
	services := map[string]plan.Declared{}
	for _, name := range adapted.ServiceNames() {
		s := plan.Declared{Service: loaded.Declared(name)}
		before, err := plan.FingerprintOf(loaded.Project, s.Service, digests)
		if err != nil {
			return nil, err
		}
		after, err := plan.FingerprintOf(adapted.Project, adapted.Services[name], digests)
		if err != nil {
			return nil, err
		}
		for _, change := range after.Changes(before.Label()) {
			if !strings.HasPrefix(change, "port ") {
				s.Adapted = append(s.Adapted, change)
			}
		}
		services[name] = s
	}
	return services, nil
}
