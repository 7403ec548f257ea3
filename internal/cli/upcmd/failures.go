package upcmd

import (
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
	probeTimeout = 2 * time.Second
	askAgain     = 10 * time.Second
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

// failures says why services fail while their logs are shown.
type failures struct {
	*after
	services []string
	stopped  map[string]bool        // containers, whether they were asked to end
	asked    map[string]time.Time   // services that printed errors, when that was last looked into
	said     map[string]*fail.Error // of services, why they failed the last time
}

// watchFailures says why one of the services fails from the time on that up began, until reading
// ends. What ends after ctx was stopped for the user.
func (a *after) watchFailures(reading, ctx context.Context, services []string) { //nolint:revive // two contexts: the second says what the user does
	f := failures{after: a, services: services, stopped: map[string]bool{}, asked: map[string]time.Time{}, said: map[string]*fail.Error{}}
	stream := a.session.Engine.Client.Events(reading, client.EventsListOptions{
		Since: a.began.Format(time.RFC3339Nano),
		Filters: client.Filters{}.Add("label", plan.LabelProject+"="+a.session.Name).Add("type", string(events.ContainerEventType)).
			Add("event", string(events.ActionStart), string(events.ActionKill), string(events.ActionDie), string(events.ActionHealthStatus)),
	})
	for {
		select {
		case service := <-a.suspects:
			if time.Since(f.asked[service]) > askAgain {
				f.explain(ctx, service)
				f.asked[service] = time.Now()
			}
		case m := <-stream.Messages:
			f.take(ctx, m)
		case <-stream.Err: //nolint:errcheck // the logs go on without
			return
		case <-reading.Done():
			return
		}
	}
}

// take takes what became of a container.
func (f *failures) take(ctx context.Context, m events.Message) {
	id, labels := m.Actor.ID, m.Actor.Attributes
	service := labels[plan.LabelService]
	if ctx.Err() != nil || labels[plan.LabelOneOff] == "True" || !slices.Contains(f.services, service) {
		return
	}
	switch m.Action {
	case events.ActionKill:
		f.stopped[id] = true
	case events.ActionStart:
		if again, known := f.stopped[id]; again || !known { // no restart by its policy
			delete(f.said, service)
		}
		f.stopped[id] = false
	case events.ActionHealthStatusUnhealthy:
		f.explain(ctx, service)
	case events.ActionDie:
		name := service + "-" + labels[plan.LabelNumber]
		switch {
		case f.stopped[id]:
			f.env.Note(name + " was stopped")
		case labels["exitCode"] == "0", f.options.logs.aborts(), !f.explain(ctx, service):
			f.env.Note(name + " exited with code " + labels["exitCode"])
		}
	}
}

// explain says why a service fails now, unless that is what was said of it last, and tells whether
// it said so. One that has only begun to start does not fail.
func (f *failures) explain(ctx context.Context, service string) (news bool) {
	now, err := f.session.Refresh(ctx)
	if err != nil {
		return false
	}
	err = ready.Wait(ctx, ready.On(now.Engine.Client), session.Probes(ctx, now, []string{service}), ready.Options{Timeout: probeTimeout, Grace: probeTimeout, Compiles: true})
	if last := f.said[service]; err == nil && last != nil && last.Code != fail.Exited { // a crash loop runs for a moment
		delete(f.said, service)
	}
	for _, e := range fail.Failures(err) {
		if !slices.Contains([]fail.Code{fail.Exited, fail.Unhealthy, fail.ServerError, fail.ListensOnLoopback}, e.Code) {
			continue
		}
		last := f.said[service]
		if last == nil || last.Code != e.Code || last.Reason != e.Reason || e.Code != fail.Exited && last.Error() != e.Error() {
			f.env.UI.Error(e)
			f.said[service], news = e, true
		}
	}
	return news
}
