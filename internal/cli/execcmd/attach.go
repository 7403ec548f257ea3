package execcmd

import (
	"context"
	"fmt"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
)

// attachOptions are the flags of attach.
type attachOptions struct {
	index      int
	detachKeys string
	noStdin    bool
	noSignals  bool
}

// NewAttach is `devup attach`.
func NewAttach(p *command.Program) *cobra.Command {
	var o attachOptions
	signals := true
	c := &cobra.Command{
		Use:   "attach SERVICE",
		Short: "Connect to the main process of a service: what it prints and reads",
		Long: `Connect to the main process of a service: what it prints from now on and, where it
was started to read (stdin_open), what you type. Ctrl-C reaches the process. The
exit code is the process's when it ends.`,
		Example: `  devup attach web
  devup attach --no-stdin --sig-proxy=false web`,
		Args:              oneService,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	f.StringVar(&o.detachKeys, "detach-keys", "", "`keys` that end the connection, such as ctrl-p,ctrl-q")
	f.BoolVar(&o.noStdin, "no-stdin", false, "do not connect what you type")
	f.BoolVar(&signals, "sig-proxy", true, "pass Ctrl-C to the process")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		o.noSignals = !signals
		return runAttach(ctx, env, args[0], o)
	})
	return c
}

func runAttach(ctx context.Context, env *command.Env, service string, o attachOptions) error {
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := s.RunningContainer(service, o.index)
	if err != nil {
		return err
	}
	found, err := s.Engine.Client.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err != nil {
		return fmt.Errorf("look at %s: %w", c.Name, err)
	}
	config, streams := found.Container.Config, env.UI.Streams()
	t := attachment{
		client: s.Engine.Client, id: c.ID, name: c.Name, detachKeys: o.detachKeys,
		tty: config.Tty, condition: container.WaitConditionNotRunning, ignoresInterrupt: o.noSignals,
	}
	t.raw = config.Tty && streams.InTTY && streams.OutTTY && !o.noStdin && config.OpenStdin
	if config.OpenStdin {
		t.in = input(env, !o.noStdin)
	}
	code, err := attachTo(ctx, env, t)
	if err == nil && code != 0 {
		return command.ExitCode(code)
	}
	return err
}
