package engine

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
)

// TestHungEngine: an engine that takes requests and never answers is given up after a
// while, with one sentence. The user's own end of the command stays what it is.
func TestHungEngine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		after time.Duration // when the user ends the command; 0 for never
		want  string
		waits time.Duration
	}{
		{"given up", 0, "no-engine: engine at unix:///x/docker.sock: accepts connections but does not answer within 30s", 30 * time.Second},
		{"ended before", 5 * time.Second, "canceled", 5 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := fakeengine.Hung(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.after > 0 {
					time.AfterFunc(test.after, cancel)
				}
				began := time.Now()
				_, err := (&Engine{Client: api, Endpoint: "unix:///x/docker.sock"}).Facts(ctx)
				got := string(fail.CodeOf(err)) + ": " + err.Error()
				if errors.Is(err, context.Canceled) {
					got = "canceled"
				}
				if got != test.want || time.Since(began) != test.waits {
					t.Errorf("after %s: %s", time.Since(began), got)
				}
				if e, ok := errors.AsType[*fail.Error](err); test.after == 0 && (!ok || e.Hint != "wait and try again, or restart the engine" || e.Code.Exit() != 4) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

// TestLimitedKeepsErrors: what fails by itself is reported as it is.
func TestLimitedKeepsErrors(t *testing.T) {
	t.Parallel()
	err := (&Engine{}).Limited(t.Context(), func(context.Context) error { return io.EOF })
	if !errors.Is(err, io.EOF) || strings.Contains(err.Error(), "answer") {
		t.Errorf("got %v", err)
	}
}
