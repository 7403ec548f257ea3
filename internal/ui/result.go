package ui

import (
	"strings"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Text prints lines of a result for people to stdout. Each argument is one line: what
// would end it, and what would not show as text, is dropped, as it may come from a clone.
func (u *UI) Text(lines ...string) {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(untrusted.Text(l, false) + "\n")
	}
	u.do(func(r renderer) { r.print(toOut, b.String()) })
}

// Raw prints bytes to stdout as they are: files, and what a container printed where the
// user asks for exactly that.
func (u *UI) Raw(b []byte) {
	u.do(func(r renderer) { r.print(toOut, string(b)) })
}

// Mark prints a text of devup's own to stderr as it is: marks for programs that read a log, such as
// those of CI services.
func (u *UI) Mark(text string) {
	u.do(func(r renderer) { r.print(toErr, text) })
}

// BareLog prints a log line without its name, to where the service printed it.
func (u *UI) BareLog(e event.Event) {
	u.do(func(r renderer) { r.print(logStream(e), e.Text+"\n") })
}

// Object prints a result for programs to stdout: v as one line of JSON. It needs
// a field "type".
func (u *UI) Object(v any) {
	u.do(func(r renderer) { r.print(toOut, line(v)) })
}

// Say prints a remark for people to stderr, as [UI.Text] does, and nothing in JSON mode.
func (u *UI) Say(lines ...string) {
	if u.mode == JSON {
		return
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(wrapped(untrusted.Text(l, false), u.streams.proseWidth()) + "\n")
	}
	u.do(func(r renderer) { r.print(toErr, b.String()) })
}

// Diff prints a unified diff to stdout, its lines coloured.
func (u *UI) Diff(diff string) {
	t := u.streams.theme(toOut)
	var b strings.Builder
	for l := range strings.Lines(diff) {
		text := untrusted.Text(strings.TrimRight(l, "\r\n"), false)
		switch {
		case strings.HasPrefix(l, "+++"), strings.HasPrefix(l, "---"):
			text = t.bold(text)
		case strings.HasPrefix(l, "+"):
			text = t.good(text)
		case strings.HasPrefix(l, "-"):
			text = t.bad(text)
		case strings.HasPrefix(l, "@@"):
			text = t.busy(text)
		}
		b.WriteString("    " + text + "\n")
	}
	u.do(func(r renderer) { r.print(toOut, b.String()) })
}

// Prompt prints a question of one line to stderr and leaves the cursor behind it.
func (u *UI) Prompt(question string) {
	u.do(func(r renderer) { r.print(toErr, untrusted.Text(question, false)) })
}
