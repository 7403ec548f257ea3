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

// backlog reports what the containers printed so far, merged by time.
func (f *follower) backlog(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()

	queues := make([]chan entry, len(f.tails))
	for i, t := range f.tails {
		queues[i] = make(chan entry, ahead)
		reading.Go(func() {
			defer close(queues[i])
			f.warn(ctx, t, f.stream(ctx, t, f.backlogOptions(), func(e entry) error {
				select {
				case queues[i] <- e:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}))
		})
	}
	merge(queues, func(i int, e entry) {
		f.tails[i].advance(e.at)
		f.report(f.tails[i], e)
	})
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
func (f *follower) stream(ctx context.Context, t *tail, o client.ContainerLogsOptions, emit func(entry) error) error {
	o.ShowStdout, o.ShowStderr, o.Timestamps = true, true, true
	body, err := f.engine.ContainerLogs(ctx, t.ID, o)
	if err != nil {
		return err
	}
	defer body.Close()
	return read(body, emit)
}

// warn reports that the lines of a source cannot be read, unless no reader waits for
// them any more or the container is gone or about to be, which the engine calls a conflict.
func (f *follower) warn(ctx context.Context, t *tail, err error) {
	if err == nil || ctx.Err() != nil || errdefs.IsNotFound(err) || errdefs.IsConflict(err) || errors.Is(err, context.Canceled) {
		return
	}
	f.options.Sink(event.Event{
		Kind: event.Note, State: event.Warning, Name: t.Service,
		Text: fmt.Sprintf("the logs of %s cannot be read: %v", t.Container, err),
	})
}

// report passes a line on.
func (f *follower) report(t *tail, e entry) {
	text := e.text
	if f.options.Timestamps && e.stamp != "" {
		text = e.stamp + " " + text
	}
	f.options.Sink(event.Event{
		Kind: event.Log, ID: f.label(t), Name: t.Service, Parent: t.Container,
		Text: text, Stream: e.stream,
	})
}

// label is a name that distinguishes the containers of one service; empty where there is
// only one.
func (f *follower) label(t *tail) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.Several || len(f.numbers[t.Service]) > 1 {
		several := t.Source
		several.Several = true
		return several.Label()
	}
	return ""
}
