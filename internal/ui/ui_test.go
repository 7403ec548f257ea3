package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// story is an `up` of two services, one of which fails to build.
func story(sink event.Sink, wait func(time.Duration)) {
	sink(event.Event{Kind: event.Note, Text: "port 3000 is held by node (pid 12): using 3001"})
	sink(event.Event{Kind: event.Image, Name: "backend-flask", State: event.Working, Text: "building"})
	sink(event.Event{Kind: event.Image, Name: "web", State: event.Working, Text: "building"})
	sink(event.Event{Kind: event.Step, ID: "b1", Name: "[base 1/2] FROM python:3.13-slim", Parent: "backend-flask", State: event.Cached})
	sink(event.Event{Kind: event.Step, ID: "b2", Name: "[deps 1/2] RUN pip install -r requirements.txt", Parent: "backend-flask", State: event.Working})
	sink(event.Event{Kind: event.Step, ID: "w1", Name: "[deps 1/2] RUN npm ci", Parent: "web", State: event.Working})
	sink(event.Event{Kind: event.Step, ID: "b2", Parent: "backend-flask", Stream: "stdout", Text: "Collecting flask"})
	wait(1500 * time.Millisecond)
	sink(event.Event{Kind: event.Step, ID: "b2", Name: "[deps 1/2] RUN pip install -r requirements.txt", Parent: "backend-flask", State: event.Done, Took: 1500 * time.Millisecond})
	sink(event.Event{Kind: event.Image, Name: "backend-flask", State: event.Done, Text: "built", Took: 1600 * time.Millisecond})
	sink(event.Event{Kind: event.Network, Name: "cruddur_default", State: event.Done, Text: "created"})
	sink(event.Event{Kind: event.Volume, Name: "cruddur_db", State: event.Cached, Text: "exists"})
	sink(event.Event{Kind: event.Container, Name: "cruddur-backend-flask-1", State: event.Working, Text: "starting"})
	sink(event.Event{Kind: event.Container, Name: "cruddur-backend-flask-1", State: event.Done, Text: "started", Took: 200 * time.Millisecond})
	sink(event.Event{Kind: event.Log, Name: "backend-flask", Stream: "stdout", Text: " * Serving \x1b[32mFlask\x1b[0m\x1b[2K app"})
	sink(event.Event{Kind: event.Log, Name: "db", Stream: "stderr", Text: "ready"})
	wait(30 * time.Second)
	sink(event.Event{Kind: event.Step, ID: "w1", Name: "[deps 1/2] RUN npm ci", Parent: "web", State: event.Failed, Text: "exit code 1"})
	sink(event.Event{Kind: event.Image, Name: "web", State: event.Failed, Text: "failed"})
	sink(event.Event{Kind: event.Note, State: event.Warning, Name: "web", Text: "no lock file"})
}

var buildFailed = &fail.Error{
	Code: fail.BuildFailed, Message: "image of web could not be built", Service: "web",
	File: "web/Dockerfile", Line: 7, Hint: "run `npm install` in web and commit package-lock.json",
	Lines: []string{"npm error code EUSAGE", "npm error \x1b[31mcan only install\x1b[0m with a lock file"},
}

var urls = Table{
	Header: []string{"SERVICE", "URL", ""},
	Rows: [][]Cell{
		{{Text: "backend-flask", Tone: Strong}, {Text: "http://localhost:4567", Link: "http://localhost:4567"}, {Text: "running", Tone: Good}},
		{{Text: "web", Tone: Strong}, {Text: "http://localhost:3001", Link: "http://localhost:3001"}, {Text: "not running", Tone: Faint}},
	},
}

func TestPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, errs bytes.Buffer
		u := New(Streams{Out: &out, Err: &errs}, Auto)
		story(u.Sink(), pause)
		u.Table(urls)
		u.Error(buildFailed)
		u.Close()
		golden(t, "plain.txt", "--- stdout\n"+out.String()+"--- stderr\n"+errs.String())
		if strings.Contains(out.String()+errs.String(), "\x1b") {
			t.Error("plain output holds an escape sequence")
		}
	})
}

func TestPlainSaysAStepOnce(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	u := New(Streams{Out: io.Discard, Err: &errs}, Auto)
	const from = "[1/4] FROM docker.io/library/node:16.18"
	for _, state := range []event.State{event.Working, event.Done, event.Working, event.Done, event.Cached} {
		u.Sink()(event.Event{Kind: event.Step, ID: "f", Name: from, Parent: "web", State: state})
	}
	u.Close()
	want := "image web: " + from + "\nimage web: " + from + ": cached\n"
	if errs.String() != want {
		t.Errorf("got\n%swant\n%s", errs.String(), want)
	}
}

func TestJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, errs bytes.Buffer
		u := New(Streams{Out: &out, Err: &errs}, JSON)
		story(u.Sink(), pause)
		u.Say("not for programs")
		u.Object(map[string]any{"type": "url", "service": "web"})
		u.Error(errors.Join(buildFailed, errors.New("plain")))
		u.Close()
		golden(t, "json.txt", "--- stdout\n"+out.String()+"--- stderr\n"+errs.String())
		for l := range strings.Lines(out.String() + errs.String()) {
			var o struct{ Type string }
			if err := json.Unmarshal([]byte(l), &o); err != nil || o.Type == "" {
				t.Errorf("line %q: type %q, %v", l, o.Type, err)
			}
		}
	})
}

