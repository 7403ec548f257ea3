package containercmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// killOptions are the flags of kill.
type killOptions struct {
	signal  string
	orphans bool
}

// NewKill is `devup kill`.
func NewKill(p *command.Program) *cobra.Command {
	var o killOptions
	c := changing(p, &cobra.Command{
		Use:   "kill [SERVICE...]",
		Short: "Send a signal to the services: by default the one that nothing survives",
		Example: `  devup kill
  devup kill --signal SIGHUP proxy`,
	})
	f := c.Flags()
	f.StringVarP(&o.signal, "signal", "s", "SIGKILL", "the `signal` to send, by name or number")
	f.BoolVar(&o.orphans, "remove-orphans", false, "kill containers of services that the files do not name, too")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return change{decide: func(s *session.Session) (*plan.Plan, string) {
			meant, _ := plan.Part(s.Observed.Observed, plan.PartOptions{Known: s.Declared(), Orphans: o.orphans || env.RemovesOrphans()})
			return plan.KillAll(meant, args, o.signal), "nothing to kill: nothing runs"
		}}.apply(ctx, env, args)
	})
	return c
}
