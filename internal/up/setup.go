package up

import (
	"context"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
)

// setsUp tells whether a run has steps of setup at all.
func setsUp(p *project.Project, o Options) bool {
	return o.Setup != nil && !o.Plan.NoStart && slices.ContainsFunc(p.ServiceNames(), func(name string) bool { return len(p.Extensions[name].Setup) > 0 })
}

// foresee notes which steps of setup a run would have.
func (out *Outcome) foresee(p *project.Project, look run.Look, o Options) {
	if !setsUp(p, o) {
		return
	}
	out.Setup = setup.Due(p, look.Observed, o.Setup.Done())
	out.Changed = out.Changed || slices.ContainsFunc(out.Setup, func(s setup.Step) bool { return s.Once })
}

// ofSetup are the probes of services with steps of setup: these are waited for also where
// nothing else is.
func ofSetup(p *project.Project, probes []ready.Probe, o Options) []ready.Probe {
	if !setsUp(p, o) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(probes), func(probe ready.Probe) bool { return len(p.Extensions[probe.Service].Setup) == 0 })
}

// setUp runs the steps of setup in the services that are ready. unready says which are not.
func (m Machine) setUp(ctx context.Context, out *Outcome, p *project.Project, look run.Look, unready error, o Options) error {
	if ctx.Err() != nil || !setsUp(p, o) {
		return nil
	}
	release, err := o.Setup.Turn(ctx)
	if err != nil {
		return err
	}
	defer release()
	if !out.Plan.Empty() { // it may have made volumes
		survey, err := run.Observe(ctx, m.Engine)
		if err != nil {
			return err
		}
		look.Observed = survey.Look(p.Name).Observed
	}
	if out.Setup = setup.Due(p, look.Observed, o.Setup.Done()); len(out.Setup) == 0 {
		return nil
	}
	failed := fail.Services(unready)
	containers := map[string]string{}
	for service, numbered := range out.IDs {
		if len(numbered) == 0 {
			s := p.Services[service]
			failed[service] = failed[service] || s.GetScale() > 0 // it is not started, which was said
			continue
		}
		containers[service] = numbered[slices.Min(slices.Collect(maps.Keys(numbered)))]
	}
	out.Setup = slices.DeleteFunc(out.Setup, func(s setup.Step) bool { return containers[s.Service] == "" && !failed[s.Service] }) // scaled to none
	return setup.Run(ctx, m.Engine, setup.Work{
		Project: p, Steps: out.Setup, Containers: containers, Failed: failed, Memory: o.Setup, Sink: m.Sink,
	})
}
