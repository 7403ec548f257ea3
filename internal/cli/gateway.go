package cli

import (
	"context"
	"log"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/session"
)

// newGateway is the gateway's process. It is hidden: up starts it.
func newGateway(p *command.Program) *cobra.Command {
	c := &cobra.Command{
		Use:    "gateway PROJECT FILE",
		Short:  "Serve a project through one port and keep the state of that in a file",
		Args:   cobra.ExactArgs(2),
		Hidden: true,
	}
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		o := daemon.Options{File: args[1], Version: env.Version.String(), Log: log.New(env.Err, "", log.LstdFlags)}
		gone := func(ctx context.Context) (bool, error) { return gone(ctx, env, args[0]) }
		return daemon.Main(env.In, env.Out, o, func(c gateway.Config, failures *daemon.FailureLog, ready func()) error {
			return gateway.Serve(ctx, o, gone, c, failures, ready)
		})
	})
	return c
}

// gone tells whether the engine has no container of a project any more.
func gone(ctx context.Context, env *command.Env, name string) (bool, error) {
	s, err := session.Open(ctx, env.Env, session.Want{Name: name, Engine: session.Required, State: session.Containers})
	if err != nil {
		return false, err
	}
	defer s.Close()
	return len(s.Observed.Containers) == 0, nil
}
