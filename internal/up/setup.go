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
func (l *upRun) hasSetup(p *project.Project) bool {
	return l.hasSteps(p, func(project.SetupStep) bool { return true })
}

func (l *upRun) hasSteps(p *project.Project, which func(project.SetupStep) bool) bool {
	o := l.options
	return o.Setup != nil && !o.Plan.NoStart && slices.ContainsFunc(p.ServiceNames(), func(name string) bool {
		return slices.ContainsFunc(p.Extensions[name].Setup, which)
	})
}

// previewSetup notes which setup steps a run would have.
func (l *upRun) previewSetup(ctx context.Context, p *project.Project, state observe.Project) {
	if !l.hasSetup(p) {
		return
	}
	l.out.Setup = dueSetup(p, state, l.options.Setup.Done(ctx))
	l.out.Changed = l.out.Changed || slices.ContainsFunc(l.out.Setup, func(s setup.Step) bool { return s.Once })
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

// withSetup are the probes of services with setup steps: these are waited for also where
// no other is.
func (l *upRun) withSetup(p *project.Project, probes []ready.Probe) []ready.Probe {
	if !l.hasSetup(p) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(probes), func(probe ready.Probe) bool { return len(p.Extensions[probe.Service].Setup) == 0 })
}

// withoutFailedSetup are the probes without those of services whose early steps failed: they may
// not answer before these end well, which was said.
func (l *upRun) withoutFailedSetup(probes []ready.Probe, early error) []ready.Probe {
	failed := fail.Services(early)
	return slices.DeleteFunc(slices.Clone(probes), func(p ready.Probe) bool {
		if failed[p.Service] {
			l.Sink(event.Event{Kind: event.Service, Name: p.Service, State: event.Warning, Text: "not waited for: its setup failed"})
		}
		return failed[p.Service]
	})
}

// setUp runs the setup steps in the services that are ready, or the early ones in those that
// are started. unready says which are not.
func (l *upRun) setUp(ctx context.Context, p *project.Project, state observe.Project, unready error, early bool) error {
	if ctx.Err() != nil || !l.hasSteps(p, func(s project.SetupStep) bool { return s.Early == early }) {
		return nil
	}
	memory := l.options.Setup
	release, err := memory.Lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if !l.out.Plan.Empty() { // it may have made volumes
		observed, err := l.Engine.Observe(ctx)
		if err != nil {
			return err
		}
		state = observed.Project(p.Name)
	}
	failed, containers := fail.Services(unready), map[string]string{}
	for _, c := range slices.Backward(l.out.Containers) {
		containers[c.Service] = c.ID // the first one's, in the end
	}
	for _, name := range p.ServiceNames() {
		if s := p.Services[name]; containers[name] == "" && name != l.options.Plan.OneOff && s.GetScale() > 0 {
			failed[name] = true // it is not started, which was said
		}
	}
	due := slices.DeleteFunc(dueSetup(p, state, memory.Done(ctx)), func(s setup.Step) bool {
		return s.Early != early || containers[s.Service] == "" && !failed[s.Service] // scaled to none
	})
	if len(due) == 0 {
		return nil
	}
	l.out.Setup = append(l.out.Setup, due...)
	return l.Engine.SetUp(ctx, setup.Work{
		Project: p, Steps: due, Containers: containers, Failed: failed, Memory: memory, Sink: l.Sink,
	}, l.out.Applied)
}
