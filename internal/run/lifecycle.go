package run

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// start fills a container, starts it and runs its hooks.
func (a *applier) start(ctx context.Context, op plan.Op, id string) error {
	s := a.service(op.Service)
	if err := a.fill(ctx, s, id); err != nil {
		return err
	}
	if _, err := a.engine.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return err
	}
	if err := a.started(ctx, s, id); err != nil {
		return err
	}
	a.result.runs(op, id)
	return nil
}

func (a *applier) stop(ctx context.Context, c plan.Container) error {
	if !c.Up() && c.State != "paused" {
		return nil
	}
	a.stopping(ctx, c)
	began := time.Now()
	_, err := a.engine.ContainerStop(ctx, c.ID, client.ContainerStopOptions{Timeout: a.seconds()})
	if err == nil {
		a.complain(ctx, c, time.Since(began))
	}
	return ignoreGone(err)
}

// remove stops and removes a container, then the anonymous volumes that the plan
// gives up. One of them that somebody else uses meanwhile stays.
func (a *applier) remove(ctx context.Context, op plan.Op) error {
	if err := a.stop(ctx, op.Old); err != nil {
		return err
	}
	_, err := a.engine.ContainerRemove(ctx, op.Old.ID, client.ContainerRemoveOptions{Force: true})
	if err := ignoreGone(err); err != nil {
		return err
	}
	for _, name := range op.Drop {
		_, err := a.engine.VolumeRemove(ctx, name, client.VolumeRemoveOptions{})
		if err := ignoreGone(err); err != nil && !errdefs.IsConflict(err) {
			return err
		}
	}
	return nil
}

func (a *applier) seconds() *int {
	if a.options.StopTimeout == nil {
		return nil
	}
	seconds := int(math.Ceil(a.options.StopTimeout.Seconds()))
	return &seconds
}

// restart restarts a container with its hooks around it.
func (a *applier) restart(ctx context.Context, c plan.Container) error {
	a.stopping(ctx, c)
	began := time.Now()
	if _, err := a.engine.ContainerRestart(ctx, c.ID, client.ContainerRestartOptions{Timeout: a.seconds()}); err != nil {
		return err
	}
	a.complain(ctx, c, time.Since(began))
	return a.started(ctx, a.service(c.Service), c.ID)
}

// fill copies into a container that does not run yet the secrets and configs
// that are no files on this machine. It does so at each start: a run may have
// been killed between making the container and filling it.
func (a *applier) fill(ctx context.Context, s types.ServiceConfig, id string) error {
	if len(s.Secrets)+len(s.Configs) == 0 {
		return nil
	}
	content, err := engineconfig.Files(a.project, s)
	if err != nil || content == nil {
		return err
	}
	_, err = a.engine.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: "/", Content: bytes.NewReader(content)})
	if err != nil {
		return fmt.Errorf("copy secrets and configs: %w", err)
	}
	return nil
}

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
