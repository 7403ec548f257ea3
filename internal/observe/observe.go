// Package observe reads the state of the engine, with as few calls as that takes, and
// changes nothing: [Engine] reads all that Compose or devup have there, [Containers] the
// containers alone, [FirstEnd] and [WaitStable] wait for what changes by itself.
package observe

import (
	"cmp"
	"context"
	"fmt"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/plan"
)

// Lister is what [Engine] needs of the engine.
type Lister interface {
	containerLister
	NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error)
	VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error)
}

// Engine reads the state of the engine by three calls, in parallel.
func Engine(ctx context.Context, e Lister) (State, error) {
	var containers client.ContainerListResult
	var networks client.NetworkListResult
	var volumes client.VolumeListResult
	compose := client.Filters{}.Add("label", plan.LabelProject)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) { // all of them: any container may hold a port
		containers, err = e.ContainerList(ctx, client.ContainerListOptions{All: true})
		return wrap(err, "list containers")
	})
	group.Go(func() (err error) {
		networks, err = e.NetworkList(ctx, client.NetworkListOptions{Filters: compose})
		return wrap(err, "list networks")
	})
	group.Go(func() (err error) {
		volumes, err = e.VolumeList(ctx, client.VolumeListOptions{Filters: compose})
		return wrap(err, "list volumes")
	})
	if err := group.Wait(); err != nil {
		return State{}, err
	}
	s := State{containers: renamed(containers.Items), networks: networks.Items, volumes: volumes.Items, Owners: map[string]string{}, Complete: true}
	for _, n := range s.networks {
		s.addOwner(n.Labels)
	}
	for _, v := range s.volumes {
		s.addOwner(v.Labels)
	}
	for _, c := range s.containers { // last: what runs says it best
		s.addOwner(c.Labels)
	}
	return s, nil
}

// containerLister is what [Containers] and [WaitStable] need of the engine.
type containerLister interface {
	ContainerList(context.Context, client.ContainerListOptions) (client.ContainerListResult, error)
}

// Containers reads the containers alone, by one call: those of a Compose project, or of
// all projects when project is empty. The state has no networks, no volumes and no
// containers outside of Compose.
func Containers(ctx context.Context, e containerLister, project string) (State, error) {
	label := plan.LabelProject
	if project != "" {
		label += "=" + project
	}
	list, err := e.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: client.Filters{}.Add("label", label)})
	if err != nil {
		return State{}, wrap(err, "list containers")
	}
	s := State{containers: renamed(list.Items), Owners: map[string]string{}}
	for _, c := range s.containers {
		s.addOwner(c.Labels)
	}
	return s, nil
}

// podmanStates are the states that Podman has and Docker has not, as what Docker would say.
var podmanStates = map[container.ContainerState]container.ContainerState{
	"initialized": container.StateCreated, "stopping": container.StateRunning, "stopped": container.StateExited,
}

func renamed(list []container.Summary) []container.Summary {
	for i, c := range list {
		list[i].State = cmp.Or(podmanStates[c.State], c.State)
	}
	return list
}

func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
