// Package up is the straight line of `devup up`: it alone knows the order in
// which the other packages work. It prints nothing and asks nothing.
//
//	providers → ports → adapt → images → plan → apply → gateway → early setup → wait → setup → expose
//
// [Start] starts the providers and makes attempts, each of which takes the steps up to the gateway in order; [Run.Finish] takes
// the others. The packages that a step calls do the work.
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
	"github.com/devup-cli/devup/internal/packages"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
)

// maxAttempts is how often a run chooses ports. Between the choice and the engine's own
// bind another program may take one, and an engine on another machine cannot be asked
// before.
const maxAttempts = 5

// Start takes a loaded project to running containers, given the observed state of the engine. No
// other devup may change the project until it returns; [Run.Finish] needs no lock. A service that
// fails stops only those that need it. The error is a [fail.Error], a [VolumesChanged], or the context's,
// and ends the run, whose outcome is valid as far as it came.
func Start(ctx context.Context, t Runner, p *project.Project, observed observe.State, o Options) (*Run, error) {
	if o.Public {
		p = p.AllPublic()
	}
	t.Images.Build.Sink, t.Images.Build.Egress = t.Sink, t.Egress
	t.Providers.Sink = t.Sink
	r := &Run{Runner: t, Outcome: &Outcome{}, options: o}
	var err error
	if r.loaded, err = t.Providers.Up(ctx, p, o.DryRun); err != nil {
		return r, err
	}
	if err := observe.CheckExternal(ctx, t.Lister, r.loaded.Project); err != nil {
		return r, err
	}
	r.state = observed.Project(p.Name)
	r.before = r.state.Containers
	if !o.DryRun {
		RemoveLegacyMounts(t.StateDir, mountedFrom(observed.Binds()))
	}
	for n := 1; ; n++ {
		r.last = n == maxAttempts
		again, err := r.attempt(ctx)
		if !again || ctx.Err() != nil {
			return r, err
		}
		if observed, err = observe.Engine(ctx, t.Lister); err != nil {
			return r, err
		}
		r.state, r.options.Known = observed.Project(p.Name), images.Listing{}
	}
}

// Run is a run from [Start] to [Run.Finish].
type Run struct {
	Runner
	Outcome *Outcome

	options Options
	loaded  *project.Project // as the files say
	before  []plan.Container // those that existed before the run
	last    bool             // no other attempt follows
	lost    []ports.Holder   // ports that the engine refused, which the next attempt leaves out
	broken  images.Result    // the images that an attempt could not have, which the next one leaves out

	// Of the last attempt.
	installs []packages.Install // the packages that services have in volumes
	state    observe.Project    // of the project on the engine
	runnable *project.Project   // the part of the outcome's project that has its images
	cleanup  *plan.Plan         // what is removed after the services answer
	failed   failures
}

// attempt is one attempt, from the ports to the containers. Another one has to follow where the
// engine refused a port that it chose.
func (r *Run) attempt(ctx context.Context) (again bool, err error) {
	assigned, err := r.assignPorts(ctx)
	if err != nil {
		return false, err
	}
	if err := r.adapt(ctx, assigned); err != nil {
		return false, err
	}
	made, err := r.prepareImages(ctx)
	if err != nil {
		return false, err
	}
	if err := r.checkVolumes(); err != nil {
		return false, err
	}
	if err := r.makePlan(ctx); err != nil || r.options.DryRun {
		return false, err
	}
	r.apply(ctx, made)
	if !r.last && r.noteLostPorts(ctx, r.failed.applied) {
		return true, r.failed.applied
	}
	if r.failed.applied == nil {
		r.removeUnusedMounts()
	}
	r.failed.gateway = r.serveGateway(ctx)
	if !r.last && fail.CodeOf(r.failed.gateway) == fail.PortTaken {
		r.avoidPort(ctx, false, r.Outcome.Project.Gateway.HostPort, "tcp") // the gateway runs on this machine
		return true, errors.Join(r.failed.applied, r.failed.gateway)
	}
	return false, nil
}

