package execcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
)

// bestShell is a command line that becomes the best shell of a container.
const bestShell = "command -v bash >/dev/null && exec bash; exec sh"

// NewShell is `devup shell`.
func NewShell(p *command.Program) *cobra.Command {
	o := execOptions{terminalOptions: terminalOptions{interactive: true}}
	c := &cobra.Command{
		Use:        "shell SERVICE",
		Aliases:    []string{"sh"},
		SuggestFor: []string{"ssh", "bash", "console", "enter"},
		Short:      "Open a shell in a running container of a service",
		Example: `  devup shell backend-flask
  devup shell --user root backend-flask`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fail.New(fail.Usage, "`devup exec SERVICE COMMAND` runs a command", "%s needs one service", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().StringVarP(&o.user, "user", "u", "", "run as this `user`")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runExec(ctx, env, args[0], []string{"sh", "-c", bestShell}, o)
	})
	return c
}
