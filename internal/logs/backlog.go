package logs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
)

// position is how far a source has been read: the time of the last line, and
// how many lines bear exactly that time.
type position struct {
	at    time.Time
	count int
}

// advance moves the position to a line. Lines may come out of order by a little:
// one that was long in the making bears the time of its beginning.
func (p *position) advance(at time.Time) {
	switch {
	case at.Equal(p.at):
		p.count++
	case at.After(p.at):
		p.at, p.count = at, 1
	}
}

// ahead is how many lines of a source are read before they are needed.
const ahead = 16

// backlog reports what the sources printed so far, merged by time, and returns
// how far each was read.
func (f *follower) backlog(ctx context.Context) []position {
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()

	queues := make([]chan entry, len(f.sources))
	for i := range f.sources {
		queues[i] = make(chan entry, ahead)
		reading.Go(func() {
			defer close(queues[i])
			f.warn(ctx, i, f.stream(ctx, i, f.backlogOptions(), func(e entry) error {
				select {
				case queues[i] <- e:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}))
		})
	}

	positions := make([]position, len(f.sources))
	merge(queues, func(i int, e entry) {
		positions[i].advance(e.at)
		f.report(i, e)
	})
	return positions
}

func (f *follower) backlogOptions() client.ContainerLogsOptions {
	return client.ContainerLogsOptions{Since: f.options.Since, Until: f.options.Until, Tail: f.options.Tail}
}

// merge takes entries off sorted queues in the order of their times, those of
// the first queue first among equals, until all queues are closed. An entry that
// is older than its predecessor in its queue keeps its place there.
func merge(queues []chan entry, take func(int, entry)) {
	heads := make([]*entry, len(queues))
	next := func(i int) {
		heads[i] = nil
		if e, open := <-queues[i]; open {
			heads[i] = &e
		}
	}
	for i := range queues {
		next(i)
	}
	for {
		oldest := -1
		for i, h := range heads {
			if h != nil && (oldest < 0 || h.at.Before(heads[oldest].at)) {
				oldest = i
			}
		}
		if oldest < 0 {
			return
		}
		take(oldest, *heads[oldest])
		next(oldest)
	}
}

// stream reads the lines of a source until they end.
func (f *follower) stream(ctx context.Context, i int, o client.ContainerLogsOptions, emit func(entry) error) error {
	o.ShowStdout, o.ShowStderr, o.Timestamps = true, true, true
	body, err := f.engine.ContainerLogs(ctx, f.sources[i].ID, o)
	if err != nil {
		return err
	}
	defer body.Close()
	return read(body, emit)
}

// warn reports that the lines of a source cannot be read, unless no reader waits for
// them any more or the container is gone.
func (f *follower) warn(ctx context.Context, i int, err error) {
	if err == nil || ctx.Err() != nil || errdefs.IsNotFound(err) || errors.Is(err, context.Canceled) {
		return
	}
	f.options.Sink(event.Event{
		Kind: event.Note, State: event.Warning, Name: f.sources[i].Service,
		Text: fmt.Sprintf("the logs of %s cannot be read: %v", f.sources[i].Container, err),
	})
}

// report passes a line on.
func (f *follower) report(i int, e entry) {
	text := e.text
	if f.options.Timestamps && e.stamp != "" {
		text = e.stamp + " " + text
	}
	s := f.sources[i]
	f.options.Sink(event.Event{
		Kind: event.Log, ID: f.labels[i], Name: s.Service, Parent: s.Container,
		Text: text, Stream: e.stream,
	})
}

// labels are names that distinguish the containers of one service, empty where a
// service has only one.
func labels(sources []Source) []string {
	count := map[string]int{}
	for _, s := range sources {
		count[s.Service]++
	}
	names := make([]string, len(sources))
	for i, s := range sources {
		if count[s.Service] > 1 {
			names[i] = fmt.Sprintf("%s-%d", s.Service, s.Number)
		}
	}
	return names
}
