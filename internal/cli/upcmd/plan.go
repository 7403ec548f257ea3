package upcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/converge"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/up"
)

// NewPlan is `devup plan`.
func NewPlan(p *command.Program) *cobra.Command {
	var f converge.Flags
	var exitCode bool
	c := &cobra.Command{
		Use:         "plan [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Print what up would do, and why",
		Long: `Print what devup up would do to images, networks, volumes and containers, each with
its cause, and do nothing. Values of variables are not shown, except where a config
puts one into a name, such as that of an image, or into a message.

Exit codes with --exit-code: 0 nothing to do, 2 something to do.`,
		Example: `  devup plan
  devup plan --exit-code > /dev/null || devup up --detach
  devup plan --json`,
		ValidArgsFunction: p.CompleteServices,
	}
	f.Bind(c)
	c.Flags().BoolVar(&exitCode, "exit-code", false, "end with 2 when there is something to do")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		outcome, err := preview(ctx, env, args, f)
		if err != nil {
			return err
		}
		show.Notes(env, outcome)
		show.Outcome(env, outcome)
		if exitCode && outcome.Changed {
			return command.ExitCode(2)
		}
		return nil
	})
	return c
}

// preview finds out what a run would do.
func preview(ctx context.Context, env *command.Env, services []string, f converge.Flags) (*up.Outcome, error) {
	r, err := f.Request(env, services)
	if err != nil {
		return nil, err
	}
	r.Options.DryRun, r.Setup = true, true
	s, outcome, err := converge.Run(ctx, env, r)
	if s != nil {
		s.Close()
	}
	return outcome, err
}
