// Package ready waits until the services of a project answer, and says why when
// one does not.
//
// The order of use is: [Probes] decides from the resolved project what has to
// answer (pure), and [Engine.Wait] asks until it does. A running project is confirmed
// by its published ports alone, without a call to the engine. Only when a first
// try fails does Wait subscribe to the events of the containers, so that an exit
// is noticed at once; why a port stays silent is read from the sockets that
// listen inside the container, and why a program failed from its last lines
// ([Diagnose]).
//
// What this package does not do: it starts, stops and changes nothing, and it
// prints nothing.
package ready

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// Engine is what [Engine.Wait] needs of the container engine. [On] gives that of a client. It is
// asked only about services that do not answer at once.
type Engine struct {
	Containers Containers
	Exec       containerexec.Attacher
}

// On is the engine that a client is connected to.
func On(c *client.Client) Engine { return Engine{c, c} }

// Containers says what is to be known of containers.
type Containers interface {
	ContainerList(ctx context.Context, o client.ContainerListOptions) (client.ContainerListResult, error)
	ContainerInspect(ctx context.Context, container string, o client.ContainerInspectOptions) (client.ContainerInspectResult, error)
	ContainerLogs(ctx context.Context, container string, o client.ContainerLogsOptions) (client.ContainerLogsResult, error)
	ContainerStats(ctx context.Context, container string, o client.ContainerStatsOptions) (client.ContainerStatsResult, error)
	Events(ctx context.Context, o client.EventsListOptions) client.EventsResult
}

// Options say how long to wait and where to report. The zero Options wait for three
// minutes and report nothing.
type Options struct {
	Timeout time.Duration // after which a service that does not answer has failed; zero means three minutes
	Grace   time.Duration // how long the others may still take once one has failed; zero means ten seconds
	// Compiles has the logs of the dev servers that began to run read: one that answers may
	// not be able to compile what it serves. That takes a read of each one's log.
	Compiles bool
	Sink     event.Sink // gets a [event.Service] event for each change; nil for none
}

// defaultTimeout leaves room for a Create React App on a small machine, whose
// first compilation takes more than a minute.
const (
	defaultTimeout = 3 * time.Minute
	defaultGrace   = 10 * time.Second
)

// Wait waits until every probe has succeeded. It gives nil, or one [fail.Error]
// per service that failed, in the order of the probes: a single one as it is,
// several joined by [errors.Join] with [fail.NotReady] around them. When ctx
// ends, Wait returns its error at once. An engine that stays away is a
// [fail.EngineGone] instead.
//
// Once a service has failed, the others get o.Grace to succeed or to fail too;
// those that do neither are reported as still starting.
func (e Engine) Wait(ctx context.Context, probes []Probe, o Options) error {
	w := newWaiter(e, o)
	return w.wait(ctx, probes)
}

// waiter is one call of [Engine.Wait].
type waiter struct {
	engine    Engine
	timeout   time.Duration
	grace     time.Duration
	sink      event.Sink
	compiles  bool                                               // see Options
	probeOnce func(context.Context, Probe, time.Duration) answer // asks a service once
	began     time.Time
	watch     *watch
}

func newWaiter(e Engine, o Options) *waiter {
	w := &waiter{engine: e, timeout: o.Timeout, grace: o.Grace, sink: o.Sink, compiles: o.Compiles, probeOnce: probeOnce, began: time.Now()}
	if w.timeout <= 0 {
		w.timeout = defaultTimeout
	}
	if w.grace <= 0 {
		w.grace = defaultGrace
	}
	if w.sink == nil {
		w.sink = event.Discard
	}
	return w
}

// What ends the waiting before its time.
var (
	errGrace = errors.New("another service has failed")
	errAway  = errors.New("the engine went away")
)

func (w *waiter) wait(ctx context.Context, probes []Probe) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.watch = newWatch(w.engine, probes, func() { cancel(errAway) })
	defer w.watch.close()

	var group errgroup.Group
	failures := make([]*fail.Error, len(probes))
	probers := make([]*prober, len(probes))
	var first sync.Once
	var grace *time.Timer
	for i, p := range probes {
		group.Go(func() error {
			probers[i] = &prober{waiter: w, probe: p, evidence: evidence{probe: p, began: w.began}}
			failures[i] = probers[i].await(inner)
			if failures[i] != nil {
				first.Do(func() { grace = time.AfterFunc(w.grace, func() { cancel(errGrace) }) })
			}
			return nil
		})
	}
	_ = group.Wait() // the goroutines give no error; their failures are in the slice
	if grace != nil {
		grace.Stop()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, pr := range probers {
		if failures[i] == nil {
			failures[i] = pr.confirm(ctx)
		}
	}
	if errors.Is(context.Cause(inner), errAway) {
		return errors.Join(join(failures), fail.Wrap(errAway, fail.EngineGone, "", "the engine went away while services were waited for"))
	}
	return join(failures)
}

// join makes one error of the failures that are there.
func join(failures []*fail.Error) error {
	var errs []error
	for _, f := range failures {
		if f != nil {
			errs = append(errs, f)
		}
	}
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return fail.Wrap(errors.Join(errs...), fail.NotReady, "", "%d services did not become ready", len(errs))
}

// emit reports what happens to the service of p.
func (w *waiter) emit(p Probe, state event.State, text string) {
	e := event.Event{Kind: event.Service, ID: p.id(), Name: p.name(), State: state, Text: text}
	if state != event.Working {
		e.Took = time.Since(w.began)
	}
	w.sink(e)
}

// address is what the user would type into a browser for the probe.
func (p Probe) address() string {
	u := url.URL{Scheme: "http", Host: p.hostport()}
	u.Path, u.RawQuery, _ = strings.Cut(p.Path, "?")
	return u.String()
}
