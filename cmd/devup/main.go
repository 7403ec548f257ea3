// Command devup takes a user from a bare clone to working URLs.
package main

import (
	"context"
	"os"
	"runtime/debug"

	"github.com/devup-cli/devup/internal/cli"
)

// garbage lets the heap grow to five times of what is in use before it is collected.
// Most commands end before they would need to; those that follow logs hold little.
const garbage = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	ctx, signals := handleInterrupts(context.Background())
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Process{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ(),
		SecondInterrupt: signals.second,
	}))
}
