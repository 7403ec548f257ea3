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
	theme    theme
	terminal bool
	colors   colors
	width    int
	prefixes map[string]string
}

func newLogLines(s Streams) logLines {
	return logLines{theme: s.theme(toOut), terminal: s.OutTTY, prefixes: map[string]string{}}
}

// line is one log event as text, without a line end.
func (l *logLines) line(e event.Event) string {
	return l.prefix(e) + untrusted.Text(e.Text, l.theme.color)
}

func (l *logLines) prefix(e event.Event) string {
	name := e.ID
	if name == "" {
		name = e.Name
	}
	l.expect(name)
	p, ok := l.prefixes[name]
	if !ok {
		p = pad(untrusted.Text(name, false), l.width) + " | "
		p = l.theme.style(l.colors.pick(e.Name), p)
		l.prefixes[name] = p
	}
	return p
}

// expect makes room for a name, so that all names known so far are aligned.
func (l *logLines) expect(name string) {
	if w := min(ansi.StringWidth(name), maxPrefix); w > l.width {
		l.width = w
		clear(l.prefixes)
	}
}
