package cli

import (
	"context"
	"fmt"

	"github.com/charmbracelet/x/term"
)

// rawTerminal puts the terminal into raw mode, so that every key reaches the
// command, and calls resized at each change of its size. The returned function
// puts things back and waits until resized is called no more.
func (a *app) rawTerminal(ctx context.Context, resized func(columns, rows int)) (restore func(), err error) {
	in, ok := a.stdio.In.(descriptor)
	if !ok {
		return func() {}, nil
	}
	before, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, fmt.Errorf("put the terminal into raw mode: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		onResize(ctx, func() { resized(a.ui.Streams().Size()) })
	}()
	return func() {
		cancel()
		<-done
		_ = term.Restore(in.Fd(), before) // nothing else can be done about a terminal
	}, nil
}
