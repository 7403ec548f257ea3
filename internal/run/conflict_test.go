package run

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// unfinished is an engine that is busy with a container of an earlier run until a
// moment: till then it refuses what that one holds, and does not list it.
type unfinished struct {
	Containers // calls that no test expects panic
	Volumes
	Processes
	until   time.Time
	project string
	state   container.ContainerState
	removed bool
}

var blocker = strings.Repeat("1f", 32)

func (h *unfinished) ContainerInspect(context.Context, string, client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	if time.Now().Before(h.until) {
		return client.ContainerInspectResult{}, errdefs.ErrNotFound.WithMessage("No such container: " + blocker)
	}
	return client.ContainerInspectResult{Container: container.InspectResponse{
		State:  &container.State{Status: h.state},
		Config: &container.Config{Labels: map[string]string{plan.LabelProject: h.project}},
	}}, nil
}

func (h *unfinished) ContainerRemove(context.Context, string, client.ContainerRemoveOptions) (client.ContainerRemoveResult, error) {
	h.removed = true
	return client.ContainerRemoveResult{}, nil
}

func (h *unfinished) VolumeRemove(context.Context, string, client.VolumeRemoveOptions) (client.VolumeRemoveResult, error) {
	if h.removed {
		return client.VolumeRemoveResult{}, nil
	}
	return client.VolumeRemoveResult{}, errdefs.ErrConflict.WithMessage("remove data: volume is in use - [" + blocker + "]")
}

func (h *unfinished) ContainerCreate(context.Context, client.ContainerCreateOptions) (client.ContainerCreateResult, error) {
	if h.removed {
		return client.ContainerCreateResult{ID: "new"}, nil
	}
	return client.ContainerCreateResult{}, errdefs.ErrConflict.WithMessage(`Conflict. The container name "/shop-web-1" is already in use by container "` + blocker + `".`)
}

func (h *unfinished) ContainerStart(context.Context, string, client.ContainerStartOptions) (client.ContainerStartResult, error) {
	return client.ContainerStartResult{}, nil
}

// A devup that is killed while the engine makes a container leaves it to the engine
// to finish. The next run takes it out of the way.
func TestApplyRemovesUnfinishedContainers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		op      plan.Op
		project string
		state   container.ContainerState
		wait    time.Duration
		removed bool
		err     string
	}{
		{"its name", plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1}, "shop", container.StateCreated, 20 * time.Second, true, ""},
		{"its volume", plan.Op{Action: plan.RemoveVolume, Name: "data"}, "shop", container.StateCreated, 20 * time.Second, true, ""},
		{"another project's", plan.Op{Action: plan.RemoveVolume, Name: "data"}, "other", container.StateCreated, 0, false, "volume is in use"},
		{"one that runs", plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1}, "shop", container.StateRunning, 0, false, "container shop-web-1: another process creates it at the same time"},
		{"one that takes too long", plan.Op{Action: plan.RemoveVolume, Name: "data"}, "shop", container.StateCreated, time.Hour, false, "volume is in use"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, `services: {web: {image: x}}`)
			synctest.Test(t, func(t *testing.T) {
				engine := &unfinished{until: time.Now().Add(test.wait), project: test.project, state: test.state}
				_, err := Engine{Containers: engine, Volumes: engine, Processes: engine}.Apply(t.Context(), p, &plan.Plan{Ops: []plan.Op{test.op}}, Options{Project: "shop", Sink: event.Discard})
				switch {
				case test.err == "" && err != nil:
					t.Errorf("error %v", err)
				case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
					t.Errorf("error %v, want one with %q", err, test.err)
				}
				if fail.CodeOf(err) != fail.Failed {
					t.Errorf("code %s", fail.CodeOf(err))
				}
				if engine.removed != test.removed {
					t.Errorf("removed the container: %v, want %v", engine.removed, test.removed)
				}
			})
		})
	}
}
