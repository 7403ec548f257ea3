// Package run changes the engine: [Engine.Apply] carries out a plan of package plan, as parallel
// as the plan and the engine allow. It decides nothing that a plan could decide.
package run

import (
	"context"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
)

// Engine is what Apply needs of the engine, by subject. [On] gives that of a client.
type Engine struct {
	API        string // the version that both sides speak; empty for the newest
	Networks   Networks
	Volumes    Volumes
	Containers Containers
	Processes  Processes
	Exec       containerexec.Engine
	Outcomes   Outcomes
}

// On is the engine that a client is connected to: one that was asked something before, so
// that the API's version is known.
func On(c *client.Client) Engine {
	return Engine{API: c.ClientVersion(), Networks: c, Volumes: c, Containers: c, Processes: c, Exec: c, Outcomes: c}
}

// Networks creates and removes networks, and connects containers to them.
type Networks interface {
	NetworkCreate(context.Context, string, client.NetworkCreateOptions) (client.NetworkCreateResult, error)
	NetworkInspect(context.Context, string, client.NetworkInspectOptions) (client.NetworkInspectResult, error)
	NetworkRemove(context.Context, string, client.NetworkRemoveOptions) (client.NetworkRemoveResult, error)
	NetworkConnect(context.Context, string, client.NetworkConnectOptions) (client.NetworkConnectResult, error)
	NetworkDisconnect(context.Context, string, client.NetworkDisconnectOptions) (client.NetworkDisconnectResult, error)
}

// Volumes creates and removes volumes.
type Volumes interface {
	VolumeCreate(context.Context, client.VolumeCreateOptions) (client.VolumeCreateResult, error)
	VolumeRemove(context.Context, string, client.VolumeRemoveOptions) (client.VolumeRemoveResult, error)
}

// Containers creates, fills and removes containers.
type Containers interface {
	ContainerCreate(context.Context, client.ContainerCreateOptions) (client.ContainerCreateResult, error)
	ContainerInspect(context.Context, string, client.ContainerInspectOptions) (client.ContainerInspectResult, error)
	ContainerRename(context.Context, string, client.ContainerRenameOptions) (client.ContainerRenameResult, error)
	ContainerRemove(context.Context, string, client.ContainerRemoveOptions) (client.ContainerRemoveResult, error)
	CopyToContainer(context.Context, string, client.CopyToContainerOptions) (client.CopyToContainerResult, error)
}

// Processes starts, stops and signals the processes of containers.
type Processes interface {
	ContainerStart(context.Context, string, client.ContainerStartOptions) (client.ContainerStartResult, error)
	ContainerStop(context.Context, string, client.ContainerStopOptions) (client.ContainerStopResult, error)
	ContainerRestart(context.Context, string, client.ContainerRestartOptions) (client.ContainerRestartResult, error)
	ContainerKill(context.Context, string, client.ContainerKillOptions) (client.ContainerKillResult, error)
	ContainerPause(context.Context, string, client.ContainerPauseOptions) (client.ContainerPauseResult, error)
	ContainerUnpause(context.Context, string, client.ContainerUnpauseOptions) (client.ContainerUnpauseResult, error)
}
