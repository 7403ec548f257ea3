package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
)

func (a *app) stopCommand() *cobra.Command {
	var seconds int
	c := a.changing(&cobra.Command{
		Use:   "stop [SERVICE...]",
		Short: "Stop the services and keep their containers",
		Example: `  devup stop
  devup stop --timeout 1 backend-flask`,
	})
	timeoutFlag(c, &seconds)
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return a.change(ctx, args, change{
			grace: grace(seconds),
			decide: func(r *running) (*plan.Plan, string) {
				return plan.StopAll(r.look.Observed, args), "nothing to stop: nothing runs"
			},
			after: func(r *running) error {
				if len(args) > 0 && runsWithout(r.look, args) {
					return nil
				}
				return a.closeGateway(ctx, r, false)
			},
		})
	})
	return c
}
