package up

import (
	"testing"

	"github.com/moby/moby/api/types/volume"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/plan"
)

// TestRunEndsBeforeTheCleanup: the URLs do not wait for 40,000 files that a slow disk removes.
func TestRunEndsBeforeTheCleanup(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	f.up(t, Options{})
	f.engine.volumes = append(f.engine.volumes, volume.Volume{Name: "old", Labels: map[string]string{plan.LabelProject: "shop", plan.LabelMask: "web:/node_modules"}})
	removable := make(chan struct{})
	f.engine.removable = removable
	outcome, err := f.begin(t.Context(), t, Options{})
	if err != nil || len(outcome.URLs) != 1 || outcome.URLs[0].State != expose.Running {
		t.Errorf("URLs %+v, %v", outcome.URLs, err)
	}
	close(removable)
	outcome.WaitCleanup()
	if len(f.engine.volumes) > 0 {
		t.Errorf("left: %+v", f.engine.volumes)
	}
}
