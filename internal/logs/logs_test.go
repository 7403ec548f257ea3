package logs

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
)

func check(t *testing.T, what, got string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.Join(want, "\n"), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestBacklogIsOrderedByTime(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{
		"aaa": {printed: []message{{1, false, "one\n"}, {4, true, "four\n"}, {6, false, "no line end"}}},
		"bbb": {tty: true, printed: []message{{2, false, "two\r\n"}, {3, false, "10%\r50%\rthree\r\n"}, {5, false, "five\r\n"}}},
	}}
	c := e.serve(t)
	var got lines
	err := Follow(t.Context(), c, []Source{
		{Service: "web", Container: "p-web-1", ID: "aaa", Number: 1},
		{Service: "db", Container: "p-db-1", ID: "bbb", Number: 1},
		{Service: "gone", Container: "p-gone-1", ID: "ccc", Number: 1},
	}, Options{Sink: got.sink})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "lines", got.text(), "web|one", "db|two", "db|three", "web!four", "db|five", "web|no line end")
}

func TestOptionsReachTheEngine(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{"aaa": {printed: []message{{1, false, "one\n"}}}}}
	c := e.serve(t)
	var got lines
	sources := []Source{{Service: "web", ID: "aaa", Number: 1}, {Service: "web", ID: "zzz", Number: 2}}
	if err := Follow(t.Context(), c, sources, Options{Sink: got.sink, Tail: "7", Since: "1700000000", Until: "1900000000", Timestamps: true}); err != nil {
		t.Fatal(err)
	}
	check(t, "lines", got.text(), "web-1|2026-11-03T10:00:01.000000000Z one")
	check(t, "request", e.containers["aaa"].requests[0], "since=1700000000&stderr=1&stdout=1&tail=7&timestamps=1&until=1900000000")
}

// TestFollow goes on with new lines, over a stream that breaks and over a restart, says
// nothing twice and ends with the containers.
func TestFollow(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{
		"aaa": {running: true, printed: []message{{1, false, "one\n"}, {1, false, "one more at the same time\n"}}},
		"bbb": {running: true},
	}}
	c := e.serve(t)
	var got lines
	got.when("web|one more at the same time", func() {
		e.change("bbb", func(c *fakeContainer) { c.printed = append(c.printed, message{2, false, "two\n"}) })
	})
	got.when("db|two", func() {
		e.change("bbb", func(c *fakeContainer) { c.breaks = true })
		e.change("bbb", func(c *fakeContainer) {
			c.printed = append(c.printed, message{2, false, "in the same second\n"}, message{3, false, "three\n"})
		})
	})
	got.when("db|three", func() {
		e.change("aaa", func(c *fakeContainer) { c.running = false })
		e.change("aaa", func(c *fakeContainer) {
			c.running = true
			c.printed = append(c.printed, message{4, false, "started again\n"})
		})
		e.starts <- "aaa"
	})
	got.when("web|started again", func() {
		e.change("aaa", func(c *fakeContainer) { c.running = false })
		e.change("bbb", func(c *fakeContainer) { c.running = false })
	})
	err := Follow(t.Context(), c, []Source{{Service: "web", ID: "aaa"}, {Service: "db", ID: "bbb"}}, Options{Follow: true, Sink: got.sink})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "lines", got.text(), "web|one", "web|one more at the same time", "db|two", "db|in the same second", "db|three", "web|started again")
}

// later follows all containers that have a label service, and knows successors by a label too.
func later() *Later {
	return &Later{
		Label: "project=shop",
		Source: func(id string, labels map[string]string) (Source, bool) {
			number := 1
			if labels["number"] == "2" {
				number = 2
			}
			return Source{Service: labels["service"], ID: id, Number: number}, labels["service"] != ""
		},
		Successor: func(labels map[string]string) bool { return labels["replace"] != "" },
	}
}

