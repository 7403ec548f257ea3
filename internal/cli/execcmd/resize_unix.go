//go:build !windows

package execcmd

import (
	"context"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// onResize calls f each time the terminal changes its size, until ctx ends.
func onResize(ctx context.Context, f func()) {
	changes := make(chan os.Signal, 1)
	signal.Notify(changes, unix.SIGWINCH)
	defer signal.Stop(changes)
	for {
		select {
		case <-changes:
			f()
		case <-ctx.Done():
			return
		}
	}
}
