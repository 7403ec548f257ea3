package up

import (
	"context"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
)

// Engine is all that the line needs of the engine: what each package on it asks
// for, and the lists of an observation.
type Engine interface {
	run.Engine
	ready.Engine
	ContainerList(context.Context, client.ContainerListOptions) (client.ContainerListResult, error)
	NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error)
	VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error)
}
