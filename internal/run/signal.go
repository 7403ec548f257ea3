package run

import (
	"context"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// signal kills, freezes or thaws a container. One that has ended meanwhile needs no
// signal any more.
func (a *applier) signal(ctx context.Context, op plan.Op) error {
	var err error
	switch op.Action {
	case plan.Pause:
		_, err = a.engine.ContainerPause(ctx, op.Old.ID, client.ContainerPauseOptions{})
	case plan.Unpause:
		if _, err = a.engine.ContainerUnpause(ctx, op.Old.ID, client.ContainerUnpauseOptions{}); err == nil {
			a.result.runs(op, op.Old.ID)
		}
	case plan.Kill:
		_, err = a.engine.ContainerKill(ctx, op.Old.ID, client.ContainerKillOptions{Signal: op.Signal})
		if errdefs.IsInvalidArgument(err) {
			unknown := fail.Wrap(err, fail.Usage, "for example SIGTERM, HUP or 15", "the engine knows no signal %q", op.Signal)
			unknown.Told = true
			return unknown
		}
		if errdefs.IsConflict(err) {
			return nil
		}
	default:
		return fmt.Errorf("%s is no signal", op.Action)
	}
	return ignoreGone(err)
}
