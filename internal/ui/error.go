package ui

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// ErrorObject is an error in JSON. Its names are a promise.
type ErrorObject struct {
	Type     string    `json:"type"` // "error"
	Code     fail.Code `json:"code"` // stable
	ExitCode int       `json:"exit_code"`
	Reason   string    `json:"reason,omitempty"` // stable: the likely cause
	Message  string    `json:"message"`          // one sentence
	Hint     string    `json:"hint,omitempty"`   // what to do
	Next     string    `json:"next,omitempty"`   // the command to run next
	Service  string    `json:"service,omitempty"`
	File     string    `json:"file,omitempty"`  // the file at fault, or of the program's own code where it failed
	Line     int       `json:"line,omitempty"`  // its line, from 1
	Lines    []string  `json:"lines,omitempty"` // evidence: the last lines of the log or of the build
	Cause    string    `json:"cause,omitempty"` // what led to it, where the message does not say it
}

// Error prints what went wrong to stderr: each of the failures that err joins,
// with its evidence and its hint. Progress that is still under way is ended first.
func (u *UI) Error(err error) {
	var b strings.Builder
	for _, e := range fail.Failures(err) {
		if u.mode == JSON {
			b.WriteString(line(Object(e)))
			continue
		}
		b.WriteString(describe(e, u.streams.theme(toErr), u.streams.proseWidth()))
	}
	u.do(func(r renderer) {
		if t, ok := r.(*terminal); ok {
			t.finish(time.Now())
		}
		r.print(toErr, b.String())
	})
}

// Object is an error for programs: all that is known of it, and nothing twice. A cause
// that the message has shown is left out.
func Object(e *fail.Error) ErrorObject {
	o := ErrorObject{
		Type: "error", Code: e.Code, ExitCode: e.Code.Exit(),
		Reason: e.Reason, Message: e.Message, Hint: e.Hint, Next: e.Next(), Service: e.Service,
		File: e.File, Line: e.Line, Lines: e.Lines,
	}
	if o.File == "" {
		o.File, o.Line = e.Frame.File, e.Frame.Line
	}
	if causeAdds(e) {
		o.Cause = e.Cause.Error()
	}
	return o
}

// describe is an error for people: one sentence, its evidence, the next step.
func describe(e *fail.Error, t theme, columns int) string {
	if e.Code == fail.Interrupted {
		return "devup: " + untrusted.Text(e.Error(), false) + "\n"
	}
	named := *e
	named.File = untrusted.Name(FromHere(e.File))
	var b strings.Builder
	evidence := "  " + t.faint("|") + " " // before what may come from elsewhere, so that no line of it can be taken for devup's own
	indented(&b, t.bad("error:")+" ", evidence, named.Error(), columns, t.bold)
	if causeAdds(e) && len(e.Lines) == 0 { // its last lines say it better
		indented(&b, "  ", evidence, e.Cause.Error(), columns, t.faint)
	}
	for _, l := range e.Lines {
		b.WriteString(evidence + untrusted.Text(strings.TrimRight(l, "\r\n"), t.color) + "\n")
	}
	if e.Hint != "" {
		indented(&b, "  "+t.busy("hint:")+" ", evidence, e.Hint, columns, func(s string) string { return s })
	}
	return b.String()
}

// FromHere is a path as seen from the working directory, where it is below that.
func FromHere(path string) string {
	here, err := filepath.Abs(".")
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if within, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(within) {
		return within
	}
	return path
}

// causeAdds reports whether the cause of an error says more than its message.
func causeAdds(e *fail.Error) bool {
	return e.Cause != nil && !e.CauseShown && !strings.Contains(e.Message, e.Cause.Error())
}

// indented writes a text of one or more lines.
func indented(b *strings.Builder, first, rest, text string, columns int, style func(string) string) {
	prefix := first
	for l := range strings.Lines(text) {
		b.WriteString(wrapped(prefix+style(untrusted.Text(strings.TrimRight(l, "\r\n"), false)), columns) + "\n")
		prefix = rest
	}
}
