package up

import (
	"slices"
	"testing"

	"github.com/devup-cli/devup/internal/plan"
)

// TestRestarts: after early steps each container of a service is restarted, also one that has
// ended, and those that run in its network, which is another one then.
func TestRestarts(t *testing.T) {
	t.Parallel()
	of := func(name, service, state, joins string) plan.Container {
		return plan.Container{ID: name, Name: name, Service: service, State: state, Joins: joins}
	}
	o := plan.Observed{Containers: []plan.Container{
		of("api-1", "api", "running", ""), of("api-2", "api", "running", ""), of("api-3", "api", "exited", ""),
		of("web-1", "web", "running", "api-1"), of("db-1", "db", "running", ""), of("old-1", "old", "exited", "api-1"),
	}}
	var got []string
	for _, op := range restarts(o, []string{"api"}).Ops {
		if op.Action != plan.RestartOnly {
			t.Errorf("%s %s", op.Action, op.Name)
		}
		got = append(got, op.Old.Name)
	}
	if want := []string{"api-1", "api-2", "api-3", "web-1"}; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("restarts %q, want %q", got, want)
	}
	if len(o.Containers) != 6 || o.Containers[2].Name != "api-3" {
		t.Error("changes what was observed")
	}
}
