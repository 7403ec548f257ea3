package up

import (
	"context"
	"errors"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
)

// Engine is what a run has done on the engine, a method a step. [On] gives the real one;
// images are [images.Store]'s.
type Engine interface {
	// CheckExternal says which network or volume that the project takes for granted does not exist.
	CheckExternal(context.Context, *types.Project) error
	// Observe reads the state of the engine.
	Observe(context.Context) (observe.State, error)
	// Apply carries out a plan; see [run.Apply].
	Apply(context.Context, *types.Project, *plan.Plan, run.Options) (*run.Result, error)
	// Wait waits until the probes succeed; see [ready.Wait].
	Wait(context.Context, []ready.Probe, ready.Options) error
	// SetUp runs setup steps; see [setup.Run]. The options are those of the plan that was applied.
	SetUp(context.Context, setup.Work, run.Options) error
}

// On is the engine that a client is connected to.
func On(c *client.Client) Engine { return engine{c} }

type engine struct{ client *client.Client }

func (e engine) CheckExternal(ctx context.Context, p *types.Project) error {
	return observe.CheckExternal(ctx, e.client, p)
}

func (e engine) Observe(ctx context.Context) (observe.State, error) {
	return observe.Engine(ctx, e.client)
}

func (e engine) Apply(ctx context.Context, p *types.Project, todo *plan.Plan, o run.Options) (*run.Result, error) {
	return run.Apply(ctx, run.On(e.client), p, todo, o)
}

func (e engine) Wait(ctx context.Context, probes []ready.Probe, o ready.Options) error {
	return ready.Wait(ctx, ready.On(e.client), probes, o)
}

// SetUp restarts services after their early steps: a server that found no tables when it
// started may have given up.
func (e engine) SetUp(ctx context.Context, w setup.Work, o run.Options) error {
	w.OneOff = func(ctx context.Context, s setup.Step) (containerexec.Result, bool, error) {
		return e.runOneOff(ctx, w.Project.Project, w.Containers[s.Service], s, o)
	}
	failed := setup.Run(ctx, e.client, w)
	services := setup.Restarts(w.Project.Project, w.Steps, failed)
	if len(services) == 0 || ctx.Err() != nil {
		return failed
	}
	state, err := e.Observe(ctx)
	if err != nil {
		return errors.Join(failed, err)
	}
	_, err = e.Apply(ctx, w.Project.Project, restarts(state.Project(w.Project.Name).Observed, services), run.Options{Project: w.Project.Name, Sink: w.Sink})
	return errors.Join(failed, err)
}

// restarts is the plan of `devup restart`: each container of the services, also one that has
// ended, and those in its network that run.
func restarts(o plan.Observed, services []string) *plan.Plan {
	o.Containers = slices.DeleteFunc(slices.Clone(o.Containers), func(c plan.Container) bool { return !c.Up() && !slices.Contains(services, c.Service) })
	return plan.RestartAll(o, services, false)
}
