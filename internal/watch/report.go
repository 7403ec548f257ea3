package watch

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"

	"github.com/devup-cli/devup/internal/event"
)

// outcome is what became of a service's todo, over all its containers.
type outcome struct {
	todo       Todo
	containers int

	mu      sync.Mutex
	sent    int // the most that one container got
	removed int // likewise
	restart bool
	ran     bool // commands were run in a container
	failed  []failure
}

// failure is what could not be done in a container.
type failure struct {
	container Container
	err       error
}

// report says what was done for a service, and keeps what failed for another try.
func (w *worker) report(ctx context.Context, service string, out *outcome, took time.Duration) {
	if parts := out.words(); len(parts) > 0 {
		w.event(event.Event{Kind: event.Service, ID: w.id(service), Name: service, State: event.Done, Text: strings.Join(parts, ", "), Took: took})
	}
	if len(out.failed) == 0 {
		return
	}
	if out.restart { // once is enough, and it may be that no container came as far
		out.todo.Restart = false
	}
	if out.ran {
		out.todo.Execs = nil
	}
	w.pending[service] = out.todo
	for _, f := range out.failed {
		if beingReplaced(f.err) {
			w.retryNow = true
		} else {
			w.fail(ctx, service, "not updated", f.err)
		}
	}
}

// words say what happened, empty for nothing.
func (o *outcome) words() []string {
	var parts []string
	if o.sent > 0 {
		text := "synced " + count(o.sent, "file")
		if o.containers > 1 {
			text += " to " + strconv.Itoa(o.containers) + " containers"
		}
		parts = append(parts, text)
	}
	if o.removed > 0 {
		parts = append(parts, "removed "+count(o.removed, "path"))
	}
	if o.restart {
		parts = append(parts, "restarted")
	}
	return parts
}

func (o *outcome) fail(c Container, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = append(o.failed, failure{c, fmt.Errorf("%s: %w", c.Name, err)})
}

func (o *outcome) restarted() { o.mu.Lock(); o.restart = true; o.mu.Unlock() }

func (o *outcome) executed() { o.mu.Lock(); o.ran = true; o.mu.Unlock() }

func (o *outcome) copied(n int) { o.mu.Lock(); o.sent = max(o.sent, n); o.mu.Unlock() }

func (o *outcome) gone(n int) { o.mu.Lock(); o.removed = max(o.removed, n); o.mu.Unlock() }

// event reports.
func (w *worker) event(e event.Event) { w.options.Sink(e) }

// id identifies the reports of one batch.
func (w *worker) id(service string) string { return "watch " + strconv.Itoa(w.batch) + " " + service }

// fail reports what could not be done.
func (w *worker) fail(ctx context.Context, service, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	text := what + ": " + err.Error()
	if service != "" {
		text = service + ": " + text
	}
	w.event(event.Event{Kind: event.Note, State: event.Warning, Text: text})
}

// once says something the first time only.
func (w *worker) once(text string, state event.State) {
	w.mu.Lock()
	said := w.reported[text]
	w.reported[text] = true
	w.mu.Unlock()
	if !said {
		w.event(event.Event{Kind: event.Note, State: state, Text: text})
	}
}

// beingReplaced reports whether an error comes from a container that is just being replaced.
func beingReplaced(err error) bool {
	return errdefs.IsNotFound(err) || errdefs.IsConflict(err)
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return strconv.Itoa(n) + " " + of + "s"
}
