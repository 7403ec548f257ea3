package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitLeavesRemovalsToTheEnd(t *testing.T) {
	t.Parallel()
	p := &Plan{Orphans: []string{"old"}, Ops: []Op{
		{Action: RemoveVolume, Name: "early", Disposable: true},
		{Action: Recreate, Name: "web", After: []int{0}},
		{Action: RemoveVolume, Name: "modules", Disposable: true, After: []int{1}},
		{Action: RemoveVolume, Name: "left", Disposable: true},
	}}
	first, cleanup := p.Split()
	if diff := cmp.Diff(p.Ops[:2], first.Ops); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	want := []Op{{Action: RemoveVolume, Name: "modules", Disposable: true}, {Action: RemoveVolume, Name: "left", Disposable: true}}
	if diff := cmp.Diff(want, cleanup.Ops); diff != "" {
		t.Errorf("cleanup (-want +got):\n%s", diff)
	}
	if len(p.Ops[2].After) != 1 || len(first.Orphans) != 1 {
		t.Error("the plan was changed, or lost its orphans")
	}
}

func TestSplitKeepsVolumesWithData(t *testing.T) {
	t.Parallel()
	p := &Plan{Ops: []Op{{Action: RemoveVolume, Name: "db"}}}
	if first, cleanup := p.Split(); len(first.Ops) != 1 || len(cleanup.Ops) != 0 {
		t.Errorf("first %v, cleanup %v", first.Ops, cleanup.Ops)
	}
}
