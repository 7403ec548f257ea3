package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interrupts are the signals by which a user ends devup: the first cancels a context, the second
// ends the process, unless the command asked for it.
type interrupts struct {
	first   <-chan struct{}    // closed at the first signal
	release context.CancelFunc // of the handler of the first
	awaited atomic.Bool        // the command asked for the second
}

// handleInterrupts gives the context that the first signal cancels.
func handleInterrupts(ctx context.Context) (context.Context, *interrupts) {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	i := &interrupts{first: ctx.Done(), release: release}
	context.AfterFunc(ctx, func() {
		if !i.awaited.Load() {
			release()
		}
	})
	return ctx, i
}

// second gives a context that the second signal cancels; the third then ends the process. With
// stop the second ends it again.
func (i *interrupts) second(ctx context.Context) (insists context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	i.awaited.Store(true)
	stop = func() {
		cancel()
		signal.Stop(signals)
		i.awaited.Store(false)
		select {
		case <-i.first:
			i.release()
		default:
		}
	}
	go func() { // ends with stop at the latest
		for range 2 {
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
		}
		stop()
	}()
	return ctx, stop
}
