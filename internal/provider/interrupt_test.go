package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/event"
)

// TestInterrupted: a provider that is interrupted cleans up, and a process that it leaves
// behind with its output does not keep devup waiting.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for left, grace := range map[bool]time.Duration{false: time.Minute, true: 100 * time.Millisecond} {
		t.Run(fmt.Sprint("left ", left), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fmt.Sprint("LEFT=", left))
			w.runner.Grace = grace
			const script = `#!/bin/sh
[ "$2" != metadata ] || exit 1
sleep 600 &
child=$!
trap 'echo cleaned >> "$CALLS"; [ $LEFT = true ] || kill $child; exit 1' INT
echo $child >> "$CALLS"
echo '{"type":"info","message":"half made"}'
wait
`
			if err := os.WriteFile(filepath.Join(w.runner.Plugins[0], "docker-cloud"), []byte(script), 0o755); err != nil { //nolint:gosec // a program
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			w.runner.Sink = func(e event.Event) {
				if e.Text == "half made" {
					cancel()
				}
			}
			_, err := w.runner.Up(ctx, w.project, false)
			called := w.called(t)
			if id, err := strconv.Atoi(called[0]); err == nil && left {
				if child, err := os.FindProcess(id); err == nil {
					_ = child.Kill() // it may have ended
				}
			}
			if !errors.Is(err, context.Canceled) || !left && !slices.Contains(called, "cleaned") {
				t.Errorf("%v, called %q", err, called)
			}
		})
	}
}
