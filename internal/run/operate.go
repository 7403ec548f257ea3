package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/engineconfig"
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

	complained sync.Map // services whose containers had to be killed, and of which that was said
}

// do carries out one operation and reports it.
func (a *applier) do(ctx context.Context, op plan.Op) error {
	kind, verb := words(op)
	start := time.Now()
	report := func(state event.State, text string) {
		a.options.Sink(event.Event{Kind: kind, ID: op.Name, Name: op.Title(), Parent: op.Service, State: state, Text: text, Took: time.Since(start)})
	}
	if op.Action == plan.Await {
		return a.awaitCondition(ctx, op, func() { report(event.Working, verb.doing) })
	}
	report(event.Working, verb.doing)
	err := a.perform(ctx, op)
	if who := others(err); op.Action == plan.RemoveNetwork && who != "" {
		report(event.Warning, "stays: it still connects "+who)
		return nil
	}
	if err != nil {
		why := explain(err, op)
		if a.options.PortsMove && fail.CodeOf(why) == fail.PortTaken {
			report(event.Warning, "lost its port to somebody else meanwhile; looking for another")
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
	case plan.CreateNetwork:
		return a.createNetwork(ctx, op)
	case plan.RecreateNetwork:
		return a.recreateNetwork(ctx, op)
	case plan.RemoveNetwork:
		_, err := a.engine.NetworkRemove(ctx, op.Name, client.NetworkRemoveOptions{})
		return ignoreGone(err)
	case plan.CreateVolume:
		return a.createVolume(ctx, op)
	case plan.RemoveVolume:
		err := a.insist(ctx, func() error {
			_, err := a.engine.VolumeRemove(ctx, op.Name, client.VolumeRemoveOptions{})
			return err
		})
		if op.Disposable && errdefs.IsConflict(err) { // somebody uses it meanwhile
			return nil
		}
		return ignoreGone(err)
	case plan.Create:
		return a.create(ctx, op)
	case plan.Recreate:
		return a.recreate(ctx, op)
	case plan.Rename:
		return a.rename(ctx, op)
	case plan.Start:
		return a.start(ctx, op, op.Old.ID)
	case plan.Stop:
		return a.stop(ctx, op.Old)
	case plan.RestartOnly:
		err := a.restart(ctx, op.Old)
		if err == nil {
			a.result.runs(op, op.Old.ID)
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

// create makes a container under its final name and starts it. A container that
// cannot start is left as it is: the next run replaces it, and meanwhile its
// state can be looked at.
func (a *applier) create(ctx context.Context, op plan.Op) error {
	id, err := a.newContainer(ctx, op, op.Name, "")
	if err != nil || op.NoStart {
		return err
	}
	return a.start(ctx, op, id)
}

// recreate makes the successor under a name of its own before it removes the
// old container, so that at each moment one of the two holds the anonymous
// volumes. The label of the successor tells a later run what it was for.
func (a *applier) recreate(ctx context.Context, op plan.Op) error {
	id, err := a.newContainer(ctx, op, plan.ShortID(op.Old.ID)+"_"+op.Name, op.Old.Name)
	if err != nil {
		return err
	}
	if err := a.remove(ctx, op); err != nil {
		return err
	}
	if _, err := a.engine.ContainerRename(ctx, id, client.ContainerRenameOptions{NewName: op.Name}); err != nil {
		return err
	}
	if op.NoStart {
		return nil
	}
	return a.start(ctx, op, id)
}

func (a *applier) rename(ctx context.Context, op plan.Op) error {
	if _, err := a.engine.ContainerRename(ctx, op.Old.ID, client.ContainerRenameOptions{NewName: op.Name}); err != nil {
		return err
	}
	if op.NoStart {
		return nil
	}
	return a.start(ctx, op, op.Old.ID)
}

func (a *applier) newContainer(ctx context.Context, op plan.Op, name, replaces string) (string, error) {
	s := a.project.Services[op.Service]
	missing := likelyFiles(s)
	if err := prepareBinds(s); err != nil {
		return "", err
	}
	for _, file := range missing {
		a.options.Sink(event.Event{
			Kind: event.Note, ID: "folder " + file, Name: s.Name, State: event.Warning,
			Text: fmt.Sprintf("service %s mounts %s, which was not there and is a folder now: was a file meant?", s.Name, file),
		})
	}
	labels := engineconfig.Labels(a.project, s, op.Number, a.options.Images[plan.ImageName(a.project, s)], a.options.Inputs[s.Name])
	maps.Copy(labels, op.Labels)
	if op.Declared != nil {
		hash, err := op.Declared.Hash(func(host string) string { return cmp.Or(a.result.first(host), op.Hosts[host]) })
		if err != nil {
			return "", err
		}
		labels[plan.LabelHash] = hash
	}
	if replaces != "" {
		labels[plan.LabelReplace] = replaces
	}
	c := engineconfig.Container{Service: s, Number: op.Number, Labels: labels, Volumes: op.KeepVolumes, API: a.engine.ClientVersion()}
	create, err := engineconfig.Create(a.project, c)
	if err != nil {
		return "", err
	}
	create.Name = name
	if a.adjust != nil {
		a.adjust(&create)
	}
	var made client.ContainerCreateResult
	err = a.insist(ctx, func() error {
		made, err = a.engine.ContainerCreate(ctx, create)
		return err
	})
	if errdefs.IsConflict(err) {
		return "", contested(err, op)
	}
	if err != nil {
		return "", err
	}
	a.remark(s, op.Number, made.Warnings)
	return made.ID, a.connect(ctx, c, made.ID)
}

// connect joins the networks that could not be named at creation.
func (a *applier) connect(ctx context.Context, c engineconfig.Container, id string) error {
	later, err := engineconfig.JoinLater(a.project, c)
	if err != nil {
		return err
	}
	for _, n := range later {
		if _, err := a.engine.NetworkConnect(ctx, n.Network, client.NetworkConnectOptions{Container: id, EndpointConfig: n.Settings}); err != nil {
			return err
		}
	}
	return nil
}

// start fills a container, starts it and runs its hooks.
func (a *applier) start(ctx context.Context, op plan.Op, id string) error {
	s := a.service(op.Service)
	if err := a.fill(ctx, s, id); err != nil {
		return err
	}
	if _, err := a.engine.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return err
	}
	if err := a.started(ctx, s, id); err != nil {
		return err
	}
	a.result.runs(op, id)
	return nil
}

func (a *applier) stop(ctx context.Context, c plan.Container) error {
	if !c.Up() && c.State != "paused" {
		return nil
	}
	a.stopping(ctx, c)
	began := time.Now()
	_, err := a.engine.ContainerStop(ctx, c.ID, client.ContainerStopOptions{Timeout: a.seconds()})
	if err == nil {
		a.complain(ctx, c, time.Since(began))
	}
	return ignoreGone(err)
}

// remove stops and removes a container, then the anonymous volumes that the plan
// gives up. One of them that somebody else uses meanwhile stays.
func (a *applier) remove(ctx context.Context, op plan.Op) error {
	if err := a.stop(ctx, op.Old); err != nil {
		return err
	}
	_, err := a.engine.ContainerRemove(ctx, op.Old.ID, client.ContainerRemoveOptions{Force: true})
	if err := ignoreGone(err); err != nil {
		return err
	}
	for _, name := range op.Drop {
		_, err := a.engine.VolumeRemove(ctx, name, client.VolumeRemoveOptions{})
		if err := ignoreGone(err); err != nil && !errdefs.IsConflict(err) {
			return err
		}
	}
	return nil
}

func (a *applier) seconds() *int {
	if a.options.StopTimeout == nil {
		return nil
	}
	seconds := int(math.Ceil(a.options.StopTimeout.Seconds()))
	return &seconds
}

// ignoreGone drops the error that a resource is not there.
func ignoreGone(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// verb says an action while it happens and afterwards.
type verb struct{ doing, done string }

func words(op plan.Op) (event.Kind, verb) {
	switch op.Action {
	case plan.CreateNetwork:
		return event.Network, verb{"creating", "created"}
	case plan.RecreateNetwork:
		return event.Network, verb{"replacing", "replaced"}
	case plan.RemoveNetwork:
		return event.Network, verb{"removing", "removed"}
	case plan.CreateVolume:
		return event.Volume, verb{"creating", "created"}
	case plan.RemoveVolume:
		return event.Volume, verb{"removing", "removed"}
	case plan.Recreate:
		return event.Container, verb{"replacing", "replaced"}
	case plan.Stop:
		return event.Container, verb{"stopping", "stopped"}
	case plan.RestartOnly:
		return event.Container, verb{"restarting", "restarted"}
	case plan.Kill:
		if !op.Deadly() {
			return event.Container, verb{"sending signal " + op.Signal, "got signal " + op.Signal}
		}
		return event.Container, verb{"killing", "killed"}
	case plan.Pause:
		return event.Container, verb{"pausing", "paused"}
	case plan.Unpause:
		return event.Container, verb{"unpausing", "runs again"}
	case plan.Remove:
		return event.Container, verb{"removing", "removed"}
	case plan.Await:
		if op.Condition == types.ServiceConditionCompletedSuccessfully {
			return event.Service, verb{"working, others wait for its end", ""}
		}
		return event.Service, verb{"starting, others wait until it is healthy", ""}
	default:
		if op.Action == plan.Create && op.NoStart {
			return event.Container, verb{"creating", "created"}
		}
		return event.Container, verb{"starting", "started"}
	}
}
