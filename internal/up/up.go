// Package up is the straight line of `devup up`: it alone knows the order in
// which the other packages work. It prints nothing and asks nothing.
//
//	providers → ports → adapt → images → plan → apply → gateway → early setup → wait → setup → expose
//
// [Run] starts the providers and makes attempts, each of which takes the other steps in order. A step is a function of its own
// file, and the packages that it calls do the work.
package up

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
)

// maxAttempts is how often a run chooses ports. Between the choice and the engine's own
// bind another program may take one, and an engine on another machine cannot be asked
// before.
const maxAttempts = 5

// Run takes a loaded project to working URLs, given the observed state of the engine. A
// service that fails stops only those that need it: the rest is started and waited for.
// The error is a [fail.Error], a join of several (one per service), a [VolumesChanged], or the
// context's.
func Run(ctx context.Context, t Runner, p *project.Project, observed observe.State, o Options) (*Outcome, error) {
	if o.Public {
		p = p.AllPublic()
	}
	t.Images.Build.Sink, t.Images.Build.Egress = t.Sink, t.Egress
	out := &Outcome{}
	t.Providers.Sink = t.Sink
	p, err := t.Providers.Up(ctx, p, o.DryRun)
	if err != nil {
		return out, err
	}
	if err := t.Engine.CheckExternal(ctx, p.Project); err != nil {
		return out, err
	}
	state := observed.Project(p.Name)
	l := upRun{Runner: t, options: o, loaded: p, out: out, before: state.Containers}
	if !o.DryRun {
		RemoveLegacyMounts(t.StateDir, mountedFrom(observed.Binds()))
	}
	for n := 1; ; n++ {
		l.last = n == maxAttempts
		again, err := l.attempt(ctx, state)
		if !again || ctx.Err() != nil {
			return out, err
		}
		if observed, err = t.Engine.Observe(ctx); err != nil {
			return out, err
		}
		state, l.options.Known = observed.Project(p.Name), images.Listing{}
	}
}

// upRun is one call of [Run].
type upRun struct {
	Runner
	options Options
	loaded  *project.Project
	out     *Outcome
	before  []plan.Container // those that existed before the run
	lost    []ports.Holder   // ports that the engine refused, which the next attempt leaves out
	last    bool             // no other attempt follows
	broken  images.Result    // the images that an attempt could not have, which the next one leaves out
}

// attempt is one attempt, from the ports to the URLs. Another one has to follow where the
// engine refused a port that it chose.
func (l *upRun) attempt(ctx context.Context, state observe.Project) (again bool, err error) {
	assigned, err := l.assignPorts(ctx, state)
	if err != nil {
		return false, err
	}
	if err := l.adapt(ctx, assigned, state); err != nil {
		return false, err
	}
	made, runnable, err := l.prepareImages(ctx, state)
	if err != nil {
		return false, err
	}
	state.Images = made.IDs
	if err := l.checkVolumes(runnable, state); err != nil {
		return false, err
	}
	if err := l.makePlan(ctx, runnable, state); err != nil || l.options.DryRun {
		return false, err
	}
	failed := failures{images: made.Failure}
	first, cleanup := l.out.Plan.Split()
	failed.applied = l.apply(ctx, runnable, state, first, made)
	if !l.last && l.noteLostPorts(ctx, failed.applied) {
		return true, failed.applied
	}
	if failed.applied == nil {
		l.removeUnusedMounts()
	}
	failed.gateway = l.serveGateway(ctx)
	if !l.last && fail.CodeOf(failed.gateway) == fail.PortTaken {
		l.avoidPort(ctx, false, l.out.Project.Gateway.HostPort, "tcp") // the gateway runs on this machine
		return true, errors.Join(failed.applied, failed.gateway)
	}
	if l.OnApplied != nil {
		l.OnApplied()
	}
	if ctx.Err() != nil {
		return false, errors.Join(failed.images, cmp.Or(failed.applied, context.Cause(ctx)))
	}
	probes := l.probes(runnable, failed.applied)
	l.removeInBackground(ctx, runnable, cleanup)
	failed.early = l.setUp(ctx, runnable, state, failed.applied, true)
	failed.ready = l.wait(ctx, runnable, l.withoutFailedSetup(probes, failed.early))
	failed.setup = errors.Join(failed.early, l.setUp(ctx, runnable, state, errors.Join(failed.applied, failed.ready, failed.early), false))
	l.expose(ctx, probes, failed.gateway, failed.running())
	return false, failed.all(ctx)
}

// failures are what went wrong in an attempt, by step. None ends the steps for the services
// that it is not about.
type failures struct {
	images  error // of images that could not be had
	applied error // of the plan
	gateway error
	early   error // of setup steps before services have to answer
	ready   error // of services that do not answer
	setup   error // of all setup steps
}

// running is the failure of what should run. A service that is not set up answers all the
// same.
func (f failures) running() error {
	return errors.Join(withoutRepeats(f.applied, f.ready), f.ready, f.gateway)
}

// all joins the failures in the order in which they are told, or is the context's error where
// there is none: opening a port may take a while.
func (f failures) all(ctx context.Context) error {
	err := errors.Join(f.running(), f.setup)
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return errors.Join(f.images, err)
}

