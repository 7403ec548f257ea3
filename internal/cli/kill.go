package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
)

// killOptions are the flags of kill.
type killOptions struct {
	signal  string
	orphans bool
}

func (a *app) killCommand() *cobra.Command {
	var o killOptions
	c := a.changing(&cobra.Command{
		Use:   "kill [SERVICE...]",
		Short: "Send a signal to the services: by default the one that nothing survives",
		Example: `  devup kill
  devup kill --signal SIGHUP proxy`,
	})
	f := c.Flags()
	f.StringVarP(&o.signal, "signal", "s", "SIGKILL", "the `signal` to send, by name or number")
	f.BoolVar(&o.orphans, "remove-orphans", false, "kill containers of services that the files do not name, too")
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return a.change(ctx, args, change{decide: func(r *running) (*plan.Plan, string) {
			meant, _ := plan.Part(r.look.Observed, plan.PartOptions{Known: r.known(), Orphans: o.orphans || a.removesOrphans()})
			return plan.KillAll(meant, args, o.signal), "nothing to kill: nothing runs"
		}})
	})
	return c
}
