package up

import (
	"strings"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// authored says of each service how Docker Compose knows it, and what devup adapted
// since: what a container lacks that Compose made from the same files. Where a port
// is open on the host is not among that: such a container serves.
func authored(loaded, resolved *project.Project, digests plan.Contents) (map[string]plan.Authored, error) {
	known := map[string]plan.Authored{}
	for _, name := range resolved.ServiceNames() {
		a := plan.Authored{Service: loaded.Authored(name)}
		before, err := plan.FingerprintOf(loaded.Project, a.Service, digests)
		if err != nil {
			return nil, err
		}
		after, err := plan.FingerprintOf(resolved.Project, resolved.Services[name], digests)
		if err != nil {
			return nil, err
		}
		for _, change := range after.Changes(before.Label()) {
			if !strings.HasPrefix(change, "port ") {
				a.Adapted = append(a.Adapted, change)
			}
		}
		known[name] = a
	}
	return known, nil
}
