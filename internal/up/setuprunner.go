package up

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
)

// setupRunner runs setup steps on the engine.
type setupRunner struct{ client *client.Client }

// SetUp restarts services after their early steps: a server that found no tables when it
// started may have given up.
func (e setupRunner) SetUp(ctx context.Context, w setup.Work, o run.Options) error {
	w.OneOff = func(ctx context.Context, s setup.Step) (containerexec.Result, bool, error) {
		return e.runOneOff(ctx, w.Project.Project, w.Containers[s.Service], s, o)
	}
	failed := setup.Run(ctx, e.client, w)
	services := setup.Restarts(w.Project.Project, w.Steps, failed)
	if len(services) == 0 || ctx.Err() != nil {
		return failed
	}
	state, err := observe.Engine(ctx, e.client)
	if err != nil {
		return errors.Join(failed, err)
	}
	_, err = run.On(e.client).Apply(ctx, w.Project.Project, restarts(state.Project(w.Project.Name).Observed, services), run.Options{Project: w.Project.Name, Sink: w.Sink})
	return errors.Join(failed, err)
}

// restarts is the plan of `devup restart`: each container of the services, also one that has
// ended, and those in its network that run.
func restarts(o plan.Observed, services []string) *plan.Plan {
	o.Containers = slices.DeleteFunc(slices.Clone(o.Containers), func(c plan.Container) bool { return !c.Up() && !slices.Contains(services, c.Service) })
	return plan.RestartAll(o, services, false)
}

// runOneOff runs a setup step in a container of its own where that of its service has ended: a
// server may exit until the step has made its tables. ran is false where it has not ended.
func (e setupRunner) runOneOff(ctx context.Context, p *types.Project, in string, s setup.Step, o run.Options) (done containerexec.Result, ran bool, err error) {
	seen, err := e.client.ContainerInspect(ctx, in, client.ContainerInspectOptions{})
	if err != nil || seen.Container.State == nil || seen.Container.State.Status == container.StateRunning {
		return containerexec.Result{}, false, err
	}
	single, err := run.MakeOneOff(ctx, run.On(e.client), p, stepService(p.Services[s.Service], s.Command), run.OneOff{}, o)
	if err != nil {
		return containerexec.Result{}, true, err
	}
	defer func() {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTime)
		defer cancel()
		_, left := e.client.ContainerRemove(after, single.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		err = errors.Join(err, left)
	}()
	if err := single.Start(ctx); err != nil {
		return containerexec.Result{}, true, err
	}
	ended := e.client.ContainerWait(ctx, single.ID, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case err := <-ended.Error:
		return containerexec.Result{}, true, err
	case result := <-ended.Result:
		done.Status = int(result.StatusCode)
	}
	done.Lines, err = containerexec.LastLines(ctx, e.client, single.ID)
	return done, true, err
}

// removeTime is how long the engine has to remove the container of a setup step.
const removeTime = 30 * time.Second

// stepService is a service whose container runs a setup step and nothing else. Without a
// terminal, its log can be read as two streams.
func stepService(s types.ServiceConfig, command []string) types.ServiceConfig {
	s.Entrypoint, s.Command = command, types.ShellCommand{}
	s.Ports, s.PostStart, s.PreStop, s.HealthCheck = nil, nil, nil, nil
	s.Tty = false
	return s
}
