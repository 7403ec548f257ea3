package ui

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The tallest live region, and the widest name that settled lines are aligned to.
const (
	maxRegion = 24
	maxName   = 36
	usualName = 28 // what most containers' names need; lines align from the first one on
	roomy     = 80 // columns from which on usualName is not too much
)

// chunk is finished text that waits to be written above the region.
type chunk struct {
	to   stream
	text string
}

// terminal keeps a live region at the bottom: one line for each resource that
// is under way. What is finished goes above it as ordinary lines and stays in
// the scrollback. The cursor is never hidden and the terminal never put in
// another mode, so that nothing has to be restored even when devup is killed: keys take effect
// with Enter.
type terminal struct {
	streams   Streams
	theme     theme
	logs      logLines
	entries   []*entry
	byKey     map[string]*entry
	waiting   []chunk
	footer    [][]Cell // see [UI.Footer]
	painted   []string // the region and the footer as they are on the screen
	nameWidth int
	echo      bool // the echo of a Ctrl-C is erased already
}

func newTerminal(s Streams) *terminal {
	return &terminal{streams: s, theme: s.theme(toErr), logs: newLogLines(s), byKey: map[string]*entry{}}
}

func (r *terminal) logLines() *logLines { return &r.logs }

func (r *terminal) event(e event.Event, at time.Time) {
	switch e.Kind {
	case event.Log:
		r.print(logStream(e), r.logs.line(e)+"\n")
	case event.Note:
		r.print(toErr, wrapped(noteLine(e, untrusted.Text(e.Text, false), r.theme), r.streams.proseWidth())+"\n")
	case event.Step:
		r.step(e, at)
	default:
		r.resource(e, at)
	}
}

// resource takes an event of anything that has a line of its own.
func (r *terminal) resource(e event.Event, at time.Time) {
	known := r.byKey[e.Key()]
	if e.State == event.Working || e.State == "" {
		if known == nil {
			known = &entry{started: at}
			r.byKey[e.Key()] = known
			r.entries = append(r.entries, known)
			r.widen(e.Name)
		}
		known.event = e
		return
	}
	took := e.Took
	if known != nil {
		if took == 0 {
			took = at.Sub(known.started)
		}
		r.drop(e.Key(), known)
	}
	r.settle(e, took)
	if known != nil && e.State == event.Failed {
		r.settleSteps(known)
	}
}

// settleSteps keeps the lines of the steps that failed.
func (r *terminal) settleSteps(image *entry) {
	for _, s := range image.steps {
		if s.event.State == event.Failed {
			r.print(toErr, "  "+mark(event.Failed, r.theme)+" "+untrusted.Text(s.event.Name, false)+"\n")
		}
	}
}

// drop takes an entry and its steps out of the region.
func (r *terminal) drop(key string, e *entry) {
	delete(r.byKey, key)
	for _, s := range e.steps {
		delete(r.byKey, s.event.Key())
	}
	r.entries = slices.DeleteFunc(r.entries, func(x *entry) bool { return x == e })
}

// widen makes room for a name, so that the lines of what is under way align once they stay.
func (r *terminal) widen(name string) {
	r.nameWidth = max(r.nameWidth, min(ansi.StringWidth(name), maxName))
}

// settle prints the line that stays.
func (r *terminal) settle(e event.Event, took time.Duration) {
	r.widen(e.Name)
	columns, _ := r.streams.Size()
	if columns >= roomy {
		r.nameWidth = max(r.nameWidth, usualName)
	}
	r.print(toErr, settled(e, took, r.nameWidth, columns, r.theme)+"\n")
}

