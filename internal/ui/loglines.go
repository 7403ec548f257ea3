package ui

import (
	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The widest name that log lines are aligned to.
const maxPrefix = 28

// logLines writes the lines that services print: "name | line", aligned, each
// name in its own colour.
type logLines struct {
	themes   map[stream]theme
	colors   colors
	width    int
	prefixes map[logName]string
}

// logName is a name as it is shown on one of the streams.
type logName struct {
	name string
	to   stream
}

func newLogLines(s Streams) logLines {
	return logLines{themes: map[stream]theme{toOut: s.theme(toOut), toErr: s.theme(toErr)}, prefixes: map[logName]string{}}
}

// logStream is where a log line goes: what a service printed to its standard error to ours.
func logStream(e event.Event) stream {
	if e.Stream == "stderr" {
		return toErr
	}
	return toOut
}

// line is one log event as text, without a line end.
func (l *logLines) line(e event.Event) string {
	return l.prefix(e) + untrusted.Text(e.Text, l.themes[logStream(e)].color)
}

func (l *logLines) prefix(e event.Event) string {
	name := e.ID
	if name == "" {
		name = e.Name
	}
	l.expect(name)
	key := logName{name, logStream(e)}
	p, ok := l.prefixes[key]
	if !ok {
		p = pad(untrusted.Text(name, false), l.width) + " | "
		p = l.themes[key.to].style(l.colors.pick(e.Name), p)
		l.prefixes[key] = p
	}
	return p
}

// AlignLogs makes room for the names of services before their first lines, so that all lines
// are aligned. It does nothing for JSON.
func (u *UI) AlignLogs(names []string) {
	u.do(func(r renderer) {
		if lines, ok := r.(interface{ logLines() *logLines }); ok {
			for _, name := range names {
				lines.logLines().expect(name)
			}
		}
	})
}

// expect makes room for a name, so that all names known so far are aligned.
func (l *logLines) expect(name string) {
	if w := min(ansi.StringWidth(name), maxPrefix); w > l.width {
		l.width = w
		clear(l.prefixes)
	}
}
