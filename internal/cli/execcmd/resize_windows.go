package execcmd

import (
	"context"
	"time"
)

// onResize calls f now and then until ctx ends: Windows has no signal for it.
func onResize(ctx context.Context, f func()) {
	beat := time.NewTicker(500 * time.Millisecond)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			f()
		case <-ctx.Done():
			return
		}
	}
}