// Finish waits until the services answer, sets them up and makes the URL table. The error joins what
// failed since [Start], one for each service, or is the context's. A dry run has nothing to finish.
func (r *Run) Finish(ctx context.Context) error {
	if r.options.DryRun {
		return nil
	}
	if ctx.Err() != nil {
		return errors.Join(r.failed.images, cmp.Or(r.failed.applied, context.Cause(ctx)))
	}
	probes := r.probes()
	r.removeInBackground(ctx)
	r.failed.early = r.setUp(ctx, r.failed.applied, true)
	r.failed.ready = r.wait(ctx, r.withoutFailedSetup(probes))
	r.failed.setup = errors.Join(r.failed.early, r.setUp(ctx, errors.Join(r.failed.applied, r.failed.ready, r.failed.early), false))
	r.expose(ctx, probes)
	return r.failed.all(ctx)
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

// prepareImages builds and pulls, and finds the part of the project that has its images.
// It is an error where nothing can be started.
func (r *Run) prepareImages(ctx context.Context) (images.Result, error) {
	o, out := r.options, r.Outcome
	made, err := r.Images.Prepare(ctx, images.Request{
		Options: o.Options, Project: withoutServices(out.Project, r.broken.Failed, nil), Containers: r.state.Containers, Known: o.Known, OneOff: o.Plan.OneOff, DryRun: o.DryRun,
	})
	if err == nil {
		err = r.installPackages(ctx, &made)
	}
	out.Builds, out.Pulls, r.runnable, r.state.Images = made.Builds, made.Pulls, out.Project, made.IDs
	if err != nil {
		return made, err
	}
	if r.broken.Failure != nil {
		maps.Copy(made.Failed, r.broken.Failed)
		made.Failure = errors.Join(r.broken.Failure, made.Failure)
	}
	r.broken, r.failed = made, failures{images: made.Failure}
	if made.Failure == nil {
		return made, nil
	}
	blocked := dependents(out.Project, made.Failed)
	r.runnable = withoutServices(out.Project, made.Failed, blocked)
	if o.StopOnFailure || len(r.runnable.Services) == 0 {
		return made, made.Failure
	}
	r.reportBlocked(blocked)
	return made, nil
}

// checkVolumes finds the volumes that changed in the files. They stay, unless the options
// replace them. The error is a [VolumesChanged] where the user is to be asked before.
func (r *Run) checkVolumes() error {
	o := r.options
	changed, err := plan.ChangedVolumes(r.runnable.Project, r.state.Observed, o.Plan)
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
	r.Outcome.Kept = changed
	switch {
	case o.DryRun || o.Plan.NoRecreate || len(free) == 0:
		r.options.Plan.RenewVolumes = false // an answer to a question that is not asked here
	case o.Plan.RenewVolumes:
		r.Outcome.Kept = inUse
	case o.AskVolumes:
		return &VolumesChanged{Volumes: free}
	}
	return nil
}

// VolumesChanged is the error of [Start] that stops before anything is changed, because
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
func (r *Run) makePlan(ctx context.Context) error {
	var err error
	if r.Outcome.Plan, err = plan.Make(r.runnable.Project, r.state.Observed, r.options.Plan); err != nil {
		return err
	}
	r.Outcome.Changed = r.Outcome.Changed || len(r.Outcome.Builds)+len(r.Outcome.Pulls) > 0 || !r.Outcome.Plan.Empty()
	if r.options.DryRun && r.hasSetup() {
		r.Outcome.Setup = dueSetup(r.runnable, r.state, r.options.Setup.Done(ctx))
		r.Outcome.Changed = r.Outcome.Changed || slices.ContainsFunc(r.Outcome.Setup, func(s setup.Step) bool { return s.Once })
	}
	return nil
}

// apply carries out the plan and notes the containers that run after it.
func (r *Run) apply(ctx context.Context, made images.Result) {
	var todo *plan.Plan
	todo, r.cleanup = r.Outcome.Plan.Split()
	r.Outcome.Applied = run.Options{
		Project: r.runnable.Name, Inputs: made.Inputs, Images: made.IDs, StopTimeout: r.options.StopTimeout, PortsMove: !r.last, Sink: r.Sink,
	}
	for _, op := range todo.Ops {
		if starts(op) && !slices.Contains(r.Outcome.Started, op.Service) {
			r.Outcome.Started = append(r.Outcome.Started, op.Service)
		}
	}
	result, err := r.Applier.Apply(ctx, r.runnable.Project, todo, r.Outcome.Applied)
	r.Outcome.Containers = remaining(r.runnable, r.state.Containers, r.Outcome.Plan, result, r.options.Plan.OneOff)
	r.failed.applied = err
}

// probes are how the services show that they are ready. Services that are not started
// because of failed ones are reported.
func (r *Run) probes() []ready.Probe {
	ids := r.Outcome.IDs()
	r.reportBlocked(notStarted(r.runnable, r.failed.applied, ids))
	health := map[string]string{}
	for _, c := range r.before {
		if c.State == "running" {
			health[c.ID] = cmp.Or(c.Health, "none")
		}
	}
	probes := ready.Probes(r.runnable, ids)
	for i := range probes {
		is := health[probes[i].Container] // Podman's list has none
		probes[i].WasReady = is == "healthy" || is == "none" && !probes[i].HealthCheck
		probes[i].MustHealthy = probes[i].MustHealthy || r.options.Healthy
	}
	return probes
}

// wait waits until the services answer. With NoWait it waits only for the services with setup
// steps.
func (r *Run) wait(ctx context.Context, probes []ready.Probe) error {
	o := r.options
	if o.NoWait {
		probes = slices.DeleteFunc(probes, func(p ready.Probe) bool { return !r.hasSetup() || len(r.runnable.Extensions[p.Service].Setup) == 0 })
	}
	if len(probes) == 0 || o.Plan.NoStart {
		return nil
	}
	return r.Prober.Wait(ctx, probes, ready.Options{Timeout: o.Timeout, Compiles: true, Sink: r.Sink})
}

// reportBlocked reports which services are not started, and for which others.
func (r *Run) reportBlocked(blocked map[string]string) {
	runs := untouched(r)
	for _, name := range slices.Sorted(maps.Keys(blocked)) {
		what := "not started"
		if runs[name] {
			what = "not updated"
		}
		r.Sink(event.Event{Kind: event.Service, Name: name, State: event.Failed, Text: what + ": it needs " + blocked[name]})
	}
}
