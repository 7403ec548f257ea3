package logs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
)

// The times of live.
const (
	// grace is how long Follow waits, once all containers have ended, for one to start again.
	grace = time.Second
	// replaceTime is the same while the successor of a container is there and not started.
	replaceTime = 30 * time.Second
	// retries is how often a stream that breaks without a line is asked for again.
	retries = 5
	// pause is the time before the first of these tries; it doubles with each.
	pause = 50 * time.Millisecond
	// awayTime is how long the engine may be away: one that restarts takes seconds.
	awayTime = 15 * time.Second
)

// live passes on new lines of all containers, until none runs and none starts again.
type live struct {
	*follower
	following  sync.WaitGroup
	ended      chan *tail
	active     int             // how many are followed whose ends are waited for
	successors map[string]bool // IDs of containers that were made to replace others, and have not started
	lost       loss
}

// live passes on new lines until all containers have ended and none starts
// again. Its error is that of an engine which went away meanwhile; where the
// containers outlive that, live goes on.
func (f *follower) live(ctx context.Context) error {
	l := &live{follower: f, ended: make(chan *tail), successors: map[string]bool{}}
	ctx, cancel := context.WithCancel(ctx)
	changes := l.changes(ctx)
	defer func() {
		cancel()
		l.following.Wait()
		if changes.Err != nil {
			for range changes.Err { // closed when the engine client is done with it
			}
		}
	}()
	for _, t := range l.tails {
		l.launch(ctx, t, false)
	}
	var over, renew <-chan time.Time
	for {
		select {
		case t := <-l.ended:
			l.end(ctx, t)
			over = l.idleTimeout()
		case m := <-changes.Messages:
			if l.change(ctx, m) {
				over = l.idleTimeout()
			}
		case err := <-changes.Err:
			l.lost, changes, renew = loss{err, time.Now()}, client.EventsResult{}, time.After(grace)
		case <-renew:
			changes, renew = l.changes(ctx), nil
		case <-over:
			return l.lost.why()
		case <-ctx.Done():
			return nil
		}
	}
}

// launch follows a container until it ends.
func (l *live) launch(ctx context.Context, t *tail, restarted bool) {
	t.running, t.again = true, false
	if !t.Aside {
		l.active++
	}
	l.following.Go(func() {
		l.follow(ctx, t, restarted)
		select {
		case l.ended <- t:
		case <-ctx.Done():
		}
	})
}

// end notes that a container ended. One that was started meanwhile is followed again.
func (l *live) end(ctx context.Context, t *tail) {
	t.running = false
	if !t.Aside {
		l.active--
	}
	if t.again {
		l.launch(ctx, t, true)
	}
}

// change takes in what became of a container: its start, or a successor of one. It reports
// whether that counts for the end of following.
func (l *live) change(ctx context.Context, m events.Message) bool {
	id := m.Actor.ID
	switch m.Action {
	case events.ActionCreate:
		if l.options.Later.Successor(m.Actor.Attributes) {
			l.successors[id] = true
		}
		return l.successors[id]
	case events.ActionStart:
		delete(l.successors, id)
		t := l.tail(id)
		if t == nil {
			if t = l.begun(m); t == nil {
				return true
			}
		}
		if t.running {
			t.again = true
		} else {
			l.launch(ctx, t, true)
		}
		return true
	default:
		waited := l.successors[id]
		delete(l.successors, id)
		return waited
	}
}

// begun adds a container that was not there when following began; nil for one that is not
// to be followed.
func (l *live) begun(m events.Message) *tail {
	if l.options.Later == nil {
		return nil
	}
	s, ok := l.options.Later.Source(m.Actor.ID, m.Actor.Attributes)
	if !ok {
		return nil
	}
	return l.add(s)
}

// loss is that the stream of events broke off, which it does when the engine goes away.
type loss struct {
	err error
	at  time.Time
}

// why is the loss as the reason for the end of all containers: those that an engine ends
// are known to have ended once it is there again, or once the wait for it ends.
func (l loss) why() error {
	if l.err == nil || time.Since(l.at) > awayTime+2*grace {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrEngineGone, l.err)
}

