package upcmd

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
)

// NewCreate is `devup create`.
func NewCreate(p *command.Program) *cobra.Command {
	var f reconcile.Flags
	c := &cobra.Command{
		Use:         "create [SERVICE...]",
		Annotations: command.HasDryRun,
		Short:       "Create the containers of the services without starting them",
		Long: `Build what is stale and create networks, volumes and containers, as devup up does,
but start nothing. devup start starts what was created.`,
		Example: `  devup create
  devup create --force-recreate backend-flask`,
		ValidArgsFunction: p.CompleteServices,
	}
	f.Bind(c)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		f.Plan.NoStart = true
		return runFlags(ctx, env, args, f)
	})
	return c
}

// NewScale is `devup scale`.
func NewScale(p *command.Program) *cobra.Command {
	f := reconcile.Default()
	c := &cobra.Command{
		Use:         "scale SERVICE=NUMBER...",
		Annotations: command.HasDryRun,
		Short:       "Run another number of containers of services",
		Example: `  devup scale worker=3
  devup scale worker=1 web=2`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fail.New(fail.Usage, "for example: devup scale web=3", "%s needs SERVICE=NUMBER", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().BoolVar(&f.NoDeps, "no-deps", false, "without the services that these depend on")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		f.Scale = args
		scale, err := reconcile.Numbers(args)
		if err != nil {
			return err
		}
		return runFlags(ctx, env, slices.Sorted(maps.Keys(scale)), f)
	})
	return c
}

// runFlags brings the engine to what the files say and returns.
func runFlags(ctx context.Context, env *command.Env, services []string, f reconcile.Flags) error {
	r, err := f.Request(env, services)
	if err != nil {
		return err
	}
	r.Options.DryRun = env.Flags.DryRun
	s, outcome, err := reconcile.Run(ctx, env, r)
	if s != nil {
		defer s.Close()
	}
	show.Notes(env, outcome)
	if env.Flags.DryRun && err == nil {
		show.Outcome(env, outcome)
		return nil
	}
	if err == nil && !outcome.Changed {
		env.Say("nothing to do: everything is as the files say")
	}
	return err
}
