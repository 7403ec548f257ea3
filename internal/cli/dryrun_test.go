package cli

import (
	"slices"
	"testing"

	"github.com/devup-cli/devup/internal/cli/command"
)

// noDryRun are the commands that refuse --dry-run: what they do cannot be foretold, or is not
// worth it.
var noDryRun = []string{"attach", "build", "cp", "exec", "gateway", "open", "pull", "push", "share", "watch"}

// TestDryRun: each command says what --dry-run means for it.
func TestDryRun(t *testing.T) {
	t.Parallel()
	for _, c := range newRoot(command.New(Process{})).Commands() {
		if c.Name() == "help" {
			continue
		}
		says := c.Annotations["dry-run"] != "" || c.LocalNonPersistentFlags().Lookup("dry-run") != nil
		if refuses := slices.Contains(noDryRun, c.Name()); says == refuses {
			t.Errorf("devup %s: give it the annotation command.ReadOnly or command.HasDryRun, a flag --dry-run, or a place in noDryRun", c.Name())
		}
	}
}
