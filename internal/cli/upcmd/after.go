package upcmd

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/up"
)

// after is what comes after a run of up: the logs, watching, or stopping what Ctrl-C has
// left.
type after struct {
	env      *command.Env
	session  *session.Session // with the containers and the project of the outcome
	outcome  *up.Outcome
	services []string // that the user named
	options  upOptions
	began    time.Time       // when up began, by this machine's clock
	second   <-chan struct{} // closed when the user interrupts a second time
	suspects chan string     // services whose logs show errors
}

// run goes on after a run with an error, or none.
func (a *after) run(ctx context.Context, failed error) error {
	detached, ran := a.options.detached(), a.outcome.Plan != nil
	if ctx.Err() != nil && !detached && ran {
		return a.stopStarted(ctx)
	}
	if failed != nil || detached || a.options.alone || len(a.followed().Services) == 0 { // else they come among the logs
		a.present(ctx, failed)
	}
	if failed != nil && ran && (!detached || ctx.Err() != nil) {
		a.nameRunning(ctx)
	}
	if failed != nil || detached && len(a.outcome.Synced) == 0 {
		return failed
	}
	if facts, err := a.session.Engine.Facts(ctx); err == nil { // logs are asked for by the engine's clock
		a.began = facts.Clock(a.began)
	}
	attached, end := a.attach(ctx)
	defer end()
	var err error
	if a.options.watch || len(a.outcome.Synced) > 0 && !a.options.logs.aborts() {
		err = a.watch(attached)
	} else {
		err = a.follow(attached)
	}
	if code, ok := errors.AsType[command.ExitCode](err); ok && int(code) == fail.Interrupted.Exit() && ctx.Err() == nil {
		return nil // the user quit with a key
	}
	return err
}

// present prints the URLs, and that of the dashboard.
func (a *after) present(ctx context.Context, failed error) {
	if len(a.outcome.URLs) > 0 && ctx.Err() == nil && !a.options.Plan.NoStart && fail.CodeOf(failed) != fail.EngineGone {
		show.URLs(a.env, show.Addresses{Workspace: a.outcome.Workspace, Project: a.outcome.Project, Rows: a.outcome.URLs})
	}
	show.Dashboard(ctx, a.env, a.session)
}

// nameRunning names the services that go on running when up ends before their logs are
// shown, or before they all answer.
func (a *after) nameRunning(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	now, err := a.session.Refresh(ctx)
	if err != nil || now.Project == nil {
		return // why up ended says more
	}
	var names []string
	for _, name := range now.Project.ServiceNames() {
		if slices.ContainsFunc(now.Observed.Of(name), plan.Container.Up) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		a.env.Note(command.List(names) + command.Plural(len(names), " goes", " go") + " on running; `devup stop` stops what runs, `devup down` removes it")
	}
}

// stopStarted stops what the run started for the user, after Ctrl-C.
func (a *after) stopStarted(ctx context.Context) error {
	if len(a.started()) == 0 {
		a.env.Say("still running; `devup down` removes it")
		return command.ExitCode(130)
	}
	if err := a.stop(ctx, a.started()); err != nil {
		return err
	}
	return command.ExitCode(130)
}

// started are the services that Ctrl-C stops: of those that the run started, the ones that the
// user named where any are. What they depend on may be in use by others.
func (a *after) started() []string {
	return slices.DeleteFunc(slices.Clone(a.outcome.Started), func(name string) bool {
		return len(a.services) > 0 && !slices.Contains(a.services, name)
	})
}

// stop stops services also after ctx has ended. At a second interrupt it kills them.
func (a *after) stop(ctx context.Context, services []string) error {
	steady := context.WithoutCancel(ctx)
	stopping, cancel := context.WithCancel(steady)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- a.stopInOrder(stopping, services) }()
	select {
	case err := <-ended:
		return err
	case <-a.second:
	}
	cancel()
	<-ended //nolint:errcheck // it was cut off
	a.env.Say("killing what still runs")
	now, err := a.session.Refresh(steady)
	if err != nil {
		return err
	}
	_, err = run.On(now.Engine.Client).Apply(steady, now.Files(), plan.KillAll(now.Observed.Observed, services, "SIGKILL"), run.Options{Sink: a.env.Sink})
	return err
}

// stopInOrder stops services, dependents before dependencies.
func (a *after) stopInOrder(ctx context.Context, services []string) error {
	now, err := session.Relock(ctx, a.session)
	if err != nil {
		return err
	}
	defer now.Unlock()
	_, err = run.On(now.Engine.Client).Apply(ctx, now.Files(), plan.StopAll(now.Observed.Observed, services),
		run.Options{StopTimeout: command.StopTimeout(a.options.Seconds), Sink: a.env.Sink})
	if err != nil || show.RunsWithout(now.Observed, services) {
		return err
	}
	return now.CloseGateway(ctx, false)
}

