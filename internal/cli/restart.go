package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
)

func (a *app) restartCommand() *cobra.Command {
	var seconds int
	var alone bool
	c := a.changing(&cobra.Command{
		Use:   "restart [SERVICE...]",
		Short: "Restart the services as they are",
		Long: `Restart the containers of the services as they are, and after them those of
services whose depends_on says restart: true. Changed files of the project take
effect with devup up, not with this.`,
		Example: `  devup restart
  devup restart --no-deps backend-flask`,
	})
	timeoutFlag(c, &seconds)
	c.Flags().BoolVar(&alone, "no-deps", false, "restart no service but those named")
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return a.change(ctx, args, change{grace: grace(seconds), decide: func(r *running) (*plan.Plan, string) {
			return plan.RestartAll(r.look.Observed, args, alone), "nothing to restart; `devup up` starts the project"
		}, after: func(r *running) error { return a.reopenGateway(ctx, r) }}) // a stop before has ended it
	})
	return c
}
