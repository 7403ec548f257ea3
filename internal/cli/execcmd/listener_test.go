package execcmd

import (
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// TestHearOut: the end of a process ends the wait for its output, also where the engine
// leaves the stream open; but what still comes or is being printed is waited for.
func TestHearOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(to *io.PipeWriter, streamed chan<- error) // from the process's end on
		over time.Duration
	}{
		{"the stream ends", func(_ *io.PipeWriter, streamed chan<- error) { streamed <- nil }, 0},
		{"the stream stays open", func(*io.PipeWriter, chan<- error) {}, silence},
		{"more comes", func(to *io.PipeWriter, _ chan<- error) {
			for range 5 {
				<-time.After(silence / 2)
				_, _ = to.Write([]byte("more"))
			}
		}, silence*5/2 + silence},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				from, to := io.Pipe()
				a := attachment{output: &listener{from: from}}
				go func() { _, _ = io.Copy(io.Discard, a.output) }()
				streamed, began := make(chan error, 1), time.Now()
				go c.do(to, streamed)
				a.drain(streamed)
				if took := time.Since(began).Round(silence / 10); took != c.over {
					t.Errorf("over after %v, want %v", took, c.over)
				}
				_ = to.Close()
				synctest.Wait()
			})
		})
	}
}

// TestListenerIsNotSilentWhilePrinting: a user who prints slowly does not wait for more.
func TestListenerIsNotSilentWhilePrinting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		l := &listener{from: from}
		go func() { _, _ = to.Write([]byte("much")) }()
		if _, err := l.Read(make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Hour)
		if l.silent() {
			t.Error("silent while nobody reads")
		}
	})
}
