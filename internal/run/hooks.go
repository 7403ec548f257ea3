package run

import (
	"context"
	"fmt"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// postStart runs a service's post_start hooks one after the other. The first that fails
// fails the start.
func (a *applier) postStart(ctx context.Context, s types.ServiceConfig, id string) error {
	for i, hook := range s.PostStart {
		if err := a.hook(ctx, s.Name, "post_start", i, hook, id); err != nil {
			return err
		}
	}
	return nil
}

// preStop runs a service's pre_stop hooks in a container that is about to be stopped. The
// first that fails keeps it from being stopped, as in Compose: a hook may save what would
// be lost.
func (a *applier) preStop(ctx context.Context, c plan.Container) error {
	if c.State != "running" {
		return nil
	}
	for i, hook := range a.service(c.Service).PreStop {
		err := a.hook(ctx, c.Service, "pre_stop", i, hook, c.ID)
		if errdefs.IsConflict(err) && a.hasEnded(ctx, c.ID) {
			return nil // since it was observed: there is nothing left to save
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hasEnded tells whether a container runs no more.
func (a *applier) hasEnded(ctx context.Context, id string) bool {
	found, err := a.engine.Containers.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	return err == nil && found.Container.State != nil && !found.Container.State.Running
}

// hook runs a command in a container. An error of the command has the last lines
// of what it printed.
func (a *applier) hook(ctx context.Context, service, kind string, index int, h types.ServiceHook, id string) error {
	what := fmt.Sprintf("%s hook %d of %s", kind, index+1, service)
	done, err := containerexec.Tail(ctx, a.engine.Exec, id, containerexec.Command{
		Words: h.Command, User: h.User, WorkingDir: h.WorkingDir, Env: engineconfig.Environment(h.Environment), Privileged: h.Privileged,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if done.Status == 0 {
		return nil
	}
	f := fail.New(fail.Failed, "see what it printed, and try it with `devup exec`", "the %s ended with status %d", what, done.Status)
	if kind == "pre_stop" {
		f.Hint = "`devup kill " + service + "` stops it without its hooks"
	}
	f.Service, f.Lines = service, done.Lines
	return f
}
