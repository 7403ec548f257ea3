// Package ui is all that a user or a program sees of devup: it turns the
// events of work, tables and errors into a terminal's lines, into plain lines,
// or into JSON, one object a line.
//
// Make a [UI] with [New], hand its [UI.Sink] to the work, print results with
// [UI.Table], [UI.Text] and [UI.Object], the error with [UI.Error], and end
// with [UI.Close]. One goroutine owns both output streams from New until Close
// returns, so nothing is torn and the last line is never lost.
//
// Results and the logs of services go to stdout, everything else to stderr.
// The package asks no questions and knows nothing of projects or engines.
package ui

import (
	"time"

	"github.com/devup-cli/devup/internal/event"
)

// Mode says how the UI renders.
type Mode string

// The modes. Their text is the value of --progress.
const (
	Auto  Mode = "auto"  // TTY when stderr is a terminal, else Plain
	TTY   Mode = "tty"   // a live region at the bottom of the terminal
	Plain Mode = "plain" // one fact a line; no cursor moves
	JSON  Mode = "json"  // one object a line
)

// tick is the time between two frames of the live region.
const tick = 100 * time.Millisecond

// renderer turns what happens into output. Its methods are called by one
// goroutine only.
type renderer interface {
	// event takes one fact and when it was reported.
	event(e event.Event, at time.Time)
	// print writes whole lines to stdout or stderr, apart from all progress.
	print(to stream, text string)
	// flush writes what is held back; it is called when no more is waiting.
	flush(now time.Time)
	// alive is called every tick while pending says so.
	alive(now time.Time)
	// pending reports whether something is under way that alive must show.
	pending() bool
	// close ends the output; nothing is called afterwards.
	close(now time.Time)
}

// message is one thing to show: an event, or a function that needs the renderer.
type message struct {
	event event.Event
	at    time.Time
	do    func(renderer)
}

// UI renders. Its methods are safe for concurrent use. After [UI.Close] they do
// nothing.
type UI struct {
	streams  Streams
	mode     Mode
	messages chan message
	stop     chan struct{}
	stopped  chan struct{}
}

// New makes a UI and starts the goroutine that owns the streams; [UI.Close]
// ends it.
func New(s Streams, mode Mode) *UI {
	s = s.withDefaults()
	if mode == Auto || mode == "" {
		mode = Plain
		if s.ErrTTY {
			mode = TTY
		}
	}
	u := &UI{
		streams: s, mode: mode,
		messages: make(chan message, 128),
		stop:     make(chan struct{}, 1),
		stopped:  make(chan struct{}),
	}
	go u.own(newRenderer(s, mode))
	return u
}

// newRenderer picks the renderer of a mode.
func newRenderer(s Streams, mode Mode) renderer {
	switch mode {
	case JSON:
		return &jsonRenderer{streams: s}
	case TTY:
		return newTerminal(s)
	default:
		return newPlain(s)
	}
}

// Mode is the mode in use; it is never Auto.
func (u *UI) Mode() Mode { return u.mode }

// Streams gives the streams that the UI writes to.
func (u *UI) Streams() Streams { return u.streams }

// Sink takes the events of work.
func (u *UI) Sink() event.Sink {
	return func(e event.Event) { u.send(message{event: e, at: time.Now()}) }
}

// Close writes what is left and gives the terminal back. It may be called more
// than once.
func (u *UI) Close() {
	select {
	case u.stop <- struct{}{}:
	default:
	}
	<-u.stopped
}

// send hands m to the owner, or drops it after Close.
func (u *UI) send(m message) {
	select {
	case u.messages <- m:
	case <-u.stopped:
	}
}

// do runs f in the owner and waits until its output is written.
func (u *UI) do(f func(renderer)) {
	done := make(chan struct{})
	u.send(message{do: func(r renderer) {
		defer close(done)
		f(r)
		r.flush(time.Now())
	}})
	select {
	case <-done:
	case <-u.stopped:
	}
}

// own is the goroutine that owns the streams.
func (u *UI) own(r renderer) {
	defer close(u.stopped)
	beat := time.NewTicker(tick)
	defer beat.Stop()
	for {
		var beats <-chan time.Time
		if r.pending() {
			beats = beat.C
		}
		select {
		case m := <-u.messages:
			show(r, m)
			u.drain(r)
			r.flush(time.Now())
		case <-beats:
			r.alive(time.Now())
		case <-u.stop:
			for u.drain(r) {
			}
			r.close(time.Now())
			return
		}
	}
}

// batch bounds how much is taken before it is written, so that a flood of log
// lines shows as it comes.
const batch = 256

// drain shows what is waiting, at most one batch, and reports whether there was any.
func (u *UI) drain(r renderer) bool {
	for n := range batch {
		select {
		case m := <-u.messages:
			show(r, m)
		default:
			return n > 0
		}
	}
	return true
}

// show gives one message to the renderer.
func show(r renderer, m message) {
	if m.do != nil {
		m.do(r)
		return
	}
	r.event(m.event, m.at)
}
