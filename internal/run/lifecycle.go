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
	"github.com/devup-cli/devup/internal/plan"
)

// start copies files into a container, starts it and runs its hooks.
func (a *applier) start(ctx context.Context, op plan.Op, id string) error {
	s := a.service(op.Service)
	if err := a.copyFiles(ctx, s, id); err != nil {
		return err
	}
	if op.PreStart {
		if err := (preStart{a, s, id}).run(ctx); err != nil {
			return err
		}
	}
	if _, err := a.engine.Processes.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return err
	}
	if err := a.postStart(ctx, s, id); err != nil {
		return err
	}
	a.result.add(op, id)
	return nil
}

// stop stops a container with its hooks. One that is removed next is left to the engine where it
// has no time to stop: the removal kills it.
func (a *applier) stop(ctx context.Context, c plan.Container, removed bool) error {
	if !c.Up() && c.State != "paused" {
		return nil
	}
	if err := a.preStop(ctx, c); err != nil {
		return err
	}
	timeout, unheard := a.stopTimeoutOf(ctx, c)
	if removed && timeout != nil && *timeout == 0 && c.State == "running" {
		a.warnKilled(ctx, c, unheard, 0)
		return nil
	}
	began := time.Now()
	_, err := a.engine.Processes.ContainerStop(ctx, c.ID, client.ContainerStopOptions{Timeout: timeout})
	if err == nil {
		a.warnKilled(ctx, c, unheard, time.Since(began))
	}
	return ignoreNotFound(err)
}

// remove stops and removes a container, then the anonymous volumes that the plan
// gives up. One of them that is in use again stays.
func (a *applier) remove(ctx context.Context, op plan.Op) error {
	if err := a.stop(ctx, op.Old, true); err != nil {
		return err
	}
	_, err := a.engine.Containers.ContainerRemove(ctx, op.Old.ID, client.ContainerRemoveOptions{Force: true})
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	for _, name := range op.Drop {
		_, err := a.engine.Volumes.VolumeRemove(ctx, name, client.VolumeRemoveOptions{})
		if err := ignoreNotFound(err); err != nil && !errdefs.IsConflict(err) {
			return err
		}
	}
	return nil
}

// stopTimeout is the grace period that replaces the containers' own; nil keeps theirs.
func (a *applier) stopTimeout() *int {
	if a.options.StopTimeout == nil {
		return nil
	}
	seconds := int(math.Ceil(a.options.StopTimeout.Seconds()))
	return &seconds
}

// restart restarts a container with its hooks around it.
func (a *applier) restart(ctx context.Context, c plan.Container) error {
	if err := a.preStop(ctx, c); err != nil {
		return err
	}
	timeout, unheard := a.stopTimeoutOf(ctx, c)
	began := time.Now()
	if _, err := a.engine.Processes.ContainerRestart(ctx, c.ID, client.ContainerRestartOptions{Timeout: timeout}); err != nil {
		return err
	}
	a.warnKilled(ctx, c, unheard, time.Since(began))
	return a.postStart(ctx, a.service(c.Service), c.ID)
}

// copyFiles copies the secrets and configs that are not files on this machine into a
// container before it starts. It does so at each start: a run may have been killed between
// the creation and the copy.
func (a *applier) copyFiles(ctx context.Context, s types.ServiceConfig, id string) error {
	if len(s.Secrets)+len(s.Configs) == 0 {
		return nil
	}
	content, err := engineconfig.Files(a.project, s)
	if err != nil || content == nil {
		return err
	}
	_, err = a.engine.Containers.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: "/", Content: bytes.NewReader(content)})
	if err != nil {
		return fmt.Errorf("copy secrets and configs: %w", err)
	}
	return nil
}

// signal kills, pauses or unpauses a container. One that has ended in the meantime needs
// no signal.
func (a *applier) signal(ctx context.Context, op plan.Op) error {
	var err error
	switch op.Action {
	case plan.Pause:
		_, err = a.engine.Processes.ContainerPause(ctx, op.Old.ID, client.ContainerPauseOptions{})
	case plan.Unpause:
		if _, err = a.engine.Processes.ContainerUnpause(ctx, op.Old.ID, client.ContainerUnpauseOptions{}); err == nil {
			a.result.add(op, op.Old.ID)
		}
	case plan.Kill:
		_, err = a.engine.Processes.ContainerKill(ctx, op.Old.ID, client.ContainerKillOptions{Signal: op.Signal})
		if errdefs.IsConflict(err) {
			return nil
		}
	default:
		return fmt.Errorf("%s is not a signal", op.Action)
	}
	return ignoreNotFound(err)
}
