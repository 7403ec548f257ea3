package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/up"
)

// upOptions are the flags of up.
type upOptions struct {
	convergeOptions
	detach, wait, noStart bool
	attachOptions
	watch    bool         // follow the files beside the logs
	alone    bool         // with watch: show no logs, and leave running what was started
	watching watchOptions // how to watch
}

func (a *app) upCommand() *cobra.Command {
	var o upOptions
	c := &cobra.Command{
		Use:   "up [SERVICE...]",
		Short: "Build and start the services, wait until they answer, print their URLs",
		Long: `Build what is stale, start what does not run, wait until every service answers and
print the URLs; then show the logs until Ctrl-C, which stops what was started.
With services as arguments: these and what they depend on.

Exit codes: 3 a service did not become ready, 4 no engine, 5 build failed.`,
		Example: `  devup up
  devup up --detach backend-flask
  devup up --exit-code-from tests`,
		ValidArgsFunction: a.completeServices,
	}
	o.convergeOptions.bind(c)
	f := c.Flags()
	f.BoolVarP(&o.detach, "detach", "d", false, "return once every service answers; they go on running")
	f.BoolVar(&o.wait, "wait", false, "as --detach, and what has a healthcheck must pass it, not just answer")
	f.BoolVar(&o.noStart, "no-start", false, "make the containers and start none")
	f.BoolVar(&o.DryRun, "dry-run", false, "print what would be done and do nothing")
	f.BoolVar(&o.Public, "public", false, "open the ports of all services but databases in a cloud workspace")
	f.Var(newSpan(5*time.Minute), "wait-timeout", "how long the services may take until they answer: `90s`, 5m, or seconds")
	f.BoolVarP(&o.watch, "watch", "w", false, "follow the files too, and bring changes into the services as develop.watch says")
	o.attachOptions.bind(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		return a.up(ctx, args, o)
	})
	return c
}

// check refuses flags that contradict each other.
func (o *upOptions) check() error {
	if o.exitCodeFrom != "" && !o.abortOnFailure {
		o.abortOnExit = true
	}
	o.detach, o.Healthy = o.detach || o.wait || o.noStart, o.wait
	switch {
	case o.watch && (o.detach || o.aborts()):
		return fail.New(fail.Usage, "leave out one of them", "--watch goes on until Ctrl-C: it does not go with --detach, --wait, --no-start, --abort-on-… and --exit-code-from")
	case o.abortOnExit && o.abortOnFailure:
		return fail.New(fail.Usage, "", "--abort-on-container-exit and --abort-on-container-failure do not go together")
	case o.detach && (o.aborts() || len(o.attach) > 0 || o.attachDependencies):
		return fail.New(fail.Usage, "leave out --detach (or --wait, --no-start)", "what is not attached to cannot be followed: --detach does not go with --abort-on-…, --exit-code-from and --attach")
	case len(o.attach) > 0 && o.attachDependencies:
		return fail.New(fail.Usage, "", "--attach and --attach-dependencies do not go together")
	}
	return nil
}

func (a *app) up(ctx context.Context, services []string, o upOptions) error {
	began := time.Now()
	a.complete(&o.convergeOptions, services)
	o.Plan.NoStart, o.NoWait = o.noStart, o.aborts()
	at, err := a.site(ctx, services, o.convergeOptions, !o.DryRun)
	if err != nil {
		return err
	}
	defer at.release()
	if err := o.knownTo(at.project); err != nil {
		return err
	}
	if o.watch {
		if err := watchable(at.project, services); err != nil {
			return err
		}
	}
	o.Setup = a.setupMemory(at.project)
	outcome, err := at.run(ctx, o.Options)
	a.remarks(outcome)
	if o.DryRun {
		if err == nil {
			a.showPlan(outcome)
		}
		return err
	}
	if len(outcome.URLs) > 0 && ctx.Err() == nil && !o.noStart && fail.CodeOf(err) != fail.EngineGone {
		a.showURLs(addresses{outcome.Place, outcome.Project, outcome.URLs})
	}
	return a.goOn(ctx, at, outcome, err, services, o, began)
}

