package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupts are the signals by which a user ends devup: the first cancels a context, the second
// ends the process, unless the command asked for it. They are counted in one place, so that
// what the command asks for cannot fall between two of them.
type interrupts struct {
	watch   func()             // has signals delivered here
	release func()             // has the next one end the process
	first   context.CancelFunc // of the context of [handleInterrupts]

	mu           sync.Mutex
	count        int
	cancelSecond context.CancelFunc // of the context of second; nil where the command did not ask
}

// handleInterrupts gives the context that the first signal cancels.
func handleInterrupts(ctx context.Context) (context.Context, *interrupts) {
	ctx, first := context.WithCancel(ctx)
	signals := make(chan os.Signal, 3)
	i := &interrupts{
		watch:   func() { signal.Notify(signals, os.Interrupt, syscall.SIGTERM) },
		release: func() { signal.Stop(signals) },
		first:   first,
	}
	i.watch()
	go func() { // as long as the process
		for range signals {
			i.receive()
		}
	}()
	return ctx, i
}

// receive takes one signal.
func (i *interrupts) receive() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.count++
	i.first()
	if i.count > 1 && i.cancelSecond != nil {
		i.cancelSecond()
		i.cancelSecond = nil
	}
	if i.cancelSecond == nil {
		i.release()
	}
}

// second gives a context that the second signal cancels; the third then ends the process. With
// stop the second ends it again.
func (i *interrupts) second(ctx context.Context) (until context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	i.mu.Lock()
	defer i.mu.Unlock()
	i.cancelSecond = cancel
	i.watch()
	return ctx, func() {
		cancel()
		i.mu.Lock()
		defer i.mu.Unlock()
		i.cancelSecond = nil
		if i.count > 0 {
			i.release()
		}
	}
}
