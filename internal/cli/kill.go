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
	c := &cobra.Command{
		Use:   "kill [SERVICE...]",
		Short: "Send a signal to the services: by default the one that nothing survives",
		Example: `  devup kill
  devup kill --signal SIGHUP proxy`,
		ValidArgsFunction: a.completeServices,
		Annotations:       canRehearse,
	}
	f := c.Flags()
	f.StringVarP(&o.signal, "signal", "s", "SIGKILL", "the `signal` to send, by name or number")
	f.BoolVar(&o.orphans, "remove-orphans", false, "kill containers of services that the files do not name, too")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.kill(ctx, args, o) })
	return c
}

func (a *app) kill(ctx context.Context, services []string, o killOptions) error {
	r, held, err := a.observeInTurn(ctx, containersOnly)
	if err != nil {
		return err
	}
	defer held.Release()
	if err := r.check(services); err != nil {
		return err
	}
	meant, _ := plan.Part(r.look.Observed, plan.PartOptions{Known: r.known(), Orphans: o.orphans || a.removesOrphans()})
	todo := plan.KillAll(meant, services, o.signal)
	if todo.Empty() {
		a.ui.Say("nothing to kill: nothing runs")
		return nil
	}
	return a.apply(ctx, r, todo, nil)
}
