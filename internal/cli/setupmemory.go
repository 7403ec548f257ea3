package cli

import (
	"context"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/setup"
)

// setupMemory keeps in the checkout which steps of setup its project has had.
type setupMemory struct {
	root, name string
	waiting    func() // called when another devup runs steps
}

// setupMemory is that of the project in its checkout.
func (a *app) setupMemory(p *project.Project) setup.Memory {
	return setupMemory{p.WorkingDir, p.Name, func() {
		a.note("another devup is setting up project " + p.Name + "; waiting until it is done")
	}}
}

// Turn implements [setup.Memory].
func (m setupMemory) Turn(ctx context.Context) (release func(), err error) {
	held, err := checkout.Turn(ctx, m.root, "setup", m.waiting)
	return held.Release, err
}

// Done implements [setup.Memory].
func (m setupMemory) Done() setup.Done {
	done := setup.Done{}
	for service, steps := range checkout.Read(m.root).Projects[m.name].Setup {
		done[service] = map[string]setup.Mark{}
		for name, kept := range steps {
			done[service][name] = setup.Mark(kept)
		}
	}
	return done
}

// Keep implements [setup.Memory]. In a checkout that cannot be written it keeps nothing.
func (m setupMemory) Keep(ctx context.Context, s setup.Step) {
	_ = checkout.Update(ctx, m.root, m.name, func(kept *checkout.Project) {
		if kept.Setup == nil {
			kept.Setup = map[string]map[string]checkout.Step{}
		}
		if kept.Setup[s.Service] == nil {
			kept.Setup[s.Service] = map[string]checkout.Step{}
		}
		kept.Setup[s.Service][s.Name] = checkout.Step(s.Mark)
	})
}
