package cli

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
)

func newCompletion(p *command.Program) *cobra.Command {
	c := &cobra.Command{
		Use:         "completion bash|zsh|fish|powershell",
		Annotations: command.ReadOnly,
		Short:       "Print a script that completes devup's commands in a shell",
		Example: `  source <(devup completion bash)
  devup completion zsh > "${fpath[1]}/_devup"
  devup completion fish > ~/.config/fish/completions/devup.fish`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
	}
	c.RunE = p.Run(func(_ context.Context, env *command.Env, args []string) error {
		return completion(env, c.Root(), args[0])
	})
	return c
}

func completion(env *command.Env, root *cobra.Command, shell string) error {
	var script bytes.Buffer
	write := map[string]func() error{
		"bash":       func() error { return root.GenBashCompletionV2(&script, true) },
		"zsh":        func() error { return root.GenZshCompletion(&script) },
		"fish":       func() error { return root.GenFishCompletion(&script, true) },
		"powershell": func() error { return root.GenPowerShellCompletionWithDesc(&script) },
	}[shell]
	if err := write(); err != nil {
		return err
	}
	env.UI.Raw(script.Bytes())
	return nil
}
