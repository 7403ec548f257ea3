package ui

import (
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Text prints a result for people to stdout; a line end is added where it lacks one.
func (u *UI) Text(text string) {
	if text == "" {
		return
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	u.do(func(r renderer) { r.print(toOut, text) })
}

// Raw prints bytes to stdout as they are, for results that are files.
func (u *UI) Raw(b []byte) {
	u.do(func(r renderer) { r.print(toOut, string(b)) })
}

// Object prints a result for programs to stdout: v as one line of JSON. It wants
// a field "type".
func (u *UI) Object(v any) {
	u.do(func(r renderer) { r.print(toOut, line(v)) })
}

// Say prints a remark for people to stderr, and nothing in JSON mode.
func (u *UI) Say(text string) {
	if u.mode == JSON || text == "" {
		return
	}
	u.do(func(r renderer) { r.print(toErr, strings.TrimSuffix(text, "\n")+"\n") })
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
	u.Text(b.String())
}

// Prompt prints a question to stderr and leaves the cursor behind it.
func (u *UI) Prompt(question string) {
	u.do(func(r renderer) { r.print(toErr, question) })
}
