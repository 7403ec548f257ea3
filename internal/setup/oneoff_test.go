package setup

import (
	"context"
	"slices"
	"testing"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/event"
)

// failing is an engine whose commands end with a code.
type failing struct {
	slow
	status int
}

func (e failing) ExecInspect(context.Context, string, client.ExecInspectOptions) (client.ExecInspectResult, error) {
	return client.ExecInspectResult{ExitCode: e.status}, nil
}

// TestOneOff: an early step runs in a container of its own where that of its service has ended,
// and no other step does.
func TestOneOff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		status        int // in the service's container
		early, ended  bool
		oneOff        int // the exit code there
		asked, passes bool
	}{
		{name: "in the service's container", early: true, passes: true},
		{name: "fails there", early: true, status: 1, asked: true},
		{name: "the service has ended", early: true, ended: true, status: 137, asked: true, passes: true},
		{name: "fails in both", early: true, ended: true, status: 137, oneOff: 2, asked: true},
		{name: "a late step", ended: true, status: 137},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			kept, asked := &memory{}, false
			err := Run(t.Context(), failing{status: test.status}, Work{
				Project: read(t, shop), Steps: []Step{{Service: "api", Name: "migrate", Command: []string{"make"}, Early: test.early, Once: true}},
				Containers: map[string]string{"api": "1"}, Memory: kept, Sink: func(event.Event) {},
				OneOff: func(context.Context, Step) (containerexec.Result, bool, error) {
					asked = true
					return containerexec.Result{Status: test.oneOff}, test.ended, nil
				},
			})
			if (err == nil) != test.passes || asked != test.asked || slices.Contains(kept.kept, "migrate") != test.passes {
				t.Errorf("error %v, asked %t, kept %v", err, asked, kept.kept)
			}
		})
	}
}
