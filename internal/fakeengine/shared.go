package fakeengine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
)

// Networks are the networks of a machine.
type Networks struct{ *Machine }

// index is the place of a network in the list, -1 for none. The lock is held.
func (e Networks) index(name string) int {
	return slices.IndexFunc(e.networks, func(n network.Summary) bool { return n.Name == name })
}

// NetworkCreate refuses a name that is in use.
func (e Networks) NetworkCreate(_ context.Context, name string, o client.NetworkCreateOptions) (client.NetworkCreateResult, error) {
	if err := e.request("create network", name); err != nil {
		return client.NetworkCreateResult{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.index(name) >= 0 {
		return client.NetworkCreateResult{}, cerrdefs.ErrConflict.WithMessage("network with name " + name + " already exists")
	}
	e.made++
	id := fmt.Sprint("id-", name, "-", e.made)
	e.networks = append(e.networks, network.Summary{Network: network.Network{ID: id, Name: name, Labels: o.Labels}})
	return client.NetworkCreateResult{ID: id}, nil
}

// NetworkInspect gives a network's labels.
func (e Networks) NetworkInspect(_ context.Context, name string, _ client.NetworkInspectOptions) (client.NetworkInspectResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.index(name)
	if i < 0 {
		return client.NetworkInspectResult{}, missing("network", name)
	}
	return client.NetworkInspectResult{Network: network.Inspect{Network: e.networks[i].Network}}, nil
}

// NetworkRemove refuses a network that running containers are connected to.
func (e Networks) NetworkRemove(_ context.Context, name string, _ client.NetworkRemoveOptions) (client.NetworkRemoveResult, error) {
	if err := e.request("remove network", name); err != nil {
		return client.NetworkRemoveResult{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.index(name)
	if i < 0 {
		return client.NetworkRemoveResult{}, missing("network", name)
	}
	var users []string
	for _, c := range e.containers {
		if c.Networks[name] != nil && c.State == "running" {
			users = append(users, fmt.Sprintf(`name:"%s" id:"%s"`, c.Name, c.ID))
		}
	}
	if len(users) > 0 {
		return client.NetworkRemoveResult{}, cerrdefs.ErrPermissionDenied.WithMessage("error while removing network: network " + name + " has active endpoints (" + strings.Join(users, ", ") + ")")
	}
	e.networks = slices.Delete(e.networks, i, i+1)
	return client.NetworkRemoveResult{}, nil
}

// NetworkConnect connects a container.
func (e Networks) NetworkConnect(ctx context.Context, name string, o client.NetworkConnectOptions) (client.NetworkConnectResult, error) {
	if ctx.Err() != nil {
		return client.NetworkConnectResult{}, ctx.Err()
	}
	if err := e.request("connect "+name, o.Container); err != nil {
		return client.NetworkConnectResult{}, err
	}
	e.Set(o.Container, func(c *Container) { c.Networks[name] = o.EndpointConfig })
	return client.NetworkConnectResult{}, nil
}

// NetworkDisconnect disconnects a container.
func (e Networks) NetworkDisconnect(_ context.Context, name string, o client.NetworkDisconnectOptions) (client.NetworkDisconnectResult, error) {
	if err := e.request("disconnect "+name, o.Container); err != nil {
		return client.NetworkDisconnectResult{}, err
	}
	e.Set(o.Container, func(c *Container) { delete(c.Networks, name) })
	return client.NetworkDisconnectResult{}, nil
}

// Volumes are the volumes of a machine.
type Volumes struct{ *Machine }

// index is the place of a volume in the list, -1 for none. The lock is held.
func (e Volumes) index(name string) int {
	return slices.IndexFunc(e.volumes, func(v volume.Volume) bool { return v.Name == name })
}

// VolumeCreate gives the volume that exists, if one does.
func (e Volumes) VolumeCreate(_ context.Context, o client.VolumeCreateOptions) (client.VolumeCreateResult, error) {
	if err := e.request("create volume", o.Name); err != nil {
		return client.VolumeCreateResult{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.index(o.Name)
	if i < 0 {
		i = len(e.volumes)
		e.volumes = append(e.volumes, volume.Volume{Name: o.Name, Labels: o.Labels})
	}
	return client.VolumeCreateResult{Volume: e.volumes[i]}, nil
}

// VolumeRemove removes a volume.
func (e Volumes) VolumeRemove(_ context.Context, name string, _ client.VolumeRemoveOptions) (client.VolumeRemoveResult, error) {
	if err := e.request("remove volume", name); err != nil {
		return client.VolumeRemoveResult{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.index(name)
	if i < 0 {
		return client.VolumeRemoveResult{}, missing("volume", name)
	}
	e.volumes = slices.Delete(e.volumes, i, i+1)
	return client.VolumeRemoveResult{}, nil
}
