package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
)

func (a *app) createCommand() *cobra.Command {
	var o convergeOptions
	c := &cobra.Command{
		Use:   "create [SERVICE...]",
		Short: "Make the containers of the services and start none",
		Long: `Build what is stale and make networks, volumes and containers, as devup up does, but
start nothing. devup start starts what was made.`,
		Example: `  devup create
  devup create --force-recreate backend-flask`,
		ValidArgsFunction: a.completeServices,
	}
	o.bind(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		o.Plan.NoStart = true
		return a.converge(ctx, args, o)
	})
	return c
}

func (a *app) scaleCommand() *cobra.Command {
	o := asUsual()
	c := &cobra.Command{
		Use:   "scale SERVICE=NUMBER...",
		Short: "Run another number of containers of services",
		Example: `  devup scale worker=3
  devup scale worker=1 web=2`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fail.New(fail.Usage, "for example: devup scale web=3", "%s wants SERVICE=NUMBER", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().BoolVar(&o.noDeps, "no-deps", false, "without the services that these depend on")
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		o.scale = args
		scale, err := numbers(args)
		if err != nil {
			return err
		}
		return a.converge(ctx, slices.Sorted(maps.Keys(scale)), o)
	})
	return c
}

// converge brings the engine to what the files say and returns.
func (a *app) converge(ctx context.Context, services []string, o convergeOptions) error {
	a.complete(&o, services)
	at, err := a.site(ctx, services, o, true)
	if err != nil {
		return err
	}
	defer at.release()
	outcome, err := at.run(ctx, o.Options)
	a.remarks(outcome)
	if err == nil && !outcome.Changed {
		a.ui.Say("nothing to do: everything is as the files say")
	}
	return err
}
