package containercmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/provider"
	"github.com/devup-cli/devup/internal/session"
)

// NewStop is `devup stop`.
func NewStop(p *command.Program) *cobra.Command {
	var seconds int
	c := changing(p, &cobra.Command{
		Use:   "stop [SERVICE...]",
		Short: "Stop the services and keep their containers",
		Example: `  devup stop
  devup stop --timeout 1 backend-flask`,
	})
	command.TimeoutFlag(c, &seconds)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return change{
			stopTimeout: command.StopTimeout(seconds),
			decide: func(s *session.Session) (*plan.Plan, string) {
				return plan.StopAll(s.Meant(args), args), "nothing to stop: nothing runs"
			},
			providers: true,
			after: func(s *session.Session) error {
				failed := endProviders(ctx, env, s, args, provider.Stop)
				stopped := args
				if len(args) == 0 {
					stopped = s.Declared()
				}
				if stopped != nil && show.RunsWithout(s.Observed, stopped) {
					return failed
				}
				return errors.Join(failed, s.CloseGateway(ctx, false))
			},
		}.apply(ctx, env, args)
	})
	return c
}