// goOn is what comes after the run: the logs, watching, or stopping what a Ctrl-C has
// left. err is the run's.
func (a *app) goOn(ctx context.Context, at *site, outcome *up.Outcome, err error, services []string, o upOptions, began time.Time) error {
	r := &running{engine: at.engine, name: at.project.Name, project: outcome.Project}
	if ctx.Err() != nil && !o.detach && outcome.Plan != nil {
		return a.stopStarted(ctx, r, outcome, o.StopTimeout)
	}
	if err != nil && outcome.Plan != nil && (!o.detach || ctx.Err() != nil) {
		a.nameRunning(ctx, r)
	}
	if err != nil || o.detach && len(outcome.Synced) == 0 {
		return err
	}
	if facts, err := at.engine.Facts(ctx); err == nil { // logs are asked for by the engine's clock
		began = facts.Clock(began)
	}
	if o.watch || len(outcome.Synced) > 0 && !o.aborts() {
		return a.upWatching(ctx, r, outcome, services, began, o)
	}
	r.look.Containers = outcome.Containers
	return a.attach(ctx, r, outcome, services, o, began)
}

// nameRunning names the services that go on running when up ends before they are
// attached to, or before they all answer.
func (a *app) nameRunning(ctx context.Context, r *running) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	now, err := look(ctx, r.engine, r.name)
	if err != nil || r.project == nil {
		return // why up ended says more
	}
	var names []string
	for _, name := range r.project.ServiceNames() {
		if slices.ContainsFunc(now.Of(name), plan.Container.Up) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		a.note(list(names) + one(len(names), " goes", " go") + " on running; `devup stop` stops what runs, `devup down` removes it")
	}
}

// remarks tells what the person should know of a run: resolved URLs, moved ports,
// volumes that stay as they were, containers that belong to nothing.
func (a *app) remarks(o *up.Outcome) {
	if o.Project != nil {
		for _, n := range o.Project.Notes {
			a.note(n)
		}
	}
	for _, m := range o.Moves {
		a.note(m.String())
	}
	for _, v := range o.Kept {
		a.note("the volume " + v.Name + " is not as the files say (" + strings.Join(v.Causes, "; ") + ") and stays, with the data in it" + heldBy(v))
	}
	if o.Plan != nil && len(o.Plan.Orphans) > 0 && a.stdio.env("COMPOSE_IGNORE_ORPHANS") == "" {
		a.note("containers of this project that belong to no service of it: " + list(o.Plan.Orphans) + "; --remove-orphans removes them")
	}
}

// note tells the person something that is worth knowing, beside what was asked for.
func (a *app) note(text string) { a.ui.Sink()(event.Event{Kind: event.Note, Text: text}) }

// heldBy says how a volume is replaced, or why it could not be.
func heldBy(v plan.Change) string {
	if len(v.Held) == 0 {
		return "; `devup up` asks on a terminal, and replaces it with --yes"
	}
	return ": " + list(v.Held) + " has it and is no part of this run"
}

// stopStarted stops what the run started, after the person's Ctrl-C. A second one
// kills devup; the engine then goes on stopping what it was told to stop.
func (a *app) stopStarted(ctx context.Context, r *running, o *up.Outcome, grace *time.Duration) error {
	if len(o.Started) == 0 {
		a.ui.Say("still running; `devup down` removes it")
		return exitStatus(130)
	}
	if err := a.stopNow(ctx, r, o.Started, grace); err != nil {
		return err
	}
	return exitStatus(130)
}

// stopNow stops services also after ctx has ended.
func (a *app) stopNow(ctx context.Context, r *running, services []string, grace *time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	held, err := a.turn(ctx, r.engine, r.name)
	if err != nil {
		return err
	}
	defer held.Release()
	now, err := look(ctx, r.engine, r.name)
	if err != nil {
		return err
	}
	_, err = run.Apply(ctx, r.engine.Client, r.files(), plan.StopAll(now.Observed, services), run.Options{StopTimeout: grace, Sink: a.ui.Sink()})
	if errors.Is(err, context.DeadlineExceeded) {
		return fail.Wrap(err, fail.Failed, "look at them with `devup ps`; `devup kill` ends them", "the services do not stop within a minute")
	}
	if err != nil || runsWithout(now, services) {
		return err
	}
	return a.closeGateway(ctx, r, false)
}
