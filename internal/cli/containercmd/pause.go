package containercmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// NewPause is `devup pause`.
func NewPause(p *command.Program) *cobra.Command {
	c := changing(p, &cobra.Command{
		Use:   "pause [SERVICE...]",
		Short: "Freeze the services where they are, with all that they hold in memory",
		Long: `Freeze the services, with all that they hold in memory. A service that is paused
already or does not run is not an error: the exit code is 0.`,
		Example: `  devup pause
  devup pause backend-flask`,
	})
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return change{decide: func(s *session.Session) (*plan.Plan, string) {
			return plan.PauseAll(s.Meant(args), args), "nothing to pause: " + unpausable(s.Containers(args), args)
		}}.apply(ctx, env, args)
	})
	return c
}

// NewUnpause is `devup unpause`.
func NewUnpause(p *command.Program) *cobra.Command {
	c := changing(p, &cobra.Command{
		Use:   "unpause [SERVICE...]",
		Short: "Resume frozen services",
		Long:  "Resume frozen services. One that is not paused is not an error: the exit code is 0.",
		Example: `  devup unpause
  devup unpause backend-flask`,
	})
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return change{decide: func(s *session.Session) (*plan.Plan, string) {
			idle := "nothing is paused"
			if len(args) > 0 {
				idle = command.List(args) + command.Plural(len(args), " is", " are") + " not paused"
			}
			return plan.UnpauseAll(s.Meant(args), args), "nothing to unpause: " + idle
		}}.apply(ctx, env, args)
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
		return command.List(paused) + command.Plural(len(paused), " is", " are") + " paused already"
	case len(services) > 0:
		return command.List(services) + command.Plural(len(services), " does", " do") + " not run"
	}
	return "nothing runs"
}
