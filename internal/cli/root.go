package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/version"
)

const rootLong = `devup takes a bare clone to working URLs: it finds the services of a repository,
writes a devup.yaml (a Compose file) and Dockerfiles for them, builds and starts
them on a container engine, waits until they answer and prints their URLs.

Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 a service did not become
ready, 4 no engine, 5 build failed, 130 interrupted.`

// newRoot is the whole tree of commands.
func newRoot(p *command.Program) *cobra.Command {
	root := &cobra.Command{
		Use:   "devup",
		Short: "From a bare clone to working URLs",
		Long:  rootLong,
		Example: `  devup init          # examine this repository and write what it lacks
  devup up            # build, start, wait, print the URLs, show the logs
  devup down          # remove what up created`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		TraverseChildren:           true, // so that -f before a command is --file, also for logs
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:                       knownCommand,
		RunE:                       func(c *cobra.Command, _ []string) error { return c.Help() },
		Version:                    version.Of().Version,
	}
	root.SetVersionTemplate("devup {{.Version}}\n")
	p.BindGlobal(root.PersistentFlags())
	root.SetFlagErrorFunc(command.FlagError)
	for _, g := range groups(p) {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.SetHelpCommandGroupID("more")
	return root
}

// knownCommand refuses what is no command and names the nearest one.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	likely := c.SuggestionsFor(args[0])
	for _, other := range c.Commands() {
		if slices.Contains(other.SuggestFor, args[0]) { // other tools call it so
			likely = []string{other.Name()}
		}
	}
	return fail.New(fail.Usage, command.Nearest(args[0], likely, "", "see `devup --help` for the commands"), "unknown command %q", args[0])
}
