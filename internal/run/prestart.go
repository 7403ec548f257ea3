package run

import (
	"cmp"
	"context"
	"maps"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// Outcomes tells how containers that run to their end did so.
type Outcomes interface {
	containerexec.Waiter
	containerexec.Logger
}

// preStart is what the pre_start hooks of a service run with. Each runs in a container of its
// own that has the volumes and networks of the one that is about to start.
type preStart struct {
	*applier
	service types.ServiceConfig
	starts  string // the ID of the container that is about to start
}

// run runs the hooks one after the other. The first that fails keeps the service from being
// started, and its container stays for a look at it.
func (p preStart) run(ctx context.Context) error {
	for i, hook := range p.service.PreStart {
		if err := p.hook(ctx, i, hook); err != nil {
			return err
		}
	}
	return nil
}

func (p preStart) hook(ctx context.Context, index int, hook types.PreStartHook) error {
	service := hookService(p.service, hook, plan.ImageName(p.project, p.service))
	c := engineconfig.Container{
		Service: service, Number: 1, API: p.engine.API,
		Labels: map[string]string{
			plan.LabelProject: p.project.Name, plan.LabelService: service.Name, plan.LabelVersion: plan.ComposeVersion, plan.LabelHook: plan.HookPreStart,
		},
	}
	create, err := engineconfig.Create(p.project, c)
	if err != nil {
		return err
	}
	create.Name = "" // the engine takes one: several may stay
	create.HostConfig.VolumesFrom = append(create.HostConfig.VolumesFrom, p.starts)
	made, err := p.engine.Containers.ContainerCreate(ctx, create)
	if err != nil {
		return err
	}
	remove := func() error {
		_, err := p.engine.Containers.ContainerRemove(context.WithoutCancel(ctx), made.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		return ignoreNotFound(err)
	}
	status, err := p.toItsEnd(ctx, c, made.ID)
	if err == nil && status != 0 {
		return p.failed(ctx, index, status, made.ID)
	}
	if left := remove(); err == nil {
		err = left
	}
	return err
}

// hookService is a service whose container runs a pre_start hook. What the hook inherits of its
// service is in it already, except what changed after the files were read.
func hookService(s types.ServiceConfig, hook types.PreStartHook, image string) types.ServiceConfig {
	own := types.ServiceConfig{Name: s.Name, ContainerSpec: hook.ContainerSpec}
	own.Image = cmp.Or(hook.Image, image)
	own.Environment = maps.Clone(s.Environment)
	if own.Environment == nil {
		own.Environment = types.MappingWithEquals{}
	}
	maps.Copy(own.Environment, hook.Environment)
	return single(own, OneOff{})
}

func (p preStart) toItsEnd(ctx context.Context, c engineconfig.Container, id string) (int, error) {
	if err := p.connect(ctx, c, id); err != nil {
		return 0, err
	}
	if err := p.copyFiles(ctx, c.Service, id); err != nil {
		return 0, err
	}
	return containerexec.StartAndWait(ctx, p.engine.Processes, p.engine.Outcomes, id, func(context.Context) error { return nil })
}

// failed is the error of a hook, with the last lines of what it printed.
func (p preStart) failed(ctx context.Context, index, status int, id string) error {
	f := fail.New(fail.Failed, "`docker logs "+plan.ShortID(id)+"` shows all that it printed; the next `devup up` runs it again",
		"the pre_start hook %d of %s ended with status %d", index+1, p.service.Name, status)
	f.Service = p.service.Name
	f.Lines, _ = containerexec.LastLines(ctx, p.engine.Outcomes, id) // what could be read
	return f
}
