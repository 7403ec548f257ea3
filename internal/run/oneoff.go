package run

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/plan"
)

// OneOff says how the container of a one-off command differs from those of its
// service. The zero value keeps the container when the command has ended.
type OneOff struct {
	Name    string // the container's name; empty for one like Compose's: shop-web-run-1f0c2a6d9b3e
	Remove  bool   // the engine removes the container, with its anonymous volumes, when the command has ended
	Stdin   bool   // a stream will be connected to what the command reads
	Columns int    // of the terminal that the command gets from its first moment on; 0 for unknown
	Rows    int
	Aliases bool // the container answers to the names of its service in its networks
}

// Single is the container of a one-off command, made and not started.
type Single struct {
	ID, Name string
	service  string
	applier  *applier
}

// MakeOneOff makes the container of a one-off command for a service as s says, which
// may differ from what the project says of the service. The networks, the volumes and
// the image have to be there.
func MakeOneOff(ctx context.Context, e Engine, p *types.Project, s types.ServiceConfig, o OneOff, opts Options) (*Single, error) {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	id := hex.EncodeToString(random)
	if o.Name == "" {
		o.Name = p.Name + "-" + s.Name + "-run-" + id
	}
	own := *p
	own.Services = maps.Clone(p.Services)
	own.Services[s.Name] = single(s, o)
	a := &applier{engine: e, project: &own, options: opts, result: newResult()}
	a.adjust = func(create *client.ContainerCreateOptions) { asOneOff(create, o, id) }
	print, err := plan.FingerprintOf(&own, own.Services[s.Name], nil)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(print.Label()))
	made, err := a.newContainer(ctx, plan.Op{
		Action: plan.Create, Name: o.Name, Service: s.Name, Number: 1,
		Labels: map[string]string{plan.LabelHash: hex.EncodeToString(hash[:])}, // Compose shows no container without one
	}, o.Name, "")
	if err != nil {
		if made != "" {
			_, _ = e.Containers.ContainerRemove(context.WithoutCancel(ctx), made, client.ContainerRemoveOptions{Force: true}) // it never ran; rm finds it if need be
		}
		return nil, err
	}
	return &Single{ID: made, Name: o.Name, service: s.Name, applier: a}, nil
}

// Start starts the command and runs the service's hooks.
func (s *Single) Start(ctx context.Context) error {
	return s.applier.start(ctx, plan.Op{Service: s.service, Number: 1}, s.ID)
}

// single is a service as a one-off command has it: once, under a name of its own, never
// restarted, and by default under no name that others look for.
func single(s types.ServiceConfig, o OneOff) types.ServiceConfig {
	one := 1
	s.Scale, s.ContainerName, s.Restart = &one, o.Name, "no"
	if s.Deploy != nil {
		deploy := *s.Deploy
		deploy.Replicas, deploy.RestartPolicy = nil, nil
		s.Deploy = &deploy
	}
	if o.Aliases {
		return s
	}
	s.Networks = maps.Clone(s.Networks)
	no := false
	for key, n := range s.Networks {
		joined := types.ServiceNetworkConfig{}
		if n != nil {
			joined = *n
		}
		joined.Aliases, joined.UseServiceNameAlias = nil, &no
		s.Networks[key] = &joined
	}
	return s
}

// asOneOff marks a container as that of a one-off command, as Compose does.
func asOneOff(create *client.ContainerCreateOptions, o OneOff, slug string) {
	labels := create.Config.Labels
	delete(labels, plan.LabelNumber)
	labels[plan.LabelOneOff], labels[plan.LabelSlug] = "True", slug
	create.Config.AttachStdin, create.Config.StdinOnce = o.Stdin, o.Stdin && create.Config.OpenStdin
	create.Config.AttachStdout, create.Config.AttachStderr = true, true
	create.HostConfig.AutoRemove = o.Remove
	create.HostConfig.ConsoleSize = [2]uint{uint(o.Rows), uint(o.Columns)}
	create.HostConfig.RestartPolicy = container.RestartPolicy{}
}
