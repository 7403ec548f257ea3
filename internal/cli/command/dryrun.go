package command

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
)

// HasDryRun marks a command that prints what it would do when --dry-run is given, which
// every command takes as Compose's do.
var HasDryRun = map[string]string{dryRun: "prints what it would do"}

const dryRun = "dry-run"

// readers are the commands that change nothing, for which --dry-run changes nothing.
var readers = []string{
	"completion", "config", "doctor", "events", "images", "logs", "ls", "man", "plan", "port", "ps", "schema", "stats", "top", "urls",
	"version", "volumes", "wait", "why",
}

// applyDryRun passes --dry-run on to a command with a flag of its own, and refuses it for
// one that would change something all the same.
func (p *Program) applyDryRun(c *cobra.Command) error {
	if !p.flags.DryRun || c.Annotations[dryRun] != "" || slices.Contains(readers, c.Name()) {
		return nil
	}
	if own := c.LocalNonPersistentFlags().Lookup(dryRun); own != nil {
		return c.Flags().Set(dryRun, "true")
	}
	return fail.New(fail.Usage, "leave out --dry-run", "%s has no dry run", c.CommandPath())
}
