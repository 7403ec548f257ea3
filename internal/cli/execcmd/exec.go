// Package execcmd holds the commands that work inside containers: exec, run, attach and cp.
package execcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
)

// execOptions are the flags of exec.
type execOptions struct {
	terminalOptions
	user       string
	workdir    string
	env        []string
	index      int
	detach     bool
	privileged bool
}

// NewExec is `devup exec`.
func NewExec(p *command.Program) *cobra.Command {
	var o execOptions
	c := &cobra.Command{
		Use:   "exec SERVICE COMMAND [ARG...]",
		Short: "Run a command in a running container of a service",
		Long: `Run a command in a running container of a service, with a terminal when there is
one. The exit code is the command's: 127 if the container has no such program,
126 if it cannot be run.`,
		Example: `  devup exec backend-flask bash
  devup exec -T db psql -U postgres < dump.sql`,
		Args:              serviceAndCommand,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.SetInterspersed(false) // what follows the service belongs to the command
	o.flags(f)
	f.BoolVarP(&o.detach, "detach", "d", false, "do not wait for the command")
	f.BoolVar(&o.privileged, "privileged", false, "give the command all rights on the engine's machine")
	f.StringVarP(&o.user, "user", "u", "", "run as this `user`")
	f.StringVarP(&o.workdir, "workdir", "w", "", "run in this `directory` of the container")
	f.StringArrayVarP(&o.env, "env", "e", nil, "set this `NAME=value`; may be repeated")
	f.IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	f.SetNormalizeFunc(oldNames)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runExec(ctx, env, args[0], args[1:], o)
	})
	return c
}

// serviceAndCommand wants a service and a command.
func serviceAndCommand(c *cobra.Command, args []string) error {
	if len(args) < 2 {
		return fail.New(fail.Usage, "for example: devup exec "+append(args, "SERVICE")[0]+" bash", "%s needs a service and a command", c.CommandPath())
	}
	return nil
}

func runExec(ctx context.Context, env *command.Env, service string, argv []string, o execOptions) error {
	tty, err := wantsTerminal(env, o.terminalOptions, o.detach)
	if err != nil {
		return err
	}
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	container, err := s.RunningContainer(service, o.index)
	if err != nil {
		return err
	}
	api := s.Engine.Client
	created, err := api.ExecCreate(ctx, container.ID, client.ExecCreateOptions{
		User: o.user, WorkingDir: o.workdir, Env: execEnv(env, o.env, tty), Cmd: argv, TTY: tty, Privileged: o.privileged,
		AttachStdin: o.interactive && !o.detach, AttachStdout: !o.detach, AttachStderr: !o.detach, ConsoleSize: consoleSize(env, tty),
	})
	what := attempt{service, argv[0]}
	if err != nil {
		return what.explain(err)
	}
	if o.detach {
		if _, err := api.ExecStart(ctx, created.ID, client.ExecStartOptions{Detach: true, TTY: tty}); err != nil {
			return what.explain(err)
		}
		return nil
	}
	return attachExec(ctx, env, api, created.ID, what, o.interactive, tty)
}

// attachExec connects the streams to a command and waits for its end.
func attachExec(ctx context.Context, env *command.Env, api *client.Client, id string, what attempt, interactive, tty bool) error {
	attached, err := api.ExecAttach(ctx, id, client.ExecAttachOptions{TTY: tty, ConsoleSize: consoleSize(env, tty)})
	if err != nil {
		return what.explain(err)
	}
	defer attached.Close()
	if tty {
		restore, err := rawTerminal(ctx, env, func(columns, rows int) {
			_, _ = api.ExecResize(ctx, id, client.ExecResizeOptions{Height: uint(rows), Width: uint(columns)}) // the next change tries again
		})
		if err != nil {
			return err
		}
		defer restore()
	}
	out := &buffered{to: env.Out}
	if err := pipe(ctx, env, attached.HijackedResponse, input(env, interactive), out, tty); err != nil {
		return err
	}
	result, err := api.ExecInspect(context.WithoutCancel(ctx), id, client.ExecInspectOptions{})
	if err != nil {
		return fmt.Errorf("ask how %s in %s ended: %w", what.program, what.service, err)
	}
	if result.ExitCode == 126 || result.ExitCode == 127 {
		if e := what.refused(string(out.text)); e != nil {
			return e
		}
	}
	if err := out.release(); err != nil {
		return err
	}
	if result.ExitCode != 0 {
		return command.ExitCode(result.ExitCode)
	}
	return nil
}

// execEnv is the environment of a command: a terminal's kind, and what the user
// sets. A name alone takes the user's own value.
func execEnv(env *command.Env, given []string, tty bool) []string {
	var all []string
	if term := env.Getenv("TERM"); tty && term != "" {
		all = append(all, "TERM="+term)
	}
	for _, pair := range given {
		if !strings.Contains(pair, "=") {
			value, set := env.LookupEnv(pair)
			if !set {
				continue
			}
			pair += "=" + value
		}
		all = append(all, pair)
	}
	return all
}

func consoleSize(env *command.Env, tty bool) client.ConsoleSize {
	if !tty {
		return client.ConsoleSize{}
	}
	columns, rows := env.UI.Streams().Size()
	return client.ConsoleSize{Height: uint(rows), Width: uint(columns)}
}
