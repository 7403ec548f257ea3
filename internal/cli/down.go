package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
)

// downOptions are the flags of down.
type downOptions struct {
	volumes bool
	seconds int
}

func (a *app) downCommand() *cobra.Command {
	var o downOptions
	c := &cobra.Command{
		Use:   "down",
		Short: "Stop and remove the project's containers and networks",
		Long: `Stop and remove the project's containers and networks. Images and volumes stay;
--volumes removes the volumes too, with the data in them, and asks before. Works
from the labels on the engine, also when the project's files are broken or gone.`,
		Example: `  devup down
  devup down --volumes
  devup down -p cruddur`,
		Args: cobra.NoArgs,
	}
	c.Flags().BoolVarP(&o.volumes, "volumes", "v", false, "remove the project's volumes too, with the data in them")
	timeoutFlag(c, &o.seconds)
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.down(ctx, o) })
	return c
}

// timeoutFlag declares how long containers may take to stop.
func timeoutFlag(c *cobra.Command, seconds *int) {
	c.Flags().IntVarP(seconds, "timeout", "t", -1, "how many `seconds` containers may take to stop; their own by default")
	c.Flags().Lookup("timeout").DefValue = ""
}

// grace is the time that containers have to stop, nil for their own.
func grace(seconds int) *time.Duration {
	if seconds < 0 {
		return nil
	}
	d := time.Duration(seconds) * time.Second
	return &d
}

func (a *app) down(ctx context.Context, o downOptions) error {
	r, held, err := a.observeInTurn(ctx)
	if err != nil {
		return err
	}
	defer held.Release()
	todo := plan.Down(r.look.Observed, plan.DownOptions{Volumes: o.volumes})
	if todo.Empty() {
		a.ui.Say("nothing to remove: project " + r.name + " has nothing on the engine")
		return nil
	}
	if lost := todo.Lost(); o.volumes && lost > 0 {
		yes, err := a.confirm(ctx, volumesQuestion(r, lost))
		if err != nil {
			return err
		}
		if !yes {
			a.ui.Say("nothing was removed")
			return nil
		}
	}
	return a.apply(ctx, r, todo, grace(o.seconds))
}

func volumesQuestion(r *running, count int) string {
	what := fmt.Sprintf("%d volumes", count)
	if count == 1 {
		what = "1 volume"
	}
	var named []string
	for _, v := range r.look.Volumes {
		if v.Mask == "" {
			named = append(named, v.Name)
		}
	}
	if len(named) > 0 {
		what += " (" + list(named) + ")"
	}
	return "remove " + what + " of project " + r.name + " and the data in it?"
}

// apply carries out a plan that makes nothing.
func (a *app) apply(ctx context.Context, r *running, todo *plan.Plan, stop *time.Duration) error {
	_, err := run.Apply(ctx, r.engine.Client, nil, todo, run.Options{Project: r.name, StopTimeout: stop, Sink: a.ui.Sink()})
	return err
}
