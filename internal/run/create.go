package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// create creates a container under its final name and starts it. A container that cannot
// start stays: the next run replaces it, and its state can be inspected until then.
func (a *applier) create(ctx context.Context, op plan.Op) error {
	id, err := a.newContainer(ctx, op, op.Name, "")
	if err != nil || op.NoStart {
		return err
	}
	return a.start(ctx, op, id)
}

// recreate creates the successor under another name before it removes the old container,
// so that one of the two holds the anonymous volumes at each moment. The label of the
// successor tells a later run what it replaces.
func (a *applier) recreate(ctx context.Context, op plan.Op) error {
	id, err := a.newContainer(ctx, op, plan.ShortID(op.Old.ID)+"_"+op.Name, op.Old.Name)
	if err != nil {
		return err
	}
	if err := a.remove(ctx, op); err != nil {
		return err
	}
	if _, err := a.engine.Containers.ContainerRename(ctx, id, client.ContainerRenameOptions{NewName: op.Name}); err != nil {
		return err
	}
	if op.NoStart {
		return nil
	}
	return a.start(ctx, op, id)
}

func (a *applier) rename(ctx context.Context, op plan.Op) error {
	if _, err := a.engine.Containers.ContainerRename(ctx, op.Old.ID, client.ContainerRenameOptions{NewName: op.Name}); err != nil {
		return err
	}
	if op.NoStart {
		return nil
	}
	return a.start(ctx, op, op.Old.ID)
}

func (a *applier) newContainer(ctx context.Context, op plan.Op, name, replaces string) (string, error) {
	s := a.project.Services[op.Service]
	missing := missingFiles(s)
	if err := prepareBinds(s); err != nil {
		return "", err
	}
	for _, file := range missing {
		a.options.Sink(event.Event{
			Kind: event.Note, ID: "directory " + file, Name: s.Name, State: event.Warning,
			Text: fmt.Sprintf("service %s mounts %s, which did not exist and is a directory now; if it should be a file, create it and run the command again", s.Name, file),
		})
	}
	image := plan.ImageID(a.options.Images, a.project, s)
	labels := engineconfig.Labels(a.project, s, op.Number, image, a.options.Inputs[s.Name])
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
	c := engineconfig.Container{Service: s, Number: op.Number, Labels: labels, Image: image, Volumes: op.KeepVolumes, API: a.engine.API}
	create, err := engineconfig.Create(a.project, c)
	if err != nil {
		return "", err
	}
	create.Name = name
	if a.adjust != nil {
		a.adjust(&create)
	}
	var made client.ContainerCreateResult
	err = retryConflict(ctx, a.engine.Containers, a.options.Project, func() error {
		made, err = a.engine.Containers.ContainerCreate(ctx, create)
		return err
	})
	if errdefs.IsConflict(err) {
		return "", contended(err, op)
	}
	if err != nil {
		return "", err
	}
	a.warnOf(s, op.Number, made.Warnings)
	return made.ID, a.connect(ctx, c, made.ID)
}

// connect joins the networks that could not be named at creation.
func (a *applier) connect(ctx context.Context, c engineconfig.Container, id string) error {
	later, err := engineconfig.JoinLater(a.project, c)
	if err != nil {
		return err
	}
	for _, n := range later {
		if _, err := a.engine.Networks.NetworkConnect(ctx, n.Network, client.NetworkConnectOptions{Container: id, EndpointConfig: n.Settings}); err != nil {
			return err
		}
	}
	return nil
}

// warnOf passes on the engine's warnings about a new container, and warns of files that
// cannot be as the project declares; once for all containers of a service.
func (a *applier) warnOf(s types.ServiceConfig, number int, warnings []string) {
	if number > 1 {
		return
	}
	for _, text := range slices.Concat(warnings, engineconfig.IgnoredOwners(a.project, s)) {
		a.options.Sink(event.Event{Kind: event.Note, ID: s.Name + " " + text, Name: s.Name, State: event.Warning, Text: text})
	}
}
