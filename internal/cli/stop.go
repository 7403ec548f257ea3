package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
)

func (a *app) stopCommand() *cobra.Command {
	var seconds int
	c := &cobra.Command{
		Use:   "stop [SERVICE...]",
		Short: "Stop the services and keep their containers",
		Example: `  devup stop
  devup stop --timeout 1 backend-flask`,
		ValidArgsFunction: a.completeServices,
		Annotations:       canRehearse,
	}
	timeoutFlag(c, &seconds)
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return a.change(ctx, args, plan.StopAll, seconds, "nothing to stop: nothing runs")
	})
	return c
}

// change applies a plan that is made of what is there and of the services meant.
func (a *app) change(ctx context.Context, services []string, decide func(plan.Observed, []string) *plan.Plan, seconds int, nothing string) error {
	r, held, err := a.observeInTurn(ctx, containersOnly)
	if err != nil {
		return err
	}
	defer held.Release()
	if err := r.check(services); err != nil {
		return err
	}
	todo := decide(r.look.Observed, services)
	if todo.Empty() {
		a.ui.Say(nothing)
		return nil
	}
	return a.apply(ctx, r, todo, grace(seconds))
}
