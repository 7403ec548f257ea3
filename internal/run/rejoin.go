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

// rejoinTime is how long containers may take to join a network again after the run was
// called off or has failed.
const rejoinTime = 10 * time.Second

// recreateNetwork replaces a network whose configuration changed. The project's
// containers leave it first: the engine removes no network that is in use. They are
// replaced afterwards and join the new one; those that stay join it as they are. When
// the network cannot be replaced, all of them join the old one again.
func (a *applier) recreateNetwork(ctx context.Context, op plan.Op) error {
	places, err := a.placesIn(ctx, op)
	if err != nil {
		return err
	}
	err = a.replaceNetwork(ctx, op)
	back := op.Rejoin
	if err != nil {
		back = op.Detach
	}
	later, cancel := context.WithTimeout(context.WithoutCancel(ctx), rejoinTime)
	defer cancel()
	for _, id := range back {
		a.rejoin(later, op, id, places[id])
	}
	return err
}

func (a *applier) replaceNetwork(ctx context.Context, op plan.Op) error {
	for _, id := range op.Detach {
		_, err := a.engine.NetworkDisconnect(ctx, op.Name, client.NetworkDisconnectOptions{Container: id, Force: true})
		if err := ignoreGone(err); err != nil {
			return err
		}
	}
	_, err := a.engine.NetworkRemove(ctx, op.Name, client.NetworkRemoveOptions{})
	if who := others(err); who != "" {
		return fail.Wrap(err, fail.Failed, "stop "+who+" first, or give the network another name",
			"the network %s has to be replaced (%s), and %s of another project uses it", op.Name, strings.Join(op.Causes, "; "), who)
	}
	if err := ignoreGone(err); err != nil {
		return err
	}
	return a.createNetwork(ctx, op)
}

// placesIn is how the containers that leave a network were connected to it, by ID. What
// the engine gave them itself, such as an address, it gives them anew.
func (a *applier) placesIn(ctx context.Context, op plan.Op) (map[string]*network.EndpointSettings, error) {
	places := map[string]*network.EndpointSettings{}
	for _, id := range op.Detach {
		found, err := a.engine.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err := ignoreGone(err); err != nil {
			return nil, err
		}
		if found.Container.NetworkSettings == nil {
			continue
		}
		if was := found.Container.NetworkSettings.Networks[op.Name]; was != nil {
			places[id] = &network.EndpointSettings{
				IPAMConfig: was.IPAMConfig, Links: was.Links, Aliases: was.Aliases, DriverOpts: was.DriverOpts, GwPriority: was.GwPriority,
			}
		}
	}
	return places, nil
}

// rejoin connects a container to the network as it was, or under another address where
// the network has the old one no more. It is no part of what was asked for, so a failure
// is told and stops nothing.
func (a *applier) rejoin(ctx context.Context, op plan.Op, id string, place *network.EndpointSettings) {
	if place == nil {
		return
	}
	_, err := a.engine.NetworkConnect(ctx, op.Name, client.NetworkConnectOptions{Container: id, EndpointConfig: place})
	if err != nil && place.IPAMConfig != nil {
		anywhere := *place
		anywhere.IPAMConfig = nil
		_, err = a.engine.NetworkConnect(ctx, op.Name, client.NetworkConnectOptions{Container: id, EndpointConfig: &anywhere})
	}
	if err := ignoreGone(err); err != nil {
		a.options.Sink(event.Event{
			Kind: event.Network, ID: op.Name, Name: op.Name, State: event.Warning,
			Text: fmt.Sprintf("the container %s is not connected to it any more: %v", plan.ShortID(id), err),
		})
	}
}
