package cli

import (
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/projectcmd"
	"github.com/devup-cli/devup/internal/fail"
)

// prepared is a command that, on a terminal and without a project, has init find the services and ask
// whether to write the files, and then runs.
func prepared(p *command.Program, c *cobra.Command) *cobra.Command {
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		err := run(c, args)
		env := p.Env(false)
		if fail.CodeOf(err) != fail.NoProject || len(env.Flags.Files) > 0 || env.Flags.DryRun || !env.CanAsk() {
			return err
		}
		if failed := projectcmd.Init(c.Context(), env); failed != nil {
			return failed
		}
		p.Close() // the next run opens its own output
		return run(c, args)
	}
	return c
}
