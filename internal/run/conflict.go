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

// An engine goes on creating a container when the devup that asked for it is killed. Until
// it has copied the image's files into the container's volumes, which takes long with a
// node_modules, it lists the container nowhere. But it holds the container's name and
// volumes: a request for these is refused with the container's ID.
const (
	conflictEvery   = 200 * time.Millisecond // the pause between two tries
	conflictTimeout = 3 * time.Minute
)

var containerID = lazyregexp.New(`\b[0-9a-f]{64}\b`)

// retryConflict carries out something that the engine may refuse because of a container
// that a killed run of the project left unfinished: it waits until the engine has finished
// that one, removes it and tries again. Any other refusal is given back.
func retryConflict(ctx context.Context, e Containers, project string, try func() error) error {
	limit := time.NewTimer(conflictTimeout)
	defer limit.Stop()
	for {
		err := try()
		if project == "" || !errdefs.IsConflict(err) {
			return err
		}
		id := containerID.FindString(err.Error())
		if id == "" || !removeUnfinished(ctx, e, project, id) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-limit.C:
			return err
		case <-time.After(conflictEvery):
		}
	}
}

// removeUnfinished removes a container that was created for the project and never started.
// It gives false for any other container, which stays in the way.
func removeUnfinished(ctx context.Context, e Containers, project, id string) bool {
	found, err := e.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return errdefs.IsNotFound(err) // still being created, or gone by now
	}
	c := found.Container
	if c.Config == nil || c.Config.Labels[plan.LabelProject] != project || c.State == nil || c.State.Status != container.StateCreated {
		return false
	}
	_, err = e.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true})
	return ignoreNotFound(err) == nil
}

// contended is the error for a container that another process creates at the same time.
func contended(err error, op plan.Op) error {
	e := fail.Wrap(err, fail.Failed, "wait for it to finish, then run the command again",
		"container %s: another process creates it at the same time", op.Name)
	e.Service = op.Service
	return e
}
