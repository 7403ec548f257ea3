package ui

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/untrusted"
)

// silentTime is how long a resource may be under way in plain mode without a line
// about it.
const silentTime = 20 * time.Second

// plain writes one fact a line, with no cursor moves.
type plain struct {
	streams Streams
	logs    logLines
	busy    map[string]*busyFact
	order   []string          // keys of busy, in the order of their appearance
	steps   map[string]string // the last line about each build step, by key
}

// busyFact is a resource that is under way.
type busyFact struct {
	last               event.Event
	started, printedAt time.Time
}

func newPlain(s Streams) *plain {
	return &plain{streams: s, logs: newLogLines(s), busy: map[string]*busyFact{}, steps: map[string]string{}}
}

func (r *plain) logLines() *logLines { return &r.logs }

func (r *plain) event(e event.Event, at time.Time) {
	if e.Kind == event.Log {
		r.print(logStream(e), r.logs.line(e)+"\n")
		return
	}
	if e.State == event.Working && !r.isNew(e, at) {
		return
	}
	if e.State != event.Working && e.State != "" {
		r.forget(e)
	}
	r.printedAt(e, at)
	line := fact(e, r.streams.theme(toErr))
	if e.Kind == event.Step && e.Stream == "" {
		if r.steps[e.Key()] == line {
			return // a step that took no time, or that BuildKit reports again
		}
		r.steps[e.Key()] = line
	}
	r.print(toErr, line+"\n")
}

// isNew remembers that e is under way and reports whether it says more than the
// last line about it did: a count that went on is no news.
func (r *plain) isNew(e event.Event, at time.Time) bool {
	b, known := r.busy[e.Key()]
	if !known {
		r.busy[e.Key()] = &busyFact{last: e, started: at, printedAt: at}
		r.order = append(r.order, e.Key())
		return true
	}
	same := withoutDigits(b.last.Text) == withoutDigits(e.Text)
	b.last = e
	if !same {
		b.printedAt = at
	}
	return !same
}

// forget drops what has ended, and with an image its steps.
func (r *plain) forget(e event.Event) {
	r.order = slices.DeleteFunc(r.order, func(key string) bool {
		last := r.busy[key].last
		ended := key == e.Key() || e.Kind == event.Image && last.Kind == event.Step && last.Parent == e.Name
		if ended {
			delete(r.busy, key)
		}
		return ended
	})
}

// printedAt remembers that a step's line shows its image alive too.
func (r *plain) printedAt(e event.Event, at time.Time) {
	if e.Kind != event.Step {
		return
	}
	for _, b := range r.busy {
		if b.last.Key() == e.Key() || b.last.Kind == event.Image && b.last.Name == e.Parent {
			b.printedAt = at
		}
	}
}

func (r *plain) print(to stream, text string) {
	_, _ = io.WriteString(r.streams.writer(to), text) // a closed pipe is no error here
}

func (r *plain) flush(time.Time) {}

// alive says of what has been silent for long that it is still under way.
func (r *plain) alive(now time.Time) {
	for _, key := range slices.Backward(r.order) { // a step speaks for its image
		b := r.busy[key]
		if now.Sub(b.printedAt) < silentTime {
			continue
		}
		e := b.last
		e.Text = "still " + cmp.Or(textOf(e), "running") + " (" + duration(now.Sub(b.started)) + ")"
		b.printedAt = now
		r.printedAt(e, now)
		r.print(toErr, fact(e, r.streams.theme(toErr))+"\n")
	}
}

func (r *plain) pending() bool { return len(r.order) > 0 }

func (r *plain) close(time.Time) {}

// withoutDigits drops the digits of a text, so that two states of a counter are equal.
func withoutDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, s)
}

// fact is an event as one line: "image web: built (12s)".
func fact(e event.Event, t theme) string {
	text := untrusted.Text(textOf(e), t.color && e.Stream != "") // what a build prints may have colours
	if e.Kind == event.Note {
		return noteLine(e, text, t)
	}
	subject := string(e.Kind) + " " + untrusted.Text(e.Name, false)
	if e.Kind == event.Step {
		subject = string(event.Image) + " " + untrusted.Text(e.Parent, false)
		if e.Stream != "" {
			return subject + " | " + text
		}
		if name := untrusted.Text(e.Name, false); name != "" && name != text {
			text = strings.TrimSuffix(name+": "+text, ": ")
		}
	}
	if e.State == event.Failed && !strings.HasPrefix(text, "failed") {
		text = "failed: " + text
	}
	if e.State == event.Warning {
		text = "warning: " + text
	}
	if e.Took >= noTime && e.State != event.Working {
		text += " (" + duration(e.Took) + ")"
	}
	return subject + ": " + text
}

// noteLine is a note: "note: …" or "warning: …".
func noteLine(e event.Event, text string, t theme) string {
	word := t.bold("note:")
	if e.State == event.Warning || e.State == event.Failed {
		word = t.notice("warning:")
	}
	if e.Name != "" {
		text = untrusted.Text(e.Name, false) + ": " + text
	}
	return word + " " + text
}

// textOf is the event's text, or a word for its state where it has none.
func textOf(e event.Event) string {
	if e.Text != "" || e.Stream != "" {
		return e.Text
	}
	switch {
	case e.Kind == event.Step && e.State != event.Cached && e.State != event.Failed:
		return ""
	case e.State == event.Working:
		return "under way"
	}
	return string(e.State)
}
