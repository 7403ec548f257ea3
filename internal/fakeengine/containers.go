package fakeengine

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// longAgo is when a container was started that was never seen to be.
var longAgo = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Containers creates and removes the containers of a machine.
type Containers struct{ *Machine }

// ContainerCreate refuses a name that is in use.
func (e Containers) ContainerCreate(_ context.Context, o client.ContainerCreateOptions) (client.ContainerCreateResult, error) {
	if err := e.request("create", o.Name); err != nil {
		return client.ContainerCreateResult{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.find(o.Name); c != nil {
		return client.ContainerCreateResult{}, cerrdefs.ErrConflict.WithMessage(`The container name "/` + o.Name + `" is already in use by container "` + c.ID + `".`)
	}
	return client.ContainerCreateResult{ID: e.add(Container{Name: o.Name, Options: o}).ID}, nil
}

// ContainerInspect gives a container's state and connections.
func (e Containers) ContainerInspect(_ context.Context, id string, _ client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	if err := e.ask("inspect", id); err != nil {
		return client.ContainerInspectResult{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.find(id)
	if c == nil {
		return client.ContainerInspectResult{}, missing("container", id)
	}
	started := c.Started
	if started.IsZero() {
		started = longAgo
	}
	state := &container.State{
		StartedAt: started.Format(time.RFC3339Nano),
		Status:    container.ContainerState(c.State), ExitCode: c.ExitCode,
		Running: c.State == "running" || c.State == "paused", Restarting: c.State == "restarting", Paused: c.State == "paused",
	}
	if c.Health != "" {
		state.Health = &container.Health{Status: container.HealthStatus(c.Health)}
	}
	return client.ContainerInspectResult{Container: container.InspectResponse{
		ID: c.ID, Name: "/" + c.Name, State: state, Config: c.Options.Config, HostConfig: c.Options.HostConfig,
		NetworkSettings: &container.NetworkSettings{Networks: maps.Clone(c.Networks)},
	}}, nil
}

// ContainerRename gives a container another name.
func (e Containers) ContainerRename(_ context.Context, id string, o client.ContainerRenameOptions) (client.ContainerRenameResult, error) {
	if err := e.request("rename", id, o.NewName); err != nil {
		return client.ContainerRenameResult{}, err
	}
	e.Set(id, func(c *Container) { c.Name = o.NewName })
	return client.ContainerRenameResult{}, nil
}

// ContainerRemove removes a container, and refuses one that runs unless it is forced.
func (e Containers) ContainerRemove(_ context.Context, id string, o client.ContainerRemoveOptions) (client.ContainerRemoveResult, error) {
	err := e.change("remove", id, func(c *Container) error {
		if c.State == "running" && !o.Force {
			return cerrdefs.ErrConflict.WithMessage("container is running")
		}
		e.containers = slices.DeleteFunc(e.containers, func(other *Container) bool { return other == c })
		return nil
	})
	return client.ContainerRemoveResult{}, err
}

// CopyToContainer keeps the archive.
func (e Containers) CopyToContainer(_ context.Context, id string, o client.CopyToContainerOptions) (client.CopyToContainerResult, error) {
	content, err := io.ReadAll(o.Content)
	if err != nil {
		return client.CopyToContainerResult{}, err
	}
	return client.CopyToContainerResult{}, e.change("copy", id, func(c *Container) error {
		c.Copied = content
		return nil
	})
}
