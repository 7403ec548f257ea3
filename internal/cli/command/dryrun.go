package command

import (
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
)

// Every command takes --dry-run, as Compose's do, and its annotation says what that means. One
// without an annotation has a flag of its own, or refuses to be run dry.
const dryRun = "dry-run"

// HasDryRun marks a command that prints what it would do.
var HasDryRun = map[string]string{dryRun: "prints what it would do"}

// ReadOnly marks a command that changes nothing, for which --dry-run changes nothing.
var ReadOnly = map[string]string{dryRun: "changes nothing"}

// HasResult is the annotation of a command whose last line with --json is a result, which programs
// read however the command ends.
const HasResult = "result"

// applyDryRun passes --dry-run on to a command with a flag of its own, and refuses it for
// one that would change something all the same.
func (p *Program) applyDryRun(c *cobra.Command) error {
	if !p.flags.DryRun || c.Annotations[dryRun] != "" {
		return nil
	}
	if own := c.LocalNonPersistentFlags().Lookup(dryRun); own != nil {
		return c.Flags().Set(dryRun, "true")
	}
	return fail.New(fail.Usage, "leave out --dry-run", "%s has no dry run", c.CommandPath())
}
