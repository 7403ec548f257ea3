package containercmd

import (
	"testing"

	"github.com/devup-cli/devup/internal/plan"
)

func TestVolumesQuestion(t *testing.T) {
	t.Parallel()
	volume := func(name string) plan.Op { return plan.Op{Action: plan.RemoveVolume, Name: name} }
	container := func(service string, drop ...string) plan.Op {
		return plan.Op{Action: plan.Remove, Service: service, Drop: drop}
	}
	for _, c := range []struct {
		name string
		ops  []plan.Op
		want string
	}{
		{"one", []plan.Op{container("db"), volume("shop_data")}, "remove the volume shop_data of project shop, with the data in it?"},
		{
			"several, and one that only hides files",
			[]plan.Op{volume("shop_a"), volume("shop_b"), {Action: plan.RemoveVolume, Name: "cd", Disposable: true}},
			"remove the volumes shop_a, shop_b of project shop, with the data in them?",
		},
		{
			"without names",
			[]plan.Op{container("web", "2", "3"), container("web", "4"), container("db", "1"), container("api")},
			"remove 4 anonymous volumes (of db, web) of project shop, with the data in them?",
		},
		{
			"both",
			[]plan.Op{container("db", "1"), volume("shop_data")},
			"remove the volume shop_data and 1 anonymous volume (of db) of project shop, with the data in them?",
		},
	} {
		if got := volumesQuestion("shop", &plan.Plan{Ops: c.ops}); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
