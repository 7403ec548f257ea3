// Package event holds the values in which work reports what happens to which
// resource. Work takes a [Sink] and calls it; package ui turns the events into
// a terminal's lines, plain lines or JSON. Nothing here prints.
package event

import "time"

// Kind says what sort of resource an event is about.
type Kind string

// The kinds of resources. Their text is part of the JSON output.
const (
	Image     Kind = "image"     // an image that is built or pulled; Name is the service
	Step      Kind = "step"      // one step of an image's build; Parent is the image's Name
	Network   Kind = "network"   // a network of the project
	Volume    Kind = "volume"    // a volume of the project
	Container Kind = "container" // a container; Name is the container's name
	Service   Kind = "service"   // a service on its way to answering; Name is the service
	Setup     Kind = "setup"     // a step of x-devup.setup; Name is "service: step"
	Port      Kind = "port"      // a published port that becomes public; Name is the service and the port
	Log       Kind = "log"       // one line that a container printed; Name is the service
	Note      Kind = "note"      // something the user should know; bound to no progress
)

// State says how far a resource is.
type State string

// The states of a resource. Their text is part of the JSON output.
const (
	Working State = "working" // under way; more events of the same ID follow
	Done    State = "done"    // ended well
	Cached  State = "cached"  // ended well without work: it was there already
	Failed  State = "failed"  // ended badly; the command's error says why
	Skipped State = "skipped" // not begun, because something else failed; Text says what
	Warning State = "warning" // ended well, but Text is worth reading
)

// Event is one fact about one resource. Two events are about the same resource
// when Kind and ID are equal; the later one replaces the earlier on a terminal.
type Event struct {
	Kind   Kind
	ID     string        // unique among its Kind in one run; empty means Name
	Name   string        // the resource as the user knows it
	Parent string        // Name of the resource that this one belongs to, or empty
	State  State         // zero for Log
	Text   string        // what happened, in a few words ("created"), or the log line without its line end
	Stream string        // for Log and Step output: "stdout" or "stderr"; else empty
	Took   time.Duration // how long the work took; zero while Working and where it was not measured
}

// Key identifies the resource of the event.
func (e Event) Key() string {
	id := e.ID
	if id == "" {
		id = e.Name
	}
	return string(e.Kind) + "\x00" + id
}

// Sink takes events. A Sink must be safe for concurrent use, must not block for
// long, and is never nil: [Discard] is the one that does nothing.
type Sink func(Event)

// Discard is a [Sink] that drops every event.
func Discard(Event) {}