// prepareImages builds and pulls, and gives the part of the project that has its images.
// It is an error where nothing can be started.
func (l *upRun) prepareImages(ctx context.Context, state observe.Project) (images.Result, *project.Project, error) {
	o, out := l.options, l.out
	made, err := l.Images.Prepare(ctx, images.Request{
		Options: o.Options, Project: withoutServices(out.Project, l.broken.Failed, nil), Containers: state.Containers, Known: o.Known, OneOff: o.Plan.OneOff, DryRun: o.DryRun,
	})
	out.Builds, out.Pulls = made.Builds, made.Pulls
	if err != nil {
		return made, out.Project, err
	}
	if l.broken.Failure != nil {
		maps.Copy(made.Failed, l.broken.Failed)
		made.Failure = errors.Join(l.broken.Failure, made.Failure)
	}
	l.broken = made
	if made.Failure == nil {
		return made, out.Project, nil
	}
	blocked := dependents(out.Project, made.Failed)
	runnable := withoutServices(out.Project, made.Failed, blocked)
	if o.StopOnFailure || len(runnable.Services) == 0 {
		return made, runnable, made.Failure
	}
	l.reportBlocked(blocked)
	return made, runnable, nil
}

// checkVolumes finds the volumes that changed in the files. They stay, unless the options
// replace them. The error is a [VolumesChanged] where the user is to be asked before.
func (l *upRun) checkVolumes(runnable *project.Project, state observe.Project) error {
	o := l.options
	changed, err := plan.ChangedVolumes(runnable.Project, state.Observed, o.Plan)
	if err != nil || len(changed) == 0 {
		return err
	}
	var free []string
	var inUse []plan.Change // by containers that are no part of this run
	for _, c := range changed {
		if len(c.InUseBy) > 0 {
			inUse = append(inUse, c)
		} else {
			free = append(free, c.Name+" ("+strings.Join(c.Causes, "; ")+")")
		}
	}
	l.out.Kept = changed
	switch {
	case o.DryRun || o.Plan.NoRecreate || len(free) == 0:
		l.options.Plan.RenewVolumes = false // an answer to a question that is not asked here
	case o.Plan.RenewVolumes:
		l.out.Kept = inUse
	case o.AskVolumes:
		return &VolumesChanged{Volumes: free}
	}
	return nil
}

// VolumesChanged is the error of [Run] that stops before anything is changed, because
// volumes have to be replaced, with the data in them, to be as the files say.
type VolumesChanged struct {
	Volumes []string // each with its name and what changed
}

// Error says what would be lost.
func (e *VolumesChanged) Error() string {
	return "replace what changed in the files, and lose the data in it: " + strings.Join(e.Volumes, ", ")
}

// makePlan decides what to do with networks, volumes and containers, and in a dry run
// which setup steps would run.
func (l *upRun) makePlan(ctx context.Context, runnable *project.Project, state observe.Project) error {
	var err error
	if l.out.Plan, err = plan.Make(runnable.Project, state.Observed, l.options.Plan); err != nil {
		return err
	}
	l.out.Changed = l.out.Changed || len(l.out.Builds)+len(l.out.Pulls) > 0 || !l.out.Plan.Empty()
	if l.options.DryRun {
		l.previewSetup(ctx, runnable, state)
	}
	return nil
}

// apply carries out the plan and notes the containers that run after it.
func (l *upRun) apply(ctx context.Context, runnable *project.Project, state observe.Project, todo *plan.Plan, made images.Result) error {
	l.out.Applied = run.Options{
		Project: runnable.Name, Inputs: made.Inputs, Images: made.IDs, StopTimeout: l.options.StopTimeout, PortsMove: !l.last, Sink: l.Sink,
	}
	l.noteStarted(todo)
	result, err := l.Engine.Apply(ctx, runnable.Project, todo, l.out.Applied)
	l.out.Containers = remaining(runnable, state.Containers, l.out.Plan, result, l.options.Plan.OneOff)
	return err
}

// probes are how the services show that they are ready. Services that are not started
// because of failed ones are reported.
func (l *upRun) probes(runnable *project.Project, failed error) []ready.Probe {
	ids := l.out.IDs()
	l.reportBlocked(notStarted(runnable, failed, ids))
	health := map[string]string{}
	for _, c := range l.before {
		if c.State == "running" {
			health[c.ID] = cmp.Or(c.Health, "none")
		}
	}
	probes := ready.Probes(runnable, ids)
	for i := range probes {
		is := health[probes[i].Container] // Podman's list has none
		probes[i].WasReady = is == "healthy" || is == "none" && !probes[i].HealthCheck
		probes[i].MustHealthy = probes[i].MustHealthy || l.options.Healthy
	}
	return probes
}

// wait waits until the services answer. With NoWait it waits only for the services with setup
// steps.
func (l *upRun) wait(ctx context.Context, runnable *project.Project, probes []ready.Probe) error {
	o := l.options
	if o.NoWait {
		probes = l.withSetup(runnable, probes)
	}
	if len(probes) == 0 || o.Plan.NoStart {
		return nil
	}
	return l.Engine.Wait(ctx, probes, ready.Options{Timeout: o.Timeout, Compiles: true, Sink: l.Sink})
}

// reportBlocked reports which services are not started, and for which others.
func (l *upRun) reportBlocked(blocked map[string]string) {
	runs := untouched(l)
	for _, name := range slices.Sorted(maps.Keys(blocked)) {
		what := "not started"
		if runs[name] {
			what = "not updated"
		}
		l.Sink(event.Event{Kind: event.Service, Name: name, State: event.Failed, Text: what + ": it needs " + blocked[name]})
	}
}
