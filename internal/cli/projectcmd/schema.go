package projectcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/project"
)

// NewSchema is `devup schema`.
func NewSchema(p *command.Program) *cobra.Command {
	return &cobra.Command{
		Use:         "schema",
		Annotations: command.ReadOnly,
		Short:       "Print the JSON schema of devup.yaml",
		Long: `Print the JSON schema of devup.yaml: Compose's own with x-devup added. Editors
complete and check devup.yaml with it.`,
		Example: `  devup schema > devup.schema.json
  # first line of devup.yaml: # yaml-language-server: $schema=devup.schema.json`,
		Args: cobra.NoArgs,
		RunE: p.Run(func(_ context.Context, env *command.Env, _ []string) error {
			env.UI.Raw(project.Schema())
			return nil
		}),
	}
}
