package fakeengine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// Lists lists what a machine has, as package observe asks for it.
type Lists struct{ *Machine }

// ContainerList lists all containers, whatever the filters.
func (e Lists) ContainerList(context.Context, client.ContainerListOptions) (client.ContainerListResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list client.ContainerListResult
	for _, c := range e.containers {
		summary := container.Summary{
			ID: c.ID, Names: []string{"/" + c.Name}, State: container.ContainerState(c.State),
			NetworkSettings: &container.NetworkSettingsSummary{Networks: map[string]*network.EndpointSettings{}},
			Status:          c.status(), Ports: c.Ports, SizeRw: c.Written,
		}
		if !c.Created.IsZero() {
			summary.Created = c.Created.Unix()
		}
		if c.Health != "" {
			summary.Health = &container.HealthSummary{Status: container.HealthStatus(c.Health)}
		}
		if c.Options.Config != nil {
			summary.Labels, summary.Image = maps.Clone(c.Options.Config.Labels), c.Options.Config.Image
			if summary.ImageID = c.Options.Config.Image; !strings.HasPrefix(summary.ImageID, "sha256:") {
				summary.ImageID = ID(c.Options.Config.Image)
			}
			summary.Command = strings.Join(c.Options.Config.Cmd, " ")
		}
		for name := range c.Networks {
			i := slices.IndexFunc(e.networks, func(n network.Summary) bool { return n.Name == name })
			if i >= 0 {
				summary.NetworkSettings.Networks[name] = &network.EndpointSettings{NetworkID: e.networks[i].ID}
			}
		}
		summary.Mounts = c.mounts()
		list.Items = append(list.Items, summary)
	}
	return list, nil
}

// NetworkList lists all networks, whatever the filters.
func (e Lists) NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return client.NetworkListResult{Items: slices.Clone(e.networks)}, nil
}

// VolumeList lists all volumes, whatever the filters.
func (e Lists) VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return client.VolumeListResult{Items: slices.Clone(e.volumes)}, nil
}

// status is a container's state in the engine's words.
func (c *Container) status() string {
	switch {
	case c.State == "exited":
		return fmt.Sprintf("Exited (%d) 2 minutes ago", c.ExitCode)
	case c.State == "running" && c.Health != "":
		return "Up 2 minutes (" + c.Health + ")"
	case c.State == "running":
		return "Up 2 minutes"
	case c.State == "paused":
		return "Up 2 minutes (Paused)"
	}
	return strings.ToUpper(c.State[:1]) + c.State[1:]
}

// mounts are what a container has mounted.
func (c *Container) mounts() (points []container.MountPoint) {
	if c.Options.HostConfig == nil {
		return nil
	}
	for _, m := range c.Options.HostConfig.Mounts {
		points = append(points, container.MountPoint{Type: m.Type, Name: m.Source, Source: m.Source, Destination: m.Target})
	}
	for _, bind := range c.Options.HostConfig.Binds {
		source, rest, _ := strings.Cut(bind, ":")
		target, _, _ := strings.Cut(rest, ":")
		point := container.MountPoint{Type: "volume", Name: source, Destination: target}
		if strings.HasPrefix(source, "/") {
			point = container.MountPoint{Type: "bind", Source: source, Destination: target}
		}
		points = append(points, point)
	}
	return points
}
