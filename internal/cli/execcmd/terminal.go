package execcmd

import (
	"context"
	"fmt"

	"github.com/charmbracelet/x/term"

	"github.com/devup-cli/devup/internal/cli/command"
)

// rawTerminal puts the terminal into raw mode, so that every key reaches the
// command, and calls resized at each change of its size. The returned function
// puts things back and waits until resized is called no more.
func rawTerminal(ctx context.Context, env *command.Env, resized func(columns, rows int)) (restore func(), err error) {
	in, ok := env.In.(command.Descriptor)
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
		onResize(ctx, func() { resized(env.UI.Streams().Size()) })
	}()
	return func() {
		cancel()
		<-done
		_ = term.Restore(in.Fd(), before) // nothing else can be done about a terminal
	}, nil
}
