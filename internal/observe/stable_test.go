package observe

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// stopping is an engine with a container that runs until a moment.
type stopping struct{ until time.Time }

func (s stopping) ContainerList(context.Context, client.ContainerListOptions) (client.ContainerListResult, error) {
	c := container.Summary{ID: "c1", State: container.StateRunning}
	if time.Now().After(s.until) {
		c.State = container.StateExited
	}
	return client.ContainerListResult{Items: []container.Summary{c}}, nil
}

func TestWaitStableWaitsForWhatStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := WaitStable(t.Context(), stopping{began.Add(600 * time.Millisecond)}, "shop"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 1600*time.Millisecond || took > 2*time.Second {
			t.Errorf("it took %v; want a second after the container stopped", took)
		}
	})
}
