package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// applier carries out single operations.
type applier struct {
	engine  Engine
	project *types.Project
	options Options
	result  *Result
	adjust  func(*client.ContainerCreateOptions) // changes what a container is made from; nil for nothing

	warned sync.Map // services of which a warning said that a container was killed
}

// do carries out one operation and reports it.
func (a *applier) do(ctx context.Context, op plan.Op) error {
	kind, verb := words(op)
	start := time.Now()
	report := func(state event.State, text string) {
		a.options.Sink(event.Event{Kind: kind, ID: op.Name, Name: op.Title(), Parent: op.Service, State: state, Text: text, Took: time.Since(start)})
	}
	if op.Action == plan.Await {
		err := awaitCondition(ctx, a.engine.Containers, op, func() { report(event.Working, verb.doing) })
		if err != nil && op.Optional && ctx.Err() == nil {
			report(event.Warning, "a dependency that is not required: "+err.Error())
			return nil
		}
		return err
	}
	report(event.Working, verb.doing)
	err := a.perform(ctx, op)
	if users := usersOf(err); op.Action == plan.RemoveNetwork && users != "" {
		report(event.Warning, "stays: it still connects "+users)
		return nil
	}
	if err != nil {
		why := explain(err, op)
		if a.options.PortsMove && fail.CodeOf(why) == fail.PortTaken {
			report(event.Warning, "its port was taken in the meantime; trying another")
		} else {
			report(event.Failed, verb.doing)
		}
		return why
	}
	report(event.Done, verb.done)
	return nil
}

// perform picks the work of an action.
func (a *applier) perform(ctx context.Context, op plan.Op) error {
	switch op.Action {
	case plan.CreateNetwork, plan.RecreateNetwork, plan.RemoveNetwork, plan.CreateVolume, plan.RemoveVolume:
		return shared{a.engine, a.project, a.options}.perform(ctx, op)
	case plan.Create:
		return a.create(ctx, op)
	case plan.Recreate:
		return a.recreate(ctx, op)
	case plan.Rename:
		return a.rename(ctx, op)
	case plan.Start:
		return a.start(ctx, op, op.Old.ID)
	case plan.Stop:
		return a.stop(ctx, op.Old, false)
	case plan.RestartOnly:
		err := a.restart(ctx, op.Old)
		if err == nil {
			a.result.add(op, op.Old.ID)
		}
		return err
	case plan.Kill, plan.Pause, plan.Unpause:
		return a.signal(ctx, op)
	case plan.Remove:
		return a.remove(ctx, op)
	default:
		return fmt.Errorf("unknown action %q", op.Action)
	}
}

// service is what the project says of a service; the zero value where the
// project's files are not known.
func (a *applier) service(name string) types.ServiceConfig {
	if a.project == nil {
		return types.ServiceConfig{}
	}
	return a.project.Services[name]
}

// ignoreNotFound drops the error that a resource is not there.
func ignoreNotFound(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
