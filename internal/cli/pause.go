package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
)

func (a *app) pauseCommand() *cobra.Command {
	c := a.changing(&cobra.Command{
		Use:   "pause [SERVICE...]",
		Short: "Freeze the services where they are, with all that they hold in memory",
		Long: `Freeze the services where they are, with all that they hold in memory. One that is
paused already or does not run is no failure: the exit code is 0.`,
		Example: `  devup pause
  devup pause backend-flask`,
	})
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return a.change(ctx, args, change{decide: func(r *running) (*plan.Plan, string) {
			return plan.PauseAll(r.look.Observed, args), "nothing to pause: " + unpausable(r.containers(args), args)
		}})
	})
	return c
}

func (a *app) unpauseCommand() *cobra.Command {
	c := a.changing(&cobra.Command{
		Use:   "unpause [SERVICE...]",
		Short: "Let frozen services go on",
		Long:  "Let frozen services go on. One that is not paused is no failure: the exit code is 0.",
		Example: `  devup unpause
  devup unpause backend-flask`,
	})
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return a.change(ctx, args, change{decide: func(r *running) (*plan.Plan, string) {
			idle := "nothing is paused"
			if len(args) > 0 {
				idle = list(args) + one(len(args), " is", " are") + " not paused"
			}
			return plan.UnpauseAll(r.look.Observed, args), "nothing to unpause: " + idle
		}})
	})
	return c
}

// unpausable says why none of the containers of services can be paused.
func unpausable(containers []plan.Container, services []string) string {
	var paused []string
	for _, c := range containers {
		if c.State == "paused" && !slices.Contains(paused, c.Service) {
			paused = append(paused, c.Service)
		}
	}
	switch {
	case len(paused) > 0:
		return list(paused) + one(len(paused), " is", " are") + " paused already"
	case len(services) > 0:
		return list(services) + one(len(services), " does", " do") + " not run"
	}
	return "nothing runs"
}
