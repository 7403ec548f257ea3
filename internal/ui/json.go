package ui

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Contract is the version of the objects in JSON. It changes only where one of their fields gets
// another meaning or goes, which none has yet; fields and objects are added without a new version.
const Contract = 1

// eventObject is an event in JSON. Its names are a promise.
type eventObject struct {
	Type   string  `json:"type"`             // "event", or "log" for a line that a container printed
	Time   string  `json:"time"`             // RFC 3339
	Kind   string  `json:"kind,omitempty"`   // of an event: "image", "step", "network", "volume", "container", "service", "setup", "port" or "note"
	ID     string  `json:"id,omitempty"`     // tells resources of one kind and name apart
	Name   string  `json:"name,omitempty"`   // of a log line, an image and a service: the service; else the resource
	Parent string  `json:"parent,omitempty"` // of a log line: the container; of a step: the image
	State  string  `json:"state,omitempty"`  // "working", "done", "cached", "failed", "skipped" or "warning"
	Text   string  `json:"text"`             // what happened, or the line
	Stream string  `json:"stream,omitempty"` // "stdout" or "stderr"
	Took   float64 `json:"took,omitempty"`   // seconds
}

// jsonRenderer writes one object a line. Text that is read from it is as its source
// wrote it.
type jsonRenderer struct{ streams Streams }

// Event is an event for programs.
func Event(e event.Event, at time.Time) any { return eventOf(e, at) }

func eventOf(e event.Event, at time.Time) eventObject {
	o := eventObject{
		Type: "event", Time: at.UTC().Format(time.RFC3339Nano),
		Kind: string(e.Kind), ID: e.ID, Name: e.Name, Parent: e.Parent,
		State: string(e.State), Text: e.Text, Stream: e.Stream, Took: e.Took.Seconds(),
	}
	if e.State == event.Working {
		o.Took = 0 // it is not over
	}
	return o
}

func (r *jsonRenderer) event(e event.Event, at time.Time) {
	o := eventOf(e, at)
	to := toErr
	if e.Kind == event.Log {
		o.Type, o.Kind, to = "log", "", toOut
	}
	r.print(to, line(o))
}

func (r *jsonRenderer) print(to stream, text string) {
	_, _ = io.WriteString(r.streams.writer(to), text) // a closed pipe is no error here
}

func (r *jsonRenderer) flush(time.Time) {}
func (r *jsonRenderer) alive(time.Time) {}
func (r *jsonRenderer) pending() bool   { return false }
func (r *jsonRenderer) close(time.Time) {}

// line is v as one line of JSON, safe to show on a terminal. Only plain values are handed
// in, so that it cannot fail.
func line(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is read by programs and people, not by browsers
	if err := e.Encode(v); err != nil {
		panic("ui: value that JSON cannot hold: " + err.Error())
	}
	return untrusted.SafeJSON(b.String())
}
