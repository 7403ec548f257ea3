package fakeengine

import (
	"context"
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
		}
		if c.Options.Config != nil {
			summary.Labels, summary.ImageID = maps.Clone(c.Options.Config.Labels), ID(c.Options.Config.Image)
		}
		for name := range c.Networks {
			i := slices.IndexFunc(e.networks, func(n network.Summary) bool { return n.Name == name })
			if i >= 0 {
				summary.NetworkSettings.Networks[name] = &network.EndpointSettings{NetworkID: e.networks[i].ID}
			}
		}
		if c.Options.HostConfig != nil {
			for _, m := range c.Options.HostConfig.Mounts {
				summary.Mounts = append(summary.Mounts, container.MountPoint{Type: m.Type, Name: m.Source, Source: m.Source, Destination: m.Target})
			}
			for _, bind := range c.Options.HostConfig.Binds {
				source, rest, _ := strings.Cut(bind, ":")
				target, _, _ := strings.Cut(rest, ":")
				point := container.MountPoint{Type: "volume", Name: source, Destination: target}
				if strings.HasPrefix(source, "/") {
					point = container.MountPoint{Type: "bind", Source: source, Destination: target}
				}
				summary.Mounts = append(summary.Mounts, point)
			}
		}
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
