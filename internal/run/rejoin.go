package run

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// rejoinTimeout is how long containers may take to join a network again after the run was
// canceled or has failed.
const rejoinTimeout = 10 * time.Second

// recreateNetwork replaces a network whose configuration changed. The project's
// containers leave it first: the engine removes no network that is in use. They are
// replaced afterwards and join the new one; those that stay join it as they are. When
// the network cannot be replaced, all of them join the old one again.
func (s shared) recreateNetwork(ctx context.Context, op plan.Op) error {
	endpoints, err := s.endpointsIn(ctx, op)
	if err != nil {
		return err
	}
	err = s.replaceNetwork(ctx, op)
	back := op.Rejoin
	if err != nil {
		back = op.Detach
	}
	later, cancel := context.WithTimeout(context.WithoutCancel(ctx), rejoinTimeout)
	defer cancel()
	for _, id := range back {
		s.rejoin(later, op, id, endpoints[id])
	}
	return err
}

func (s shared) replaceNetwork(ctx context.Context, op plan.Op) error {
	for _, id := range op.Detach {
		_, err := s.engine.Networks.NetworkDisconnect(ctx, op.Name, client.NetworkDisconnectOptions{Container: id, Force: true})
		if err := ignoreNotFound(err); err != nil {
			return err
		}
	}
	_, err := s.engine.Networks.NetworkRemove(ctx, op.Name, client.NetworkRemoveOptions{})
	if users := usersOf(err); users != "" {
		return fail.Wrap(err, fail.Failed, "stop "+users+" first, or give the network another name",
			"network %s: cannot replace it (%s) while %s of another project uses it", op.Name, strings.Join(op.Causes, "; "), users)
	}
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	return s.createNetwork(ctx, op)
}

// endpointsIn is how the containers that leave a network were connected to it, by ID. It
// leaves out what the engine assigned itself, such as an address.
func (s shared) endpointsIn(ctx context.Context, op plan.Op) (map[string]*network.EndpointSettings, error) {
	endpoints := map[string]*network.EndpointSettings{}
	for _, id := range op.Detach {
		found, err := s.engine.Containers.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err := ignoreNotFound(err); err != nil {
			return nil, err
		}
		if found.Container.NetworkSettings == nil {
			continue
		}
		if was := found.Container.NetworkSettings.Networks[op.Name]; was != nil {
			endpoints[id] = &network.EndpointSettings{
				IPAMConfig: was.IPAMConfig, Links: was.Links, Aliases: was.Aliases, DriverOpts: was.DriverOpts, GwPriority: was.GwPriority,
			}
		}
	}
	return endpoints, nil
}

// rejoin connects a container to the network as it was, or with another address where the
// network no longer has the old one. A failure is a warning: the user did not ask for this.
func (s shared) rejoin(ctx context.Context, op plan.Op, id string, endpoint *network.EndpointSettings) {
	if endpoint == nil {
		return
	}
	_, err := s.engine.Networks.NetworkConnect(ctx, op.Name, client.NetworkConnectOptions{Container: id, EndpointConfig: endpoint})
	if err != nil && endpoint.IPAMConfig != nil {
		anywhere := *endpoint
		anywhere.IPAMConfig = nil
		_, err = s.engine.Networks.NetworkConnect(ctx, op.Name, client.NetworkConnectOptions{Container: id, EndpointConfig: &anywhere})
	}
	if err := ignoreNotFound(err); err != nil {
		s.options.Sink(event.Event{
			Kind: event.Network, ID: op.Name, Name: op.Name, State: event.Warning,
			Text: fmt.Sprintf("container %s is no longer connected to it: %v", plan.ShortID(id), err),
		})
	}
}
