package cli

import (
	"context"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
)

// manCommand writes the pages that a release carries. It is hidden: people read
// the pages, not this.
func newMan(p *command.Program) *cobra.Command {
	var markdown bool
	c := &cobra.Command{
		Use:         "man DIR",
		Annotations: command.ReadOnly,
		Short:       "Write a manual page for each command into a directory",
		Args:        cobra.ExactArgs(1),
		Hidden:      true,
	}
	c.Flags().BoolVar(&markdown, "markdown", false, "write Markdown instead of manual pages")
	c.RunE = p.Run(func(_ context.Context, env *command.Env, args []string) error {
		return manual(c.Root(), args[0], markdown)
	})
	return c
}

func manual(root *cobra.Command, dir string, markdown bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fail.Wrap(err, fail.Denied, "", "cannot create the directory %s", dir)
	}
	root.DisableAutoGenTag = true
	if markdown {
		return doc.GenMarkdownTree(root, dir)
	}
	return doc.GenManTree(root, &doc.GenManHeader{Title: "DEVUP", Section: "1", Source: "devup"}, dir)
}
