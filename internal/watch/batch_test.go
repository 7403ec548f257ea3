package watch

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestBatches: what is written within the quiet time goes out together, at the time
// that the doc comment of the package promises.
func TestBatches(t *testing.T) {
	t.Parallel()
	type sent struct {
		after time.Duration // since the one before
		path  string
	}
	burst := func(n int, each time.Duration) []sent {
		var all []sent
		for i := range n {
			all = append(all, sent{each, fmt.Sprint("/w/", i)})
		}
		return all
	}
	tests := []struct {
		name string
		sent []sent
		want string // of each batch: when it came and how many paths it had
	}{
		{"one file", []sent{{0, "/w/a"}}, "10ms:1 "},
		{"one file, written in pieces", []sent{{0, "/w/a"}, {8 * time.Millisecond, "/w/a"}}, "18ms:1 "},
		{"two files apart", []sent{{0, "/w/a"}, {11 * time.Millisecond, "/w/b"}}, "10ms:1 21ms:1 "},
		{"a burst", burst(100, time.Millisecond), "150ms:100 "},
		{"a slow burst", append(burst(4, time.Millisecond), burst(8, 40*time.Millisecond)...), "374ms:8 "},
		{"without an end", burst(150, 9*time.Millisecond), "1.009s:112 1.4s:38 "},
		{"ignored paths", []sent{{0, "/x"}, {0, "/w/a"}, {9 * time.Millisecond, "/x"}}, "10ms:1 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				hints, out, done := make(chan hint), make(chan map[string]op), make(chan struct{})
				go func() {
					defer close(done)
					collect(ctx, hints, out, func(name string) bool { return name != "/x" })
				}()
				began, got := time.Now(), ""
				go func() {
					for _, s := range tt.sent {
						<-time.After(s.after)
						hints <- hint{s.path, touched}
					}
				}()
				for idle := false; !idle; {
					select {
					case b := <-out:
						got += fmt.Sprintf("%v:%d ", time.Since(began), len(b))
					case <-time.After(5 * time.Second):
						idle = true
					}
				}
				cancel()
				<-done
				if got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// TestBatchWaitsForItsTaker: while the work of an earlier batch takes long, all that
// happens is kept for the next.
func TestBatchWaitsForItsTaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		hints, out, done := make(chan hint), make(chan map[string]op), make(chan struct{})
		go func() {
			defer close(done)
			collect(ctx, hints, out, func(string) bool { return true })
		}()
		for i := range 20 {
			hints <- hint{fmt.Sprint("/w/", i), made}
			<-time.After(time.Second)
		}
		if n := len(<-out); n != 20 {
			t.Errorf("%d paths, want 20", n)
		}
		cancel()
		<-done
	})
}