// follow shows the logs until Ctrl-C, until all containers have ended, or until the end of
// one of them ends the command.
func (a *after) follow(ctx context.Context) error {
	o := a.options.logs
	if !o.aborts() {
		a.sayWhatStops(ctx)
	}
	shown := a.followed()
	// What is stopped after Ctrl-C may still print something.
	reading, stopReading := context.WithCancel(context.WithoutCancel(ctx))
	defer stopReading()
	if o.aborts() {
		return a.followUntilEnd(ctx, shown)
	}
	ended := make(chan error, 1)
	if len(shown.Services) > 0 {
		go func() { ended <- show.Logs(reading, a.env, a.session, shown, a.logOptions(ctx)) }()
	}
	select {
	case err := <-ended:
		if err == nil && !a.session.Engine.Answers(ctx) {
			return logs.ErrEngineGone // it ends what it runs before it goes
		}
		if err == nil {
			a.env.Say(a.whatEnded(shown))
		}
		return err
	case <-ctx.Done():
	}
	err := a.stopStarted(ctx)
	if len(shown.Services) > 0 {
		late := time.AfterFunc(drainTime, stopReading)
		defer late.Stop()
		<-ended //nolint:errcheck // that the reading was stopped, if anything
	}
	return err
}

// followed says whose logs are shown. Where services are named, up ends with them.
func (a *after) followed() show.Followed {
	f := show.Followed{Services: a.options.logs.followed(a.outcome.Project, a.services), Since: a.began.Format(time.RFC3339Nano)}
	aside := slices.DeleteFunc(slices.Clone(f.Services), func(name string) bool { return slices.Contains(a.services, name) })
	if len(a.services) > 0 && len(aside) < len(f.Services) {
		f.Aside = aside
	}
	return f
}

// whatEnded says why up ends by itself.
func (a *after) whatEnded(shown show.Followed) string {
	if len(shown.Aside) == 0 {
		return "all services have ended"
	}
	return command.List(a.services) + command.Plural(len(a.services), " has", " have") + " ended"
}

// drainTime is how long the logs are read after everything was stopped; what goes on
// running has no end.
const drainTime = 500 * time.Millisecond

// followUntilEnd shows the logs until one of the watched containers ends, stops the rest,
// and ends with the code of that container, or of the one that was asked for.
func (a *after) followUntilEnd(ctx context.Context, shown show.Followed) error {
	o, ids := a.options.logs, a.outcome.IDs()
	if o.exitCodeFrom != "" && len(ids[o.exitCodeFrom]) == 0 {
		return fail.New(fail.Usage, "name one of the services that are started", "service %s has no container here, so it has no exit code", o.exitCodeFrom)
	}
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	var group errgroup.Group
	if len(shown.Services) > 0 {
		group.Go(func() error {
			_ = show.Logs(reading, a.env, a.session, shown, a.logOptions(ctx)) // the containers' ends are what counts
			return nil
		})
	}
	api := a.session.Engine.Client
	first, ended, err := observe.FirstEnd(ctx, api, a.watched(), func(e observe.End) bool { return o.abortsOnExit() || e.Code != 0 })
	if err == nil && ended {
		a.env.Say(first.Service + " has ended; stopping the rest")
	}
	stopped := a.stop(ctx, a.outcome.Project.ServiceNames())
	if err == nil && stopped == nil && o.exitCodeFrom != "" && first.Service != o.exitCodeFrom {
		first, _, err = observe.FirstEnd(ctx, api, map[string]map[int]string{o.exitCodeFrom: ids[o.exitCodeFrom]}, func(observe.End) bool { return true })
	}
	if ctx.Err() != nil || err != nil || stopped != nil {
		stopReading()
	}
	_ = group.Wait() // the logs of what has stopped end by themselves
	switch {
	case ctx.Err() != nil:
		return command.ExitCode(130)
	case err != nil:
		return err
	case stopped != nil:
		return stopped
	case first.Code != 0:
		return command.ExitCode(first.Code)
	}
	return nil
}

// watched are the containers whose end ends the command: where services are named, theirs,
// as only their logs are shown.
func (a *after) watched() map[string]map[int]string {
	watched := a.outcome.IDs()
	if len(a.services) == 0 || a.options.logs.attachDependencies {
		return watched
	}
	maps.DeleteFunc(watched, func(name string, _ map[int]string) bool {
		return !slices.Contains(a.services, name) && name != a.options.logs.exitCodeFrom
	})
	return watched
}

// logOptions follow the logs since up began. The URLs come after what was printed so far, which
// would push them off the screen.
func (a *after) logOptions(ctx context.Context) logs.Options {
	o := a.options.logs.since(a.env, a.began)
	o.Current = func() { a.present(ctx, nil) }
	o.Sink = a.suspecting(o.Sink)
	return o
}

// sayWhatStops says what Ctrl-C does.
func (a *after) sayWhatStops(ctx context.Context) {
	now, err := a.session.Refresh(ctx) // a job may have ended
	if err != nil {
		now = a.session
	}
	stops, stays := []string{}, []string{}
	for _, name := range a.outcome.Project.ServiceNames() {
		switch up := slices.ContainsFunc(now.Observed.Of(name), plan.Container.Up); {
		case up && slices.Contains(a.started(), name):
			stops = append(stops, name)
		case up:
			stays = append(stays, name)
		}
	}
	text := "Ctrl-C stops " + command.List(stops) + ", a second one kills"
	switch {
	case len(stops) == 0:
		text = "everything ran already; Ctrl-C leaves it running"
	case len(stays) > 0:
		text += "; " + command.List(stays) + command.Plural(len(stays), " stays", " stay")
	}
	a.env.Say(text)
}
