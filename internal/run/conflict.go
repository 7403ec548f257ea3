package run

import (
	"context"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/plan"
)

// An engine goes on making a container when the devup that asked for it is killed.
// Until it has copied the image's files into the container's volumes, which takes
// long with a node_modules, it lists the container nowhere, but already holds its
// name and its volumes: asked for these, it refuses and names the container.
const (
	lookAgain = 200 * time.Millisecond // the pause between two looks at such a container
	patience  = 3 * time.Minute        // how long one is waited for
)

var containerID = lazyregexp.New(`\b[0-9a-f]{64}\b`)

// insist carries out something that the engine may refuse because of a container
// that a killed run left half made: it waits until that one is whole, removes it and
// tries again. Any other refusal is given back.
func (a *applier) insist(ctx context.Context, try func() error) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		err := try()
		if a.options.Project == "" || !errdefs.IsConflict(err) {
			return err
		}
		blocker := containerID.FindString(err.Error())
		if blocker == "" || !a.clear(ctx, blocker) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-limit.C:
			return err
		case <-time.After(lookAgain):
		}
	}
}

// clear removes a container that was made for this project and never started. It
// gives false when the container is no such one and will stay in the way.
func (a *applier) clear(ctx context.Context, id string) bool {
	found, err := a.engine.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return errdefs.IsNotFound(err) // still being made, or gone by now
	}
	c := found.Container
	if c.Config == nil || c.Config.Labels[plan.LabelProject] != a.options.Project || c.State == nil || c.State.Status != container.StateCreated {
		return false
	}
	_, err = a.engine.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true})
	return ignoreGone(err) == nil
}

// contested is the error for a container that somebody else makes at the same time.
func contested(err error, op plan.Op) error {
	e := fail.Wrap(err, fail.Failed, "wait until whoever does that is ready, then run the command again",
		"somebody else made the container %s at the same time", op.Name)
	e.Service = op.Service
	return e
}
