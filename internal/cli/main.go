// Package cli is devup's command line: the tree of commands, errors and exit codes, and the
// commands about devup itself. The others are in packages by what a user does:
//
//	command       flags, questions and output that all commands have
//	reconcile     flags and questions of a run, for the commands that bring the engine to what the files say
//	show          what commands of several groups print
//	upcmd, containercmd, execcmd, imagecmd, urlcmd, projectcmd, doctorcmd
//
// [Main] is the entry. A command is a file with its options, its constructor and its run
// function; the table in commands.go registers it.
package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/fail"
	_ "github.com/devup-cli/devup/internal/garbage" // before other packages allocate
	"github.com/devup-cli/devup/internal/session"
)

// Process is what the operating system gave to this run of devup.
type Process = session.Process

// Detach gives what a process that prints to out has as [Process.Detach]: only for a user who waits
// does devup leave work behind. What a script or a job runs is done when it ends, and its exit code
// says how.
func Detach(out command.Descriptor) func(args, env []string) error {
	if !term.IsTerminal(out.Fd()) {
		return nil
	}
	return daemon.Detach
}

// Main runs devup with the arguments after its name and returns the exit code. When ctx is
// canceled, the code is that of an interruption.
func Main(ctx context.Context, args []string, process Process) int {
	p := command.New(ctx, process)
	p.Main = Main
	root := newRoot(p)
	root.SetArgs(args)
	root.SetIn(process.In)
	root.SetOut(p.Out())
	root.SetErr(process.Err)
	c, err := root.ExecuteContextC(ctx)
	failed, code := conclude(ctx, p, c, args, err)
	p.Finish(failed, code)
	p.Close()
	if lost := p.LostOutput(); lost != nil && code == 0 {
		p.Env(false).UI.Error(lost)
		p.Close()
		return fail.CodeOf(lost).Exit()
	}
	return code
}

// conclude prints the error, if there is one, and gives it and the exit code.
func conclude(ctx context.Context, p *command.Program, c *cobra.Command, args []string, err error) (error, int) { //nolint:revive,staticcheck // the error is a result like the code
	if code, ok := errors.AsType[command.ExitCode](err); ok {
		return nil, int(code)
	}
	if err == nil {
		return nil, 0
	}
	interrupted := ctx.Err() != nil && (p.Started() || errors.Is(err, context.Canceled))
	switch _, ours := errors.AsType[*fail.Error](err); {
	case p.Started() && interrupted:
		err = interruption(err)
	case !p.Started() && !ours:
		err = command.UsageError(c, err)
	}
	env := p.Env(slices.Contains(args, "--json"))
	if !p.Started() && (c.Name() == "up" || c.Name() == "ready") { // a program reads their last line, however they end
		show.Result(ctx, env, nil, nil, nil)
	}
	if gone := engineGone(ctx, env.LastEngine(), c, err); gone != nil && !interrupted {
		env.UI.Error(gone)
		return gone, fail.EngineGone.Exit()
	}
	env.UI.Error(err)
	if interrupted {
		return err, fail.Interrupted.Exit()
	}
	return err, fail.CodeOf(err).Exit()
}

// interruption is what to say after Ctrl-C: once that it came, however many waited for
// something, and before that what failed next to it.
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
	stopped.CauseShown = true // that it came is the cause of all else
	return errors.Join(append(all, stopped)...)
}
