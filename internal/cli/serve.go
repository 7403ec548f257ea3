package cli

import (
	"context"
	"log"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/dashboardcmd"
	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/session"
)

// newServe is the process of a gateway or a dashboard. It is hidden: other commands start it.
func newServe(p *command.Program) *cobra.Command {
	c := &cobra.Command{
		Use:    "serve dashboard FILE | gateway FILE PROJECT",
		Short:  "Serve the dashboard, or a project through one port, and keep the state of that in a file",
		Hidden: true,
	}
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		if len(args) != 3 && (len(args) != 2 || args[0] != "dashboard") {
			return fail.New(fail.Usage, "other commands of devup start it", "serve needs what to serve and its state file")
		}
		o := daemon.Options{File: args[1], Version: env.Version.String(), Log: log.New(env.Err, "", log.LstdFlags)}
		if args[0] == "dashboard" {
			return daemon.Main(env.In, env.Out, o, func(c dashboard.Config, failures *daemon.FailureLog, ready func()) error {
				return dashboardcmd.Serve(ctx, env, o, c, failures, ready)
			})
		}
		gone := func(ctx context.Context) (bool, error) { return gone(ctx, env, args[2]) }
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
