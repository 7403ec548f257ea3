package cli

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"
)

func (a *app) completionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that completes devup's commands in a shell",
		Example: `  source <(devup completion bash)
  devup completion zsh > "${fpath[1]}/_devup"
  devup completion fish > ~/.config/fish/completions/devup.fish`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
	}
	c.RunE = a.run(func(_ context.Context, args []string) error { return a.completion(c.Root(), args[0]) })
	return c
}

func (a *app) completion(root *cobra.Command, shell string) error {
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
	a.ui.Raw(script.Bytes())
	return nil
}

// completeServices completes the names of the project's services.
func (a *app) completeServices(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	p, err := a.loadProject(c.Context(), a.projectOptions())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	given := map[string]bool{}
	for _, arg := range args {
		given[arg] = true
	}
	var names []string
	for _, name := range p.ServiceNames() {
		if !given[name] {
			names = append(names, name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
