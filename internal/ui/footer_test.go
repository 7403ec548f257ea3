package ui

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
)

var footer = [][]Cell{
	{{Text: "web http://localhost:3000", Link: "http://localhost:3000"}, {Text: "api http://localhost:4567"}},
	{{Text: "o open"}, {Text: "q quit"}},
}

// TestFooter: it stays below all that is printed, leaves nothing of it in the scrollback, fits
// after a resize, takes the echo of what is typed off the screen, and goes in the end.
func TestFooter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		columns := 80
		var mu sync.Mutex
		s := &screen{columns: columns, rows: 8}
		u := New(terminalStreams(s, func() (int, int) { mu.Lock(); defer mu.Unlock(); return columns, 8 }), TTY)
		expect := func(want string) {
			t.Helper()
			if diff := cmp.Diff(want, s.text()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
		if !u.Footer(footer...) {
			t.Error("it is not shown")
		}
		log := ""
		for range 12 {
			u.Sink()(event.Event{Kind: event.Log, Name: "web", Text: "line"})
			log += "web | line\n"
		}
		synctest.Wait()
		expect(log + "web http://localhost:3000  api http://localhost:4567\no open  q quit\n")
		s.reflow(40)
		mu.Lock()
		columns = 40
		mu.Unlock()
		u.Footer(footer...)
		expect(log + "web http://localhost:3000  …\no open  q quit\n")
		_, _ = s.Write([]byte("o\r\n"))
		u.Typed("o")
		_, _ = s.Write([]byte("\r\n"))
		u.Typed("")
		_, _ = s.Write([]byte("q"))
		u.Say("said")
		expect(log + "\nsaid\nweb http://localhost:3000  …\no open  q quit\n")
		u.Close()
		expect(log + "\nsaid\n")
		if len(s.unknown) > 0 {
			t.Errorf("sequences that the screen does not know: %q", s.unknown)
		}
	})
}

// TestNoFooter: there is none without a terminal for both streams.
func TestNoFooter(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Plain, JSON, TTY} {
		var out, errs strings.Builder
		u := New(Streams{Out: &out, Err: &errs, ErrTTY: true}, mode)
		if u.Footer(footer...) {
			t.Errorf("%s: it is shown", mode)
		}
		u.Typed("o")
		u.Close()
		if out.String()+errs.String() != "" {
			t.Errorf("%s: %q", mode, out.String()+errs.String())
		}
	}
}
