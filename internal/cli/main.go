// Package cli holds devup's commands: it turns arguments into options, builds
// the real things (engine, project, place) and hands them to the packages that
// work. It is the only place that asks questions, prints an error and picks the
// exit code.
//
// [Main] is the entry. Each command is a file with an options struct, a constructor
// and a run function; what several commands need is in session.go.
package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
)

// Stdio is what the process was given: its streams and its environment.
type Stdio struct {
	In        io.Reader
	Out, Err  io.Writer
	LookupEnv func(string) (string, bool)
	Environ   []string // "NAME=value"
}

// env is the value of a variable, empty where it is not set.
func (s Stdio) env(name string) string {
	value, _ := s.LookupEnv(name)
	return value
}

// app is one run of devup.
type app struct {
	stdio    Stdio
	flags    flags
	settings settings.Settings // merged when a command begins
	out      *outlet           // where results go
	ui       *ui.UI            // opened when a command begins
	started  bool              // a command began: its errors are not about usage

	engine     *engine.Engine // that the command connected to; nil before that
	answered   bool           // what this command has to ask has been asked, and is not asked again
	tunnelURLs map[int]string // of ports that this devup shares; nil for none
	checkouts  sync.Map       // a *checkout.Checkout by its directory
	noted      sync.Map       // notes that are made once

	outsideOnce  sync.Once // for the two below
	outsideRead  egress.Settings
	outsideError error

	stdin func() ([]byte, error) // the whole of standard input, read when a config is wanted from there
}

// exitStatus is an error that only stands for an exit code: what there is to say
// has been said.
type exitStatus int

func (exitStatus) Error() string { return "ended" }

// Main runs devup with the arguments after its name and returns the exit code.
// When ctx is canceled, the code is that of an interruption.
func Main(ctx context.Context, args []string, stdio Stdio) int {
	a := &app{stdio: stdio, stdin: sync.OnceValues(func() ([]byte, error) { return io.ReadAll(stdio.In) })}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdio.In)
	a.out = &outlet{to: stdio.Out}
	root.SetOut(a.out)
	root.SetErr(stdio.Err)
	command, err := root.ExecuteContextC(ctx)
	code := a.conclude(ctx, command, args, err)
	if a.ui != nil {
		a.ui.Close()
	}
	if lost := a.out.lost(); lost != nil && code == 0 {
		a.ui = nil
		a.begin()
		a.ui.Error(lost)
		a.ui.Close()
		return fail.CodeOf(lost).Exit()
	}
	return code
}

// conclude prints the error, if there is one, and gives the exit code.
func (a *app) conclude(ctx context.Context, command *cobra.Command, args []string, err error) int {
	if status, ok := errors.AsType[exitStatus](err); ok {
		return int(status)
	}
	if err == nil {
		return 0
	}
	interrupted := ctx.Err() != nil && (a.started || errors.Is(err, context.Canceled))
	switch _, ours := errors.AsType[*fail.Error](err); {
	case a.started && interrupted:
		err = interruption(err)
	case !a.started && !ours:
		err = usage(command, err)
	}
	if a.ui == nil {
		a.settings.JSON = a.settings.JSON || slices.Contains(args, "--json")
		a.begin()
	}
	if gone := a.engineGone(ctx, command, err); gone != nil && !interrupted {
		a.ui.Error(gone)
		return fail.EngineGone.Exit()
	}
	a.ui.Error(err)
	if interrupted {
		return fail.Interrupted.Exit()
	}
	return fail.CodeOf(err).Exit()
}

// interruption is what to say after Ctrl-C: once that it came, however many waited for
// something, and before that what failed beside it.
func interruption(err error) error {
	var all []error
	if failures := fail.Failures(err); len(failures) > 1 {
		for _, e := range failures {
			if e.Code != fail.Interrupted {
				all = append(all, e)
			}
		}
	}
	stopped := fail.Wrap(err, fail.Interrupted, "", "interrupted")
	stopped.Told = true // that it came is the cause of all else
	return errors.Join(append(all, stopped)...)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
