package cli

import (
	"context"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/setup"
)

// setupMemory keeps in the checkout which setup steps its project has had.
type setupMemory struct {
	app  *app
	in   *checkout.Checkout
	name string
}

// setupMemory is that of the project in its checkout.
func (a *app) setupMemory(p *project.Project) setup.Memory {
	return setupMemory{a, a.checkoutAt(p.WorkingDir), p.Name}
}

// Turn implements [setup.Memory].
func (m setupMemory) Turn(ctx context.Context) (release func(), err error) {
	held, err := m.in.Lock(ctx, "setup", func() {
		m.app.note("another devup is setting up project " + m.name + "; waiting until it is done")
	})
	return held.Release, err
}

// Done implements [setup.Memory].
func (m setupMemory) Done(ctx context.Context) setup.Done {
	done := setup.Done{}
	for service, steps := range m.in.Read(ctx).Projects[m.name].Setup {
		done[service] = map[string]setup.Mark{}
		for name, kept := range steps {
			done[service][name] = setup.Mark(kept)
		}
	}
	return done
}

// Keep implements [setup.Memory]. A checkout that cannot be written keeps nothing, which is
// said once.
func (m setupMemory) Keep(ctx context.Context, s setup.Step) {
	err := m.in.Update(ctx, m.name, func(kept *checkout.Project) {
		if kept.Setup == nil {
			kept.Setup = map[string]map[string]checkout.Step{}
		}
		if kept.Setup[s.Service] == nil {
			kept.Setup[s.Service] = map[string]checkout.Step{}
		}
		kept.Setup[s.Service][s.Name] = checkout.Step(s.Mark)
	})
	m.app.noteForgotten(ctx, err)
}
