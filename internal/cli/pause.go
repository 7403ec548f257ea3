package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
)

func (a *app) pauseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pause [SERVICE...]",
		Short: "Freeze the services where they are, with all that they hold in memory",
		Example: `  devup pause
  devup pause backend-flask`,
		ValidArgsFunction: a.completeServices,
		Annotations:       canRehearse,
		RunE: a.run(func(ctx context.Context, args []string) error {
			return a.change(ctx, args, plan.PauseAll, -1, "nothing to pause: nothing runs")
		}),
	}
}

func (a *app) unpauseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "unpause [SERVICE...]",
		Short: "Let frozen services go on",
		Example: `  devup unpause
  devup unpause backend-flask`,
		ValidArgsFunction: a.completeServices,
		Annotations:       canRehearse,
		RunE: a.run(func(ctx context.Context, args []string) error {
			return a.change(ctx, args, plan.UnpauseAll, -1, "nothing to unpause: nothing is paused")
		}),
	}
}
