package up

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/volume"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/plan"
)

func TestSplitLeavesRemovalsToTheEnd(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Orphans: []string{"old"}, Ops: []plan.Op{
		{Action: plan.RemoveVolume, Name: "early", Disposable: true},
		{Action: plan.Recreate, Name: "web", After: []int{0}},
		{Action: plan.RemoveVolume, Name: "modules", Disposable: true, After: []int{1}},
		{Action: plan.RemoveVolume, Name: "left", Disposable: true},
	}}
	first, cleanup := split(p)
	if diff := cmp.Diff(p.Ops[:2], first.Ops); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	want := []plan.Op{{Action: plan.RemoveVolume, Name: "modules", Disposable: true}, {Action: plan.RemoveVolume, Name: "left", Disposable: true}}
	if diff := cmp.Diff(want, cleanup.Ops); diff != "" {
		t.Errorf("cleanup (-want +got):\n%s", diff)
	}
	if len(p.Ops[2].After) != 1 || len(first.Orphans) != 1 {
		t.Error("the plan was changed, or lost its orphans")
	}
}

func TestSplitKeepsVolumesWithData(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Ops: []plan.Op{{Action: plan.RemoveVolume, Name: "db"}}}
	if first, cleanup := split(p); len(first.Ops) != 1 || len(cleanup.Ops) != 0 {
		t.Errorf("first %v, cleanup %v", first.Ops, cleanup.Ops)
	}
}

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
