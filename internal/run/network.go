package run

import (
	"context"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

func (a *applier) createNetwork(ctx context.Context, op plan.Op) error {
	n, api := a.project.Networks[op.Key], a.engine.ClientVersion()
	options, err := engineconfig.Network(a.project, op.Key, op.Labels, api)
	if err != nil {
		return err
	}
	if versions.LessThan(api, "1.44") {
		// Such an engine would make a second network of the name.
		if there, err := a.engine.NetworkInspect(ctx, n.Name, client.NetworkInspectOptions{}); err == nil && there.Network.Name == n.Name {
			a.adopted(event.Network, n.Name, there.Network.Labels)
			return nil
		}
	}
	_, err = a.engine.NetworkCreate(ctx, n.Name, options)
	if errdefs.IsConflict(err) { // made by somebody since the look, or without our label: it serves
		if there, err := a.engine.NetworkInspect(ctx, n.Name, client.NetworkInspectOptions{}); err == nil {
			a.adopted(event.Network, n.Name, there.Network.Labels)
		}
		return nil
	}
	return err
}

// adopted warns of a network or volume that was there without this project
// having made it. It is used as it is, whatever the files say of it.
func (a *applier) adopted(kind event.Kind, name string, labels map[string]string) {
	owner := labels[plan.LabelProject]
	if owner == a.project.Name {
		return
	}
	by := "and not by a project"
	if owner != "" {
		by = "by project " + owner
	}
	a.options.Sink(event.Event{
		Kind: event.Note, ID: "adopted " + name, Name: name, State: event.Warning,
		Text: fmt.Sprintf("the %s %s was there, made %s: it is used as it is (`external: true` says that this is meant)", kind, name, by),
	})
}

func (a *applier) createVolume(ctx context.Context, op plan.Op) error {
	options := engineconfig.Volume(a.project, op.Key, op.Labels)
	made, err := a.engine.VolumeCreate(ctx, options)
	if err == nil { // also for a volume that was there
		a.adopted(event.Volume, options.Name, made.Volume.Labels)
	}
	return err
}