// TestTerminal shows the screen while the work goes on and after it, at three
// widths.
func TestTerminal(t *testing.T) {
	for _, columns := range []int{100, 60, 20} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{columns: columns, rows: 24}
				u := New(terminalStreams(s, func() (int, int) { return columns, 24 }), Auto)
				var got strings.Builder
				story(u.Sink(), func(d time.Duration) {
					pause(d)
					fmt.Fprintf(&got, "=== after %s\n%s", d, s.text())
				})
				u.Error(buildFailed)
				u.Table(urls)
				u.Close()
				fmt.Fprintf(&got, "=== at the end\n%s", s.text())
				golden(t, fmt.Sprintf("terminal-%d.txt", columns), got.String())
				if len(s.unknown) > 0 {
					t.Errorf("sequences that the screen does not know: %q", s.unknown)
				}
			})
		})
	}
}

// TestInterruptEcho: what is said after Ctrl-C does not stand behind its echo.
func TestInterruptEcho(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{columns: 60, rows: 8}
		interrupted := false
		streams := terminalStreams(s, func() (int, int) { return 60, 8 })
		streams.Interrupted = func() bool { return interrupted }
		u := New(streams, TTY)
		u.Say("shared")
		_, _ = s.Write([]byte("^C"))
		interrupted = true
		u.Say("closed")
		u.Prompt("more? ")
		u.Say("yes")
		u.Close()
		if got, want := strings.TrimSpace(s.text()), "shared\nclosed\nmore? yes"; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// TestAlignment: the line that stays of a short name leaves room for a long one under way.
func TestAlignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{columns: 100, rows: 8}
		u := New(terminalStreams(s, func() (int, int) { return 100, 8 }), TTY)
		long, short := "bootcamp-frontend-react-js-web-1", "bootcamp-backend-flask-web-1"
		for _, name := range []string{short, long} {
			u.Sink()(event.Event{Kind: event.Container, Name: name, State: event.Working, Text: "starting"})
		}
		for _, name := range []string{short, long} {
			u.Sink()(event.Event{Kind: event.Container, Name: name, State: event.Done, Text: "started"})
		}
		u.Close()
		lines := strings.Split(strings.TrimSpace(s.text()), "\n")
		if len(lines) != 2 || strings.Index(lines[0], "started") != strings.Index(lines[1], "started") {
			t.Errorf("got\n%s", s.text())
		}
	})
}

// TestResize makes the terminal narrower and wider while the region is shown: what
// was printed before must neither vanish nor be there twice.
func TestResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		columns := 80
		var mu sync.Mutex
		resize := func(n int) { mu.Lock(); columns = n; mu.Unlock() }
		size := func() (int, int) { mu.Lock(); defer mu.Unlock(); return columns, 10 }
		s := &screen{columns: 80, rows: 10}
		u := New(terminalStreams(s, size), TTY)
		u.Say("first")
		u.Sink()(event.Event{Kind: event.Service, Name: "a-service-with-a-long-name", State: event.Working, Text: "waiting for an answer"})
		pause(time.Second)
		s.reflow(30)
		resize(30)
		pause(time.Second)
		u.Say("second")
		s.reflow(80)
		resize(80)
		pause(time.Second)
		u.Sink()(event.Event{Kind: event.Service, Name: "a-service-with-a-long-name", State: event.Done, Text: "answers"})
		u.Close()
		want := "first\nsecond\n✓ service   a-service-with-a-long-name    answers 3.0s\n"
		if diff := cmp.Diff(want, s.text()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestManyAtOnce has a region that does not fit: it never grows over the window.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{columns: 60, rows: 8}
		u := New(terminalStreams(s, func() (int, int) { return 60, 8 }), TTY)
		for i := range 50 {
			u.Sink()(event.Event{Kind: event.Container, Name: fmt.Sprintf("c-%02d", i), State: event.Working, Text: "starting"})
		}
		pause(time.Second)
		if n := strings.Count(s.text(), "\n"); n > 7 {
			t.Errorf("region takes %d rows of 8:\n%s", n, s.text())
		}
		if !strings.Contains(s.text(), "and 45 more") {
			t.Errorf("it does not say how many are hidden:\n%s", s.text())
		}
		u.Close()
		if n := strings.Count(s.text(), "starting"); n != 50 {
			t.Errorf("%d of 50 lines stay:\n%s", n, s.text())
		}
	})
}

// TestEveryLineArrives floods the UI from many goroutines and closes it at once.
func TestEveryLineArrives(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Plain, JSON, TTY} {
		var out bytes.Buffer
		u := New(Streams{Out: &out, Err: io.Discard, ErrTTY: true}, mode)
		var work sync.WaitGroup
		for i := range 8 {
			work.Go(func() {
				for n := range 500 {
					u.Sink()(event.Event{Kind: event.Log, Name: fmt.Sprint("s", i), Text: fmt.Sprint("line ", n)})
				}
			})
		}
		work.Wait()
		u.Close()
		u.Close()
		u.Sink()(event.Event{Kind: event.Log, Text: "after the end"})
		if n := strings.Count(out.String(), "\n"); n != 4000 {
			t.Errorf("%s: %d lines of 4000", mode, n)
		}
	}
}

func terminalStreams(s *screen, size func() (int, int)) Streams {
	return Streams{
		Out: s, Err: s, InTTY: true, OutTTY: true, ErrTTY: true,
		OutColor: true, ErrColor: true, Size: size,
	}
}

// pause lets the bubble's clock go on and everything settle.
func pause(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// reflow changes the width as terminals do: lines that were cut by the edge are
// wrapped again. Only lines that become too long are handled; that is what the
// region has to bear.
func (s *screen) reflow(columns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.columns = columns
	var lines []string
	for _, l := range s.lines[:s.row+1] {
		for {
			head := cut(l, columns)
			lines = append(lines, head)
			if l = strings.TrimPrefix(l, head); l == "" || head == "" {
				break
			}
		}
	}
	s.lines = lines
	s.row = len(lines) - 1
}
