package command

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/settings"
)

// CompleteServices completes the names of the project's services.
func (p *Program) CompleteServices(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	s, err := session.Open(c.Context(), p.session(settings.Settings{}, nil), session.Want{Project: session.Required})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := slices.DeleteFunc(s.Project.ServiceNames(), func(name string) bool { return slices.Contains(args, name) })
	return names, cobra.ShellCompDirectiveNoFileComp
}
