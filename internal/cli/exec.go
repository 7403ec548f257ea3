package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
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

func (a *app) execCommand() *cobra.Command {
	var o execOptions
	c := &cobra.Command{
		Use:   "exec SERVICE COMMAND [ARG...]",
		Short: "Run a command in a running container of a service",
		Long: `Run a command in a running container of a service, with a terminal when there is
one. The exit code is the command's; 127 where the container has no such program,
126 where it cannot be run.`,
		Example: `  devup exec backend-flask bash
  devup exec -T db psql -U postgres < dump.sql`,
		Args:              serviceAndCommand,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.SetInterspersed(false) // what follows the service belongs to the command
	o.flags(f)
	f.BoolVarP(&o.detach, "detach", "d", false, "do not wait for the command")
	f.BoolVar(&o.privileged, "privileged", false, "give the command all rights on the engine's machine")
	f.StringVarP(&o.user, "user", "u", "", "run as this `user`")
	f.StringVarP(&o.workdir, "workdir", "w", "", "run in this `folder` of the container")
	f.StringArrayVarP(&o.env, "env", "e", nil, "set this `NAME=value`; may be repeated")
	f.IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	f.SetNormalizeFunc(oldNames)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.exec(ctx, args[0], args[1:], o) })
	return c
}

// serviceAndCommand wants a service and a command.
func serviceAndCommand(c *cobra.Command, args []string) error {
	if len(args) < 2 {
		return fail.New(fail.Usage, "for example: devup exec "+append(args, "SERVICE")[0]+" bash", "%s wants a service and a command", c.CommandPath())
	}
	return nil
}

func (a *app) exec(ctx context.Context, service string, command []string, o execOptions) error {
	tty, err := a.wantsTerminal(o.terminalOptions, o.detach)
	if err != nil {
		return err
	}
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check([]string{service}); err != nil {
		return err
	}
	container, err := r.runningContainer(service, o.index)
	if err != nil {
		return err
	}
	api := r.engine.Client
	created, err := api.ExecCreate(ctx, container.ID, client.ExecCreateOptions{
		User: o.user, WorkingDir: o.workdir, Env: a.execEnv(o.env, tty), Cmd: command, TTY: tty, Privileged: o.privileged,
		AttachStdin: o.interactive && !o.detach, AttachStdout: !o.detach, AttachStderr: !o.detach, ConsoleSize: a.consoleSize(tty),
	})
	what := attempt{service, command[0]}
	if err != nil {
		return what.explain(err)
	}
	if o.detach {
		if _, err := api.ExecStart(ctx, created.ID, client.ExecStartOptions{Detach: true, TTY: tty}); err != nil {
			return what.explain(err)
		}
		return nil
	}
	return a.attendExec(ctx, api, created.ID, what, o.interactive, tty)
}

// attendExec connects the streams to a command and waits for its end.
func (a *app) attendExec(ctx context.Context, api *client.Client, id string, what attempt, interactive, tty bool) error {
	attached, err := api.ExecAttach(ctx, id, client.ExecAttachOptions{TTY: tty, ConsoleSize: a.consoleSize(tty)})
	if err != nil {
		return what.explain(err)
	}
	defer attached.Close()
	if tty {
		restore, err := a.rawTerminal(ctx, func(columns, rows int) {
			_, _ = api.ExecResize(ctx, id, client.ExecResizeOptions{Height: uint(rows), Width: uint(columns)}) // the next change tries again
		})
		if err != nil {
			return err
		}
		defer restore()
	}
	out := &withheld{to: a.out}
	if err := a.pipe(ctx, attached.HijackedResponse, a.input(interactive), out, tty); err != nil {
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
		return exitStatus(result.ExitCode)
	}
	return nil
}

// execEnv is the environment of a command: a terminal's kind, and what the person
// sets. A name alone takes the person's own value.
func (a *app) execEnv(given []string, tty bool) []string {
	var env []string
	if term := a.stdio.env("TERM"); tty && term != "" {
		env = append(env, "TERM="+term)
	}
	for _, pair := range given {
		if !strings.Contains(pair, "=") {
			value, set := a.stdio.LookupEnv(pair)
			if !set {
				continue
			}
			pair += "=" + value
		}
		env = append(env, pair)
	}
	return env
}

func (a *app) consoleSize(tty bool) client.ConsoleSize {
	if !tty {
		return client.ConsoleSize{}
	}
	columns, rows := a.ui.Streams().Size()
	return client.ConsoleSize{Height: uint(rows), Width: uint(columns)}
}

// runningContainer is the container of a service with a number, or the first.
func (r *running) runningContainer(service string, number int) (plan.Container, error) {
	for _, c := range r.look.Of(service) {
		if c.State == "running" && (number == 0 || c.Number == number) {
			return c, nil
		}
	}
	name, hint, state := service, "start it with `devup up "+service+"`", "not running"
	if slices.ContainsFunc(r.look.Of(service), func(c plan.Container) bool { return c.State == "paused" && (number == 0 || c.Number == number) }) {
		hint, state = "let it go on with `devup unpause "+service+"`", "paused"
	}
	if number > 0 {
		name = fmt.Sprintf("container %d of %s", number, service)
	}
	e := fail.New(fail.Failed, hint, "%s is %s", name, state)
	e.Service = service
	return plan.Container{}, e
}
