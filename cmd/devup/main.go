// Command devup takes a person from a bare clone to working URLs.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/devup-cli/devup/internal/cli"
)

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, release) // the first signal cancels, the second kills as usual
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Stdio{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ(),
	}))
}
