package cli

import (
	"context"
	"fmt"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
)

// connectOptions are the flags of attach.
type connectOptions struct {
	index      int
	detachKeys string
	noStdin    bool
	noSignals  bool
}

func (a *app) attachCommand() *cobra.Command {
	var o connectOptions
	signals := true
	c := &cobra.Command{
		Use:   "attach SERVICE",
		Short: "Connect to the main process of a service: what it prints and reads",
		Long: `Connect to the main process of a service: what it prints from now on and, where it
was started to read (stdin_open), what you type. Ctrl-C reaches the process. The
exit code is the process's when it ends.`,
		Example: `  devup attach web
  devup attach --no-stdin --sig-proxy=false web`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fail.New(fail.Usage, "for example: devup attach web", "%s wants one service", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	f.StringVar(&o.detachKeys, "detach-keys", "", "`keys` that end the connection, such as ctrl-p,ctrl-q")
	f.BoolVar(&o.noStdin, "no-stdin", false, "do not connect what you type")
	f.BoolVar(&signals, "sig-proxy", true, "let Ctrl-C reach the process")
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		o.noSignals = !signals
		return a.connectTo(ctx, args[0], o)
	})
	return c
}

func (a *app) connectTo(ctx context.Context, service string, o connectOptions) error {
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check([]string{service}); err != nil {
		return err
	}
	c, err := r.runningContainer(service, o.index)
	if err != nil {
		return err
	}
	found, err := r.engine.Client.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err != nil {
		return fmt.Errorf("look at %s: %w", c.Name, err)
	}
	config, streams := found.Container.Config, a.ui.Streams()
	t := attendance{
		client: r.engine.Client, id: c.ID, name: c.Name, detachKeys: o.detachKeys,
		tty: config.Tty, condition: container.WaitConditionNotRunning, deaf: o.noSignals,
	}
	t.raw = config.Tty && streams.InTTY && streams.OutTTY && !o.noStdin && config.OpenStdin
	if config.OpenStdin {
		t.in = a.input(!o.noStdin)
	}
	code, err := a.attend(ctx, t)
	if err == nil && code != 0 {
		return exitStatus(code)
	}
	return err
}
