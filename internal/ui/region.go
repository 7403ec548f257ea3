package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/untrusted"
)

// entry is one resource that is under way.
type entry struct {
	event   event.Event
	started time.Time
	output  string   // the last line that a step printed
	steps   []*entry // an image's build steps, in the order of their appearance
}

// elapsed is how long the entry has been under way, or took.
func (e *entry) elapsed(now time.Time) time.Duration {
	if e.event.Took > 0 && e.event.State != event.Working {
		return e.event.Took
	}
	return now.Sub(e.started)
}

// frames are the pictures of the spinner, one a tick.
var frames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

// regionLine is a line of the live region. Where not all fit, those of the lowest weight
// go first.
type regionLine struct {
	text   string
	weight int
}

// The weights of lines.
const (
	doneStep = iota
	stepOutput
	busyStep
	resource
)

// region is the live region: the lines that show what is under way, none wider
// than columns and no more of them than rows. It is pure.
func region(entries []*entry, columns, rows int, now time.Time, t theme) []string {
	frame := frames[int(now.UnixMilli()/tick.Milliseconds())%len(frames)]
	var lines []regionLine
	for _, e := range entries {
		lines = append(lines, regionLine{statusLine(e, frame, columns, now, t), resource})
		for _, s := range e.steps {
			lines = append(lines, stepLines(s, frame, columns, now, t)...)
		}
	}
	return shorten(lines, columns, rows, t)
}

// shorten drops the least important lines, the oldest first, until at most rows
// are left.
func shorten(lines []regionLine, columns, rows int, t theme) []string {
	for weight := doneStep; weight < resource && len(lines) > rows; weight++ {
		kept := make([]regionLine, 0, len(lines))
		excess := len(lines) - rows
		for _, l := range lines {
			if l.weight == weight && excess > 0 {
				excess--
				continue
			}
			kept = append(kept, l)
		}
		lines = kept
	}
	var texts []string
	for i, l := range lines {
		if i == rows-1 && len(lines) > rows {
			return append(texts, t.faint(fit(fmt.Sprintf("  … and %d more", len(lines)-i), columns)))
		}
		texts = append(texts, l.text)
	}
	return texts
}

// statusLine is the line of a resource under way.
func statusLine(e *entry, frame string, columns int, now time.Time, t theme) string {
	subject := untrusted.Text(e.event.Name, false)
	if columns >= 50 {
		subject = pad(string(e.event.Kind), 9) + " " + subject
	}
	left := fmt.Sprintf("%s %s  %s", t.busy(frame), subject, t.faint(untrusted.Text(textOf(e.event), false)))
	return withTime(left, duration(e.elapsed(now)), columns, t)
}

// stepLines are the lines of a build step, under its image's.
func stepLines(s *entry, frame string, columns int, now time.Time, t theme) []regionLine {
	name := untrusted.Text(s.event.Name, false)
	if s.event.State == event.Working || s.event.State == "" {
		left := "  " + t.busy(frame) + " " + name
		if text := untrusted.Text(s.event.Text, false); text != "" && text != s.event.Name {
			left += "  " + t.faint(text)
		}
		lines := []regionLine{{withTime(left, duration(s.elapsed(now)), columns, t), busyStep}}
		if s.output != "" {
			lines = append(lines, regionLine{t.faint(fit("    "+untrusted.Text(s.output, false), columns)), stepOutput})
		}
		return lines
	}
	took := duration(s.elapsed(now))
	if s.event.State == event.Cached {
		took = "cached"
	}
	return []regionLine{{withTime("  "+mark(s.event.State, t)+" "+t.faint(name), took, columns, t), doneStep}}
}

// withTime puts the time after the text, which gives way where both do not fit.
func withTime(left, took string, columns int, t theme) string {
	room := columns - ansi.StringWidth(took) - 1
	if room < 8 {
		return fit(left, columns)
	}
	return fit(left, room) + " " + t.faint(took)
}

// mark is the sign of a state.
func mark(s event.State, t theme) string {
	switch s {
	case event.Failed:
		return t.bad("✗")
	case event.Warning:
		return t.notice("!")
	case event.Done, event.Cached:
		return t.good("✓")
	default:
		return t.faint("-")
	}
}

// settled is the line that stays of a resource: what became of it.
func settled(e event.Event, took time.Duration, nameWidth, columns int, t theme) string {
	name := untrusted.Text(e.Name, false)
	parts := mark(e.State, t) + " "
	if columns >= 50 {
		parts += t.faint(pad(string(e.Kind), 9)) + " "
		name = pad(name, nameWidth)
	}
	parts += name + "  " + untrusted.Text(textOf(e), false)
	if took >= noTime {
		parts += " " + t.faint(duration(took))
	}
	return strings.TrimRight(parts, " ")
}
