package up

import (
	"strings"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// compareDeclared says of each service how Docker Compose knows it, and what devup
// adapted since: what a container lacks that Compose made from the same files. The host
// port is not among that: a container with another one serves. It changes nothing.
func compareDeclared(p *project.Project, a *adaptation) error {
	var err error
	if a.contents, err = contents(p); err != nil {
		return err
	}
	a.declared = map[string]plan.Declared{}
	for _, name := range p.ServiceNames() {
		declared := plan.Declared{Service: a.loaded.Declared(name)}
		before, err := plan.FingerprintOf(a.loaded.Project, declared.Service, a.contents)
		if err != nil {
			return err
		}
		after, err := plan.FingerprintOf(p.Project, p.Services[name], a.contents)
		if err != nil {
			return err
		}
		for _, change := range after.Changes(before.Label()) {
			if !strings.HasPrefix(change, "port ") {
				declared.Adapted = append(declared.Adapted, change)
			}
		}
		a.declared[name] = declared
	}
	return nil
}
