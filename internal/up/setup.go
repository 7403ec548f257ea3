package up

import (
	"context"
	"os"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/untrusted"
)

// hasSetup reports whether a run has setup steps at all.
func (r *Run) hasSetup() bool {
	return r.hasSteps(func(project.SetupStep) bool { return true })
}

func (r *Run) hasSteps(which func(project.SetupStep) bool) bool {
	o, p := r.options, r.runnable
	return o.Setup != nil && !o.Plan.NoStart && slices.ContainsFunc(p.ServiceNames(), func(name string) bool {
		return slices.ContainsFunc(p.Extensions[name].Setup, which)
	})
}

// dueSetup are the steps that are to run. The files of which a change counts are below the
// project's directory.
func dueSetup(p *project.Project, state observe.Project, done setup.Done) []setup.Step {
	root, err := os.OpenRoot(p.WorkingDir)
	if err != nil { // the files were read from there a moment ago
		return setup.Due(p, state.Observed, done, nil)
	}
	defer root.Close()
	return setup.Due(p, state.Observed, done, setup.FilesIn(untrusted.FS(root)))
}

// withoutFailedSetup are the probes without those of services whose early steps failed: they may
// not answer before these end well, which was said.
func (r *Run) withoutFailedSetup(probes []ready.Probe) []ready.Probe {
	failed := fail.Services(r.failed.early)
	return slices.DeleteFunc(slices.Clone(probes), func(p ready.Probe) bool {
		if failed[p.Service] {
			r.Sink(event.Event{Kind: event.Service, Name: p.Service, State: event.Warning, Text: "not waited for: its setup failed"})
		}
		return failed[p.Service]
	})
}

// setUp runs the setup steps in the services that are ready, or the early ones in those that
// are started. unready says which are not.
func (r *Run) setUp(ctx context.Context, unready error, early bool) error {
	if ctx.Err() != nil || !r.hasSteps(func(s project.SetupStep) bool { return s.Early == early }) {
		return nil
	}
	memory, p, state := r.options.Setup, r.runnable, r.state
	release, err := memory.Lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if !r.Outcome.Plan.Empty() { // it may have made volumes
		observed, err := observe.Engine(ctx, r.Lister)
		if err != nil {
			return err
		}
		state = observed.Project(p.Name)
	}
	failed, containers := fail.Services(unready), map[string]string{}
	for _, c := range slices.Backward(r.Outcome.Containers) {
		containers[c.Service] = c.ID // the first one's, in the end
	}
	for _, name := range p.ServiceNames() {
		if s := p.Services[name]; containers[name] == "" && name != r.options.Plan.OneOff && s.GetScale() > 0 {
			failed[name] = true // it is not started, which was said
		}
	}
	due := slices.DeleteFunc(dueSetup(p, state, memory.Done(ctx)), func(s setup.Step) bool {
		return s.Early != early || containers[s.Service] == "" && !failed[s.Service] // scaled to none
	})
	if len(due) == 0 {
		return nil
	}
	r.Outcome.Setup = append(r.Outcome.Setup, due...)
	return r.Setup.SetUp(ctx, setup.Work{
		Project: p, Steps: due, Containers: containers, Failed: failed, Memory: memory, Sink: r.Sink,
	}, r.Outcome.Applied)
}