// TestFollowLater follows a container that replaces another, even when it starts long after
// the end of that one, then another one of the service, and leaves out what is not meant.
func TestFollowLater(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{
		"old": {running: true, printed: []message{{1, false, "one\n"}}},
		"new": {running: true, printed: []message{{2, false, "two\n"}}},
		"two": {running: true, printed: []message{{3, false, "three\n"}}},
		"out": {running: true, printed: []message{{3, false, "of no service\n"}}},
	}}
	c := e.serve(t)
	var got lines
	labels := map[string]string{"service": "web", "replace": "shop-web-1"}
	got.when("web|one", func() {
		e.changes <- happening{"create", "new", labels}
		e.changes <- happening{"start", "out", nil}
		e.change("old", func(c *fakeContainer) { c.running = false })
		time.AfterFunc(grace+grace/2, func() { e.changes <- happening{"start", "new", labels} })
	})
	got.when("web|two", func() {
		e.changes <- happening{"start", "two", map[string]string{"service": "web", "number": "2"}}
	})
	got.when("web-2|three", func() {
		e.change("new", func(c *fakeContainer) { c.running = false })
		e.change("two", func(c *fakeContainer) { c.running = false })
	})
	if err := Follow(t.Context(), c, []Source{{Service: "web", ID: "old", Number: 1}}, Options{Follow: true, Later: later(), Sink: got.sink}); err != nil {
		t.Fatal(err)
	}
	check(t, "lines", got.text(), "web|one", "web|two", "web-2|three")
}

// TestFollowAside ends with what is followed for itself.
func TestFollowAside(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{
		"aaa": {running: true, printed: []message{{1, false, "one\n"}}},
		"bbb": {running: true},
	}}
	c := e.serve(t)
	var got lines
	got.when("web|one", func() { e.change("aaa", func(c *fakeContainer) { c.running = false }) })
	sources := []Source{{Service: "web", ID: "aaa"}, {Service: "db", ID: "bbb", Aside: true}}
	if err := Follow(t.Context(), c, sources, Options{Follow: true, Sink: got.sink}); err != nil {
		t.Fatal(err)
	}
	check(t, "lines", got.text(), "web|one")
}

// TestFollowEndless waits for containers also where none is there.
func TestFollowEndless(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{"aaa": {running: true, printed: []message{{1, false, "one\n"}}}}}
	c := e.serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	var got lines
	got.when("web|one", cancel)
	e.changes <- happening{"start", "aaa", map[string]string{"service": "web"}}
	if err := Follow(ctx, c, nil, Options{Follow: true, Endless: true, Later: later(), Sink: got.sink}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	check(t, "lines", got.text(), "web|one")
}

func TestTailNoneShowsOnlyNewLines(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{"aaa": {running: true, printed: []message{{1, false, "old\n"}}}}}
	c := e.serve(t)
	var got lines
	ctx, cancel := context.WithCancel(t.Context())
	got.when("web|new", cancel)
	go func() {
		<-e.asked // the request must be there before the line is
		e.change("aaa", func(c *fakeContainer) { c.printed = append(c.printed, message{2, false, "new\n"}) })
	}()
	err := Follow(ctx, c, []Source{{Service: "web", ID: "aaa"}}, Options{Follow: true, Tail: "0", Sink: got.sink})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	check(t, "lines", got.text(), "web|new")
}

// TestNothingIsLeftBehind cancels while all containers are followed, and checks for goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	e := &fakeEngine{containers: map[string]*fakeContainer{}}
	var sources []Source
	for id := range strings.FieldsSeq("a b c d e f g h") {
		e.containers[id] = &fakeContainer{running: true, printed: []message{{1, false, "one\n"}}}
		sources = append(sources, Source{Service: id, ID: id})
	}
	c := e.serve(t)
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for range sources {
				<-e.asked
			}
			cancel()
		}()
		if err := Follow(ctx, c, sources, Options{Follow: true}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
	}
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if strings.Contains(string(stacks), "logs.(*follower)") {
		t.Errorf("a goroutine of Follow is left:\n%s", stacks)
	}
}

func TestUnreadableLogsAreAWarning(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{containers: map[string]*fakeContainer{"aaa": {printed: []message{{1, false, "one\n"}}}}}
	c := e.serve(t)
	sources := []Source{{Service: "web", Container: "p-web-1", ID: "bad"}, {Service: "db", Container: "p-db-1", ID: "aaa"}, {Service: "old", Container: "p-old-1", ID: "dying"}}
	var got lines
	var notes []event.Event
	err := Follow(t.Context(), c, sources, Options{Sink: func(e event.Event) {
		if e.Kind == event.Note {
			notes = append(notes, e)
			return
		}
		got.sink(e)
	}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "lines", got.text(), "db|one")
	if len(notes) != 1 || notes[0].State != event.Warning || !strings.Contains(notes[0].Text, "does not support reading") {
		t.Errorf("notes %+v", notes)
	}
}
