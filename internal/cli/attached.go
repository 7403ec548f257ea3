package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/up"
)

// attachOptions say whose logs up shows and what ends it. Names and meaning are
// Compose's.
type attachOptions struct {
	attach, noAttach            []string
	attachDependencies          bool
	timestamps, noPrefix        bool
	abortOnExit, abortOnFailure bool
	exitCodeFrom                string
}

func (o *attachOptions) bind(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&o.attach, "attach", nil, "show only the logs of this `service`; may be repeated")
	f.StringArrayVar(&o.noAttach, "no-attach", nil, "do not show the logs of this `service`; may be repeated")
	f.BoolVar(&o.attachDependencies, "attach-dependencies", false, "with services: show also the logs of what they depend on")
	f.BoolVar(&o.timestamps, "timestamps", false, "print the time of each log line")
	f.BoolVar(&o.noPrefix, "no-log-prefix", false, "print log lines without the names of their services, as they were written")
	f.BoolVar(&o.abortOnExit, "abort-on-container-exit", false, "stop everything when a container ends, with its exit code; waits for no answers")
	f.BoolVar(&o.abortOnFailure, "abort-on-container-failure", false, "stop everything when a container ends with a failure")
	f.StringVar(&o.exitCodeFrom, "exit-code-from", "", "end with the exit code of this `service`, and stop everything then")
}

// aborts says that the end of a container ends the command.
func (o attachOptions) aborts() bool { return o.abortOnExit || o.abortOnFailure }

// knownTo refuses names that are no services of the project.
func (o attachOptions) knownTo(p *project.Project) error {
	names := slices.Concat(o.attach, o.noAttach)
	if o.exitCodeFrom != "" {
		names = append(names, o.exitCodeFrom)
	}
	for _, name := range names {
		if _, ok := p.Services[name]; !ok {
			e := fail.New(fail.UnknownService, "its services are "+list(p.ServiceNames()), "project %s has no service %q", p.Name, name)
			e.Service = name
			return e
		}
	}
	return nil
}

// followed are the services whose logs are shown: the named ones where some are
// named, else all but those that say attach: false.
func (o attachOptions) followed(p *project.Project, named []string) []string {
	var names []string
	for _, name := range p.ServiceNames() {
		shown := len(named) == 0 || slices.Contains(named, name) || o.attachDependencies
		if flag := p.Services[name].Attach; flag != nil && !*flag {
			shown = false
		}
		if len(o.attach) > 0 {
			shown = slices.Contains(o.attach, name)
		}
		if shown && !slices.Contains(o.noAttach, name) {
			names = append(names, name)
		}
	}
	return names
}

// attach shows the logs until Ctrl-C, until all containers have ended, or until the
// end of one of them ends the command.
func (a *app) attach(ctx context.Context, r *running, outcome *up.Outcome, named []string, o upOptions, began time.Time) error {
	if !o.aborts() {
		a.ui.Say(a.attachedRemark(outcome))
	}
	options := a.logsSince(began, o.attachOptions)
	shown := o.followed(outcome.Project, named)
	// What is stopped after Ctrl-C has last words too.
	reading, stopReading := context.WithCancel(context.WithoutCancel(ctx))
	var ends errgroup.Group
	ends.Go(func() error { a.tellEnds(reading, r, shown, began); return nil })
	defer func() { stopReading(); _ = ends.Wait() }() // it has no error
	if o.aborts() {
		return a.attachUntilEnd(ctx, r, outcome, watchedFor(outcome, named, o), shown, o, options)
	}
	ended := make(chan error, 1)
	if len(shown) > 0 {
		go func() { ended <- a.follow(reading, r, shown, options) }()
	}
	select {
	case err := <-ended:
		if err == nil && !a.answers(ctx) {
			return logs.ErrEngineGone // it ends what it runs before it goes
		}
		if err == nil {
			a.ui.Say("all services have ended")
		}
		return err
	case <-ctx.Done():
	}
	err := a.stopStarted(ctx, r, outcome, o.StopTimeout)
	if len(shown) > 0 {
		late := time.AfterFunc(lastWords, stopReading)
		defer late.Stop()
		<-ended //nolint:errcheck // that the reading was stopped, if anything
	}
	return err
}

// lastWords is how long the logs are read after everything was stopped; what goes on
// running has no end.
const lastWords = 500 * time.Millisecond

// watchedFor are the containers whose end ends the command: where services are named,
// theirs, as only those are attached to.
func watchedFor(outcome *up.Outcome, named []string, o upOptions) map[string]map[int]string {
	if len(named) == 0 || o.attachDependencies {
		return outcome.IDs()
	}
	watched := outcome.IDs()
	maps.DeleteFunc(watched, func(name string, _ map[int]string) bool {
		return !slices.Contains(named, name) && name != o.exitCodeFrom
	})
	return watched
}

// logsSince are the options of following logs beside an up that began then, by the
// engine's clock.
func (a *app) logsSince(began time.Time, o attachOptions) logs.Options {
	options := logs.Options{Follow: true, Since: began.Format(time.RFC3339Nano), Timestamps: o.timestamps}
	if o.noPrefix && a.ui.Mode() != ui.JSON {
		options.Sink = a.bareLines
	}
	return options
}

// attachUntilEnd shows the logs until one of the watched containers ends, stops the
// rest, and ends with the code of that container, or of the one that was asked for.
func (a *app) attachUntilEnd(ctx context.Context, r *running, outcome *up.Outcome, watched map[string]map[int]string, shown []string, o upOptions, options logs.Options) error {
	if o.exitCodeFrom != "" && len(outcome.IDs()[o.exitCodeFrom]) == 0 {
		return fail.New(fail.Usage, "name one of the services that are started", "service %s has no container here, so there is no exit code to end with", o.exitCodeFrom)
	}
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	var group errgroup.Group
	group.Go(func() error {
		if len(shown) > 0 {
			_ = a.follow(reading, r, shown, options) // the containers' ends are what counts
		}
		return nil
	})
	first, ended, err := observe.FirstEnd(ctx, r.engine.Client, watched, func(e observe.End) bool { return o.abortOnExit || e.Code != 0 })
	if err == nil && ended {
		a.ui.Say(first.Service + " has ended; stopping the rest")
	}
	stopped := a.stopNow(ctx, r, outcome.Project.ServiceNames(), o.StopTimeout)
	if err == nil && stopped == nil && o.exitCodeFrom != "" && first.Service != o.exitCodeFrom {
		first, _, err = observe.FirstEnd(ctx, r.engine.Client, map[string]map[int]string{o.exitCodeFrom: outcome.IDs()[o.exitCodeFrom]}, func(observe.End) bool { return true })
	}
	if ctx.Err() != nil || err != nil || stopped != nil {
		stopReading()
	}
	_ = group.Wait() // the logs of what has stopped end by themselves
	switch {
	case ctx.Err() != nil:
		return exitStatus(130)
	case err != nil:
		return err
	case stopped != nil:
		return stopped
	case first.Code != 0:
		return exitStatus(first.Code)
	}
	return nil
}

func (a *app) attachedRemark(o *up.Outcome) string {
	if len(o.Started) == 0 {
		return "everything ran already; Ctrl-C leaves it running"
	}
	return "Ctrl-C stops " + list(o.Started)
}
