package show

import (
	"testing"

	"github.com/devup-cli/devup/internal/plan"
)

func TestStates(t *testing.T) {
	t.Parallel()
	got := States([]plan.Container{
		{Service: "web", State: "exited"},
		{Service: "web", State: "running"},
		{Service: "api", State: "running", Health: "starting"},
		{Service: "db", State: "running", Health: "unhealthy"},
		{Service: "old", State: "exited"},
		{Service: "job", State: "running", OneOff: true},
	})
	for service, want := range map[string]string{"web": "running", "api": "starting", "db": "unhealthy", "old": "stopped", "job": ""} {
		if got[service] != want {
			t.Errorf("%s: %q, want %q", service, got[service], want)
		}
	}
}
