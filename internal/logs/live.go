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

// The idleTimeout of live.
const (
	// grace is how long Follow waits, once all containers have ended, for one to start again.
	grace = time.Second
	// retries is how often a stream that breaks without a line is asked for again.
	retries = 5
	// pause is the time before the first of these tries; it doubles with each.
	pause = 50 * time.Millisecond
	// awayTime is how long the engine may be away: one that restarts takes seconds.
	awayTime = 15 * time.Second
)

// live passes on new lines until all containers have ended and none starts
// again. Its error is that of an engine which went away meanwhile; where the
// containers outlive that, live goes on.
func (f *follower) live(ctx context.Context, positions []position) error {
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	starts := f.starts(ctx)
	defer func() {
		cancel()
		following.Wait()
		if starts.Err != nil {
			for range starts.Err { // closed when the engine client is done with it
			}
		}
	}()
	var lost loss
	var renew <-chan time.Time

	ended := make(chan int)
	running := make([]bool, len(f.sources))
	again := make([]bool, len(f.sources)) // it was started while its last stream was ending
	active := 0
	launch := func(i int, restarted bool) {
		running[i], again[i] = true, false
		active++
		following.Go(func() {
			f.follow(ctx, i, &positions[i], restarted)
			select {
			case ended <- i:
			case <-ctx.Done():
			}
		})
	}
	for i := range f.sources {
		launch(i, false)
	}

	var over <-chan time.Time
	for {
		select {
		case i := <-ended:
			running[i] = false
			if active--; again[i] {
				launch(i, true)
			}
			over = f.idleTimeout(active)
		case m := <-starts.Messages:
			if i := f.index(m.Actor.ID); i >= 0 && !running[i] {
				launch(i, true)
				over = nil
			} else if i >= 0 {
				again[i] = true
			}
		case err := <-starts.Err:
			lost, starts, renew = loss{err, time.Now()}, client.EventsResult{}, time.After(grace)
		case <-renew:
			starts, renew = f.starts(ctx), nil
		case <-over:
			return lost.why()
		case <-ctx.Done():
			return nil
		}
	}
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
func (f *follower) idleTimeout(active int) <-chan time.Time {
	switch {
	case active > 0:
		return nil
	case f.options.Until != "":
		return time.After(0)
	}
	return time.After(grace)
}

// starts reports the starts of the sources' containers.
func (f *follower) starts(ctx context.Context) client.EventsResult {
	filters := client.Filters{}.Add("type", string(events.ContainerEventType)).Add("event", string(events.ActionStart))
	for _, s := range f.sources {
		filters.Add("container", s.ID)
	}
	return f.engine.Events(ctx, client.EventsListOptions{Filters: filters})
}

// index is the index of a container among the sources, or -1.
func (f *follower) index(id string) int {
	for i, s := range f.sources {
		if s.ID == id {
			return i
		}
	}
	return -1
}

// follow passes on the new lines of one container until it stops running. It is
// called again when the container has been started again.
func (f *follower) follow(ctx context.Context, i int, p *position, again bool) {
	broken := 0
	reached := time.Now()
	for {
		before := *p
		err := f.stream(ctx, i, f.liveOptions(*p, broken == 0 && !again), f.fresh(i, p))
		if ctx.Err() != nil || f.options.Until != "" {
			f.warn(ctx, i, err)
			return
		}
		runs, away := f.runs(ctx, i)
		if !away {
			reached = time.Now()
			broken++
		}
		if *p != before {
			broken = 0
		}
		switch {
		case away && time.Since(reached) > awayTime:
			return // why there are no more lines, the stream of events reports for all
		case !runs, broken > retries:
			f.warn(ctx, i, err)
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

// fresh reports the lines of a stream that begins at the position and leaves out
// those that were reported before.
func (f *follower) fresh(i int, p *position) func(entry) error {
	from := *p
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
		p.advance(e.at)
		f.report(i, e)
		return nil
	}
}

// runs reports whether the container of a source runs or is about to again. An
// engine that does not answer counts as yes: the next try decides; away says that
// it cannot even be reached.
func (f *follower) runs(ctx context.Context, i int) (runs, away bool) {
	result, err := f.engine.ContainerInspect(ctx, f.sources[i].ID, client.ContainerInspectOptions{})
	if err != nil {
		return !errdefs.IsNotFound(err), client.IsErrConnectionFailed(err)
	}
	state := result.Container.State
	return state != nil && (state.Running || state.Restarting || state.Status == container.StateRestarting), false
}
