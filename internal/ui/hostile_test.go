package ui

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// hostile is text that a repository may bring: escape sequences, C1 and bidi controls, and
// line ends with a line after them that can be taken for devup's own.
const hostile = "x\x1b]0;owned\x07\x1b[2J\x1b[8m\x9b2J\u009b2J\u202e\u2066\r\nwrote .env\nerror: \x7f\b"

// TestNothingHostileIsPrinted: every printer of text cleans it, and a text that is one line
// stays one.
func TestNothingHostileIsPrinted(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Plain, TTY, JSON} {
		for name, show := range map[string]func(u *UI){
			"text":   func(u *UI) { u.Text(hostile, hostile) },
			"remark": func(u *UI) { u.Say(hostile) },
			"prompt": func(u *UI) { u.Prompt(hostile + "? "); u.Say("") },
			"diff":   func(u *UI) { u.Diff("+" + strings.ReplaceAll(hostile, "\n", "")) },
			"line":   func(u *UI) { u.Line(Cell{Text: hostile, Link: "http://" + hostile}) },
			"table":  func(u *UI) { u.Table(Table{Rows: [][]Cell{{{Text: hostile, Link: hostile}, {Text: hostile}}}}) },
			"object": func(u *UI) { u.Object(map[string]string{"a": hostile}) },
			"note":   func(u *UI) { u.Sink()(event.Event{Kind: event.Note, Name: hostile, Text: hostile}) },
			"fact": func(u *UI) {
				u.Sink()(event.Event{Kind: event.Container, Name: hostile, State: event.Working, Text: hostile})
				u.Sink()(event.Event{Kind: event.Container, Name: hostile, State: event.Failed, Text: hostile})
			},
			"step": func(u *UI) {
				u.Sink()(event.Event{Kind: event.Image, Name: "web", State: event.Working})
				u.Sink()(event.Event{Kind: event.Step, ID: "1", Name: hostile, Parent: "web", State: event.Working})
				u.Sink()(event.Event{Kind: event.Step, ID: "1", Parent: "web", Stream: "stdout", Text: hostile})
			},
			"log": func(u *UI) { u.Sink()(event.Event{Kind: event.Log, Name: hostile, Text: hostile}) },
			"error": func(u *UI) {
				e := fail.Wrap(errors.New("parse\n"+hostile), fail.Failed, hostile, "%s", hostile)
				u.Error(e)
				e.Lines = []string{hostile}
				u.Error(e)
			},
		} {
			t.Run(fmt.Sprint(mode, "/", name), func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				u := New(Streams{Out: &out, Err: &out, Size: func() (int, int) { return 80, 24 }}, mode)
				show(u)
				u.Close()
				text := out.String()
				if mode == TTY { // the live region moves the cursor
					text = strings.NewReplacer("\r", "", "\x1b[A", "", "\x1b[2K", "").Replace(text)
				}
				for _, bad := range []string{"\x1b", "\r", "\a", "\b", "\x7f", "\u009b", "\x9b2", "\u202e", "\u2066"} {
					if strings.Contains(text, bad) {
						t.Errorf("%q reaches the output:\n%q", bad, text)
					}
				}
				for l := range strings.Lines(text) {
					if strings.HasPrefix(l, "wrote") || strings.HasPrefix(l, "error: \n") {
						t.Errorf("a line of devup's is forged:\n%s", text)
					}
				}
			})
		}
	}
}
