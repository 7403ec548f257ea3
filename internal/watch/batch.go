package watch

import (
	"context"
	"time"
)

// op is what a hint says of a path, several together.
type op uint8

const (
	touched op = 1 << iota // its content was written
	made                   // it came to be there
	gone                   // it went away, perhaps only to come back
	meta                   // its mode or times changed
	recheck                // anything may have happened to it or below it
)

// hint says that something may have happened to a path.
type hint struct {
	path string
	ops  op
}

// How long it must be quiet until a batch ends.
const (
	shortQuiet = 10 * time.Millisecond // for one saved file: an editor writes it within one or two
	longQuiet  = 50 * time.Millisecond // for a burst, as a checkout of another branch
	few        = 3                     // paths that one save touches: a temporary file, a backup, the file
	longest    = time.Second           // a batch ends then, quiet or not
)

// batch collects hints. The zero value is an empty one.
type batch struct {
	paths       map[string]op
	first, last time.Time
}

// add takes a hint in.
func (b *batch) add(h hint, at time.Time) {
	if b.paths == nil {
		b.paths, b.first = map[string]op{}, at
	}
	b.paths[h.path] |= h.ops
	b.last = at
}

// due is when the batch ends, if nothing more comes.
func (b *batch) due() time.Time {
	quiet := shortQuiet
	if len(b.paths) > few {
		quiet = longQuiet
	}
	end := b.last.Add(quiet)
	if limit := b.first.Add(longest); end.After(limit) {
		return limit
	}
	return end
}

// collect makes batches of those hints that are relevant, until ctx ends or the
// hints do. While no batch is taken that is due, it goes on growing, so that
// the system's queue of events is always emptied.
func collect(ctx context.Context, hints <-chan hint, out chan<- map[string]op, relevant func(string) bool) {
	var b batch
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var ready chan<- map[string]op // out once the batch is due
	for {
		select {
		case <-ctx.Done():
			return
		case h, ok := <-hints:
			if !ok {
				return
			}
			if !relevant(h.path) {
				continue
			}
			b.add(h, time.Now())
			if ready == nil {
				timer.Reset(time.Until(b.due()))
			}
		case <-timer.C:
			if b.paths != nil {
				ready = out
			}
		case ready <- b.paths:
			b, ready = batch{}, nil
		}
	}
}
