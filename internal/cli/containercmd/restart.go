package containercmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// NewRestart is `devup restart`.
func NewRestart(p *command.Program) *cobra.Command {
	var seconds int
	var alone bool
	c := changing(p, &cobra.Command{
		Use:   "restart [SERVICE...]",
		Short: "Restart the services as they are",
		Long: `Restart the containers of the services as they are, and after them those of
services whose depends_on says restart: true. Changed files of the project take
effect with devup up, not with this.`,
		Example: `  devup restart
  devup restart --no-deps backend-flask`,
	})
	command.TimeoutFlag(c, &seconds)
	c.Flags().BoolVar(&alone, "no-deps", false, "restart no service but those named")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return change{stopTimeout: command.StopTimeout(seconds), decide: func(s *session.Session) (*plan.Plan, string) {
			return plan.RestartAll(s.Meant(args), args, alone), "nothing to restart; `devup up` starts the project"
		}, after: func(s *session.Session) error { return s.ReopenGateway(ctx) }}.apply(ctx, env, args) // a stop before has ended it
	})
	return c
}