// step takes an event of a build step, which shows under its image.
func (r *terminal) step(e event.Event, at time.Time) {
	known := r.byKey[e.Key()]
	if e.Stream != "" {
		if known != nil && strings.TrimSpace(e.Text) != "" {
			known.output = e.Text
		}
		return
	}
	if known == nil {
		image := r.image(e.Parent)
		if image == nil {
			return
		}
		known = &entry{started: at}
		r.byKey[e.Key()] = known
		image.steps = append(image.steps, known)
	}
	known.event = e
	if e.Took == 0 && e.State != event.Working && e.State != "" {
		known.event.Took = max(at.Sub(known.started), 1)
	}
}

// image finds the image that is being built under a name.
func (r *terminal) image(name string) *entry {
	for _, e := range r.entries {
		if e.event.Kind == event.Image && e.event.Name == name {
			return e
		}
	}
	return nil
}

func (r *terminal) print(to stream, text string) {
	if last := len(r.waiting) - 1; last >= 0 && r.waiting[last].to == to {
		r.waiting[last].text += text
		return
	}
	r.waiting = append(r.waiting, chunk{to, text})
}

func (r *terminal) flush(now time.Time) {
	if len(r.waiting) > 0 {
		r.paint(now)
	}
}

func (r *terminal) alive(now time.Time) { r.paint(now) }

func (r *terminal) pending() bool { return len(r.entries) > 0 || len(r.painted) > len(r.footer) }

// finish prints what is still under way as it is and empties the region.
func (r *terminal) finish(now time.Time) {
	for _, e := range r.entries {
		stopped := e.event
		stopped.State = ""
		r.settle(stopped, now.Sub(e.started))
	}
	r.entries = nil
	clear(r.byKey)
}

func (r *terminal) close(now time.Time) {
	r.finish(now)
	r.footer = nil
	r.paint(now)
}

// paint takes the region off the screen, writes what waits, and puts the region
// back below it.
func (r *terminal) paint(now time.Time) {
	columns, rows := r.streams.Size()
	erase := eraseLines(r.painted, columns)
	fresh, echo := len(r.painted) == 0, !r.echo && r.streams.Interrupted()
	r.echo = r.echo || echo
	r.painted = region(r.entries, max(columns-1, 1), max(min(rows-2, maxRegion)-len(r.footer), 1), now, r.theme)
	for _, cells := range r.footer {
		r.painted = append(r.painted, footerLine(cells, max(columns-1, 1), r.theme))
	}

	if echo || fresh && len(r.painted) > 0 {
		erase = "\r" + ansi.EraseEntireLine + erase // a Ctrl-C may have left its echo there
	}
	chunks := make([]chunk, 0, len(r.waiting)+2)
	chunks = append(chunks, chunk{toErr, erase})
	chunks = append(chunks, r.waiting...)
	r.waiting = nil
	var below strings.Builder
	for _, l := range r.painted {
		below.WriteString(l + "\n")
	}
	chunks = append(chunks, chunk{toErr, below.String()})
	for _, c := range merge(chunks) {
		_, _ = io.WriteString(r.streams.writer(c.to), c.text) // a closed terminal is no error here
	}
}

// merge joins neighbours of one stream, so that each is written at once and
// nothing flickers between.
func merge(chunks []chunk) []chunk {
	var merged []chunk
	for _, c := range chunks {
		switch last := len(merged) - 1; {
		case c.text == "":
		case last >= 0 && merged[last].to == c.to:
			merged[last].text += c.text
		default:
			merged = append(merged, c)
		}
	}
	return merged
}

// eraseLines moves to the first of the painted lines and clears them all. A
// line counts for as many rows as it takes at the present width: the terminal
// may have become narrower since. The rows are cleared one by one: tmux takes a
// clearing of everything from its first row on for a new page, and keeps the old
// one in its history.
func eraseLines(painted []string, columns int) string {
	rows := 0
	for _, l := range painted {
		rows += max(1, (ansi.StringWidth(l)+columns-1)/columns)
	}
	if rows == 0 {
		return ""
	}
	return "\r" + ansi.EraseEntireLine + strings.Repeat(ansi.CUU1+ansi.EraseEntireLine, rows) // what is being typed is in the line of the cursor
}
