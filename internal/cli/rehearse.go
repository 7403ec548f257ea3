package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// canRehearse marks a command that prints what it would do when --dry-run is given, which
// every command takes as Compose's do.
var canRehearse = map[string]string{rehearsal: "prints what it would do"}

const rehearsal = "dry-run"

// readers are the commands that change nothing, for which --dry-run changes nothing.
var readers = []string{
	"completion", "config", "doctor", "events", "images", "logs", "ls", "man", "plan", "port", "ps", "schema", "stats", "top", "urls",
	"version", "volumes", "wait", "why",
}

// settleDryRun passes --dry-run on to a command with a flag of its own, and refuses it
// for one that would change something all the same.
func (a *app) settleDryRun(c *cobra.Command) error {
	if !a.flags.dryRun || c.Annotations[rehearsal] != "" || slices.Contains(readers, c.Name()) {
		return nil
	}
	if own := c.LocalNonPersistentFlags().Lookup("dry-run"); own != nil {
		return c.Flags().Set("dry-run", "true")
	}
	return fail.New(fail.Usage, "leave out --dry-run", "%s has no dry run", c.CommandPath())
}

// rehearse prints what a plan would do.
func (a *app) rehearse(todo *plan.Plan) {
	if a.ui.Mode() != ui.JSON {
		a.ui.Text(todo.Lines()...)
		return
	}
	for _, op := range todo.Ops {
		if op.Action != plan.Await {
			a.ui.Object(operationObject{"operation", string(op.Action), op.Title(), op.Service, op.Causes})
		}
	}
}

// rehearseLine prints what would be done to something that is in no plan.
func (a *app) rehearseLine(action, name string) {
	if a.ui.Mode() == ui.JSON {
		a.ui.Object(operationObject{"operation", action, name, "", nil})
		return
	}
	a.ui.Text(action + " " + name)
}
