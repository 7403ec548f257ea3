package upcmd

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
)

// How long a service may take to show that it is well, and how long it is not asked again then.
const (
	verdictTime = 2 * time.Second
	askAgain    = 10 * time.Second
)

// trouble is in lines after which a service is asked whether it still answers. It may be in others.
var trouble = lazyregexp.New(`(?i)error|exception|traceback|panic|crashed|failed`)

// suspecting is a sink before another, or that of the environment, which has services asked that
// print errors.
func (a *after) suspecting(to event.Sink) event.Sink {
	if to == nil {
		to = a.env.Sink
	}
	return func(e event.Event) {
		to(e)
		if e.Kind == event.Log && trouble.MatchString(e.Text) {
			select {
			case a.suspects <- e.Name:
			default: // one is being asked
			}
		}
	}
}

// watchFailures says why one of the services fails from the time on that up began, until reading
// ends. What ends after ctx was stopped for the user.
func (a *after) watchFailures(reading, ctx context.Context, services []string) { //nolint:revive // two contexts: the second says what the user does
	stopped, asked, said := map[string]bool{}, map[string]time.Time{}, map[string]string{}
	stream := a.session.Engine.Client.Events(reading, client.EventsListOptions{
		Since: a.began.Format(time.RFC3339Nano),
		Filters: client.Filters{}.Add("label", plan.LabelProject+"="+a.session.Name).Add("type", string(events.ContainerEventType)).
			Add("event", string(events.ActionStart), string(events.ActionKill), string(events.ActionDie), string(events.ActionHealthStatus)),
	})
	for {
		select {
		case service := <-a.suspects:
			if ctx.Err() == nil && time.Since(asked[service]) > askAgain {
				a.explain(ctx, service, said)
				asked[service] = time.Now()
			}
		case m := <-stream.Messages:
			labels := m.Actor.Attributes
			service := labels[plan.LabelService]
			if labels[plan.LabelOneOff] == "True" || !slices.Contains(services, service) {
				continue
			}
			switch m.Action {
			case events.ActionStart, events.ActionKill:
				stopped[m.Actor.ID] = m.Action == events.ActionKill
			case events.ActionHealthStatusUnhealthy:
				a.explain(ctx, service, said)
			case events.ActionDie:
				name := service + "-" + labels[plan.LabelNumber]
				switch {
				case ctx.Err() != nil:
				case stopped[m.Actor.ID]:
					a.env.Note(name + " was stopped")
				case labels["exitCode"] == "0", a.options.logs.aborts(), !a.explain(ctx, service, said):
					a.env.Note(name + " exited with code " + labels["exitCode"])
				}
			}
		case <-stream.Err: //nolint:errcheck // the logs go on without
			return
		case <-reading.Done():
			return
		}
	}
}

// explain says why a service fails now, unless that is what was said of it last, and tells whether
// it fails. One that has only begun to start does not.
func (a *after) explain(ctx context.Context, service string, said map[string]string) (fails bool) {
	now, err := a.session.Refresh(ctx)
	if err != nil {
		return false
	}
	err = ready.Wait(ctx, ready.On(now.Engine.Client), session.Probes(ctx, now, []string{service}), ready.Options{Timeout: verdictTime, Grace: verdictTime, Compiles: true})
	last := said[service]
	delete(said, service)
	for _, e := range fail.Failures(err) {
		if !slices.Contains([]fail.Code{fail.Exited, fail.Unhealthy, fail.ServerError, fail.ListensOnLoopback}, e.Code) {
			continue
		}
		said[service] = cmp.Or(said[service], e.Error())
		fails = true
		if e.Error() != last {
			a.env.UI.Error(e)
		}
	}
	return fails
}