// idleTimeout is the channel that ends live: nil while something is followed.
func (l *live) idleTimeout() <-chan time.Time {
	switch {
	case l.active > 0 || l.options.Endless:
		return nil
	case l.options.Until != "":
		return time.After(0)
	case len(l.successors) > 0:
		return time.After(replaceTime)
	}
	return time.After(grace)
}

// changes reports the starts of the containers, and with [Options.Later] those of others.
func (l *live) changes(ctx context.Context) client.EventsResult {
	filters := client.Filters{}.Add("type", string(events.ContainerEventType)).Add("event", string(events.ActionStart))
	o := client.EventsListOptions{Filters: filters}
	if l.options.Later == nil {
		for _, t := range l.tails {
			filters.Add("container", t.ID)
		}
		return l.engine.Events(ctx, o)
	}
	filters.Add("event", string(events.ActionCreate), string(events.ActionDestroy)).Add("label", l.options.Later.Label)
	o.Since = l.options.Later.Since
	return l.engine.Events(ctx, o)
}

// tail is the container with an ID, or nil.
func (f *follower) tail(id string) *tail {
	for _, t := range f.tails {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// add adds a container to those that are followed.
func (f *follower) add(s Source) *tail {
	t := &tail{Source: s}
	f.tails = append(f.tails, t)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.numbers[s.Service] == nil {
		f.numbers[s.Service] = map[int]bool{}
	}
	f.numbers[s.Service][s.Number] = true
	return t
}

// follow passes on the new lines of one container until it stops running. It is
// called again when the container has been started again.
func (f *follower) follow(ctx context.Context, t *tail, again bool) {
	broken := 0
	reached := time.Now()
	for {
		before := t.position
		err := f.stream(ctx, t, f.liveOptions(t.position, broken == 0 && !again), f.fresh(t))
		if ctx.Err() != nil || f.options.Until != "" {
			f.warn(ctx, t, err)
			return
		}
		runs, away := f.runs(ctx, t)
		if !away {
			reached = time.Now()
			broken++
		}
		if t.position != before {
			broken = 0
		}
		switch {
		case away && time.Since(reached) > awayTime:
			return // why there are no more lines, the stream of events reports for all
		case !runs, broken > retries:
			f.warn(ctx, t, err)
			return
		}
		select {
		case <-time.After(pause << max(broken, 1)):
		case <-ctx.Done():
			return
		}
	}
}

// liveOptions ask for what came after a position: from its very time on, as
// several lines may bear it.
func (f *follower) liveOptions(p position, first bool) client.ContainerLogsOptions {
	o := client.ContainerLogsOptions{Follow: true, Since: f.options.Since, Until: f.options.Until}
	switch {
	case !p.at.IsZero():
		o.Since = p.at.Format(time.RFC3339Nano)
	case f.options.Tail == "0" && first:
		o.Tail = "0"
	case f.options.Tail == "0":
		o.Since = f.began.Format(time.RFC3339Nano)
	}
	return o
}

// fresh reports the lines of a stream that begins at the container's position and leaves
// out those that were reported before.
func (f *follower) fresh(t *tail) func(entry) error {
	from := t.position
	overlap := !from.at.IsZero()
	return func(e entry) error {
		if overlap && !e.at.IsZero() {
			if e.at.Before(from.at) {
				return nil
			}
			if e.at.Equal(from.at) && from.count > 0 {
				from.count--
				return nil
			}
			overlap = e.at.Equal(from.at)
		}
		t.advance(e.at)
		f.report(t, e)
		return nil
	}
}

// runs reports whether the container of a source runs or is about to again. An
// engine that does not answer counts as yes: the next try decides; away says that
// it cannot even be reached.
func (f *follower) runs(ctx context.Context, t *tail) (runs, away bool) {
	result, err := f.engine.ContainerInspect(ctx, t.ID, client.ContainerInspectOptions{})
	if err != nil {
		return !errdefs.IsNotFound(err), client.IsErrConnectionFailed(err)
	}
	state := result.Container.State
	return state != nil && (state.Running || state.Restarting || state.Status == container.StateRestarting), false
}
