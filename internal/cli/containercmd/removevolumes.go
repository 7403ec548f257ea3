package containercmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// NewRemoveVolumes is `devup remove-volumes`, which down leaves behind. It is hidden. Another command on the project
// waits for its lock; where it is killed, the volumes are found by their labels the next time.
func NewRemoveVolumes(p *command.Program) *cobra.Command {
	c := &cobra.Command{
		Use:    "remove-volumes PROJECT",
		Short:  "Remove the volumes of a project that only keep what an image holds",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
	}
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		s, err := session.Open(ctx, env.Env, session.Want{Name: args[0], Engine: session.Required, State: session.Everything, Lock: true})
		if err != nil {
			return err
		}
		defer s.Close()
		return reconcile.Apply(ctx, env, s, plan.Leftovers(s.Observed.Observed), nil)
	})
	return c
}
