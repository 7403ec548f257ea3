// Command devup takes a user from a bare clone to working URLs.
package main

import (
	"context"
	"os"

	"github.com/devup-cli/devup/internal/cli"
)

func main() {
	ctx, signals := handleInterrupts(context.Background())
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Process{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ(),
		Detach: cli.Detach(os.Stdout), SecondInterrupt: signals.second,
	}))
}
