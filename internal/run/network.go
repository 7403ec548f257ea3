package run

import (
	"context"
	"fmt"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// shared carries out the operations on networks and volumes.
type shared struct {
	engine  Engine
	project *types.Project
	options Options
}

// perform picks the work of an action.
func (s shared) perform(ctx context.Context, op plan.Op) error {
	switch op.Action {
	case plan.CreateNetwork:
		return s.createNetwork(ctx, op)
	case plan.RecreateNetwork:
		return s.recreateNetwork(ctx, op)
	case plan.RemoveNetwork:
		_, err := s.engine.Networks.NetworkRemove(ctx, op.Name, client.NetworkRemoveOptions{})
		return ignoreNotFound(err)
	case plan.CreateVolume:
		return s.createVolume(ctx, op)
	default:
		return s.removeVolume(ctx, op)
	}
}

func (s shared) createNetwork(ctx context.Context, op plan.Op) error {
	n, api := s.project.Networks[op.Key], s.engine.API
	options, err := engineconfig.Network(s.project, op.Key, op.Labels, api)
	if err != nil {
		return err
	}
	if api != "" && versions.LessThan(api, "1.44") {
		// Such an engine would create a second network of the name.
		if there, err := s.engine.Networks.NetworkInspect(ctx, n.Name, client.NetworkInspectOptions{}); err == nil && there.Network.Name == n.Name {
			s.adopted(event.Network, n.Name, there.Network.Labels)
			return nil
		}
	}
	_, err = s.engine.Networks.NetworkCreate(ctx, n.Name, options)
	if errdefs.IsConflict(err) { // created since the state was read, or without our label: it is used
		if there, err := s.engine.Networks.NetworkInspect(ctx, n.Name, client.NetworkInspectOptions{}); err == nil {
			s.adopted(event.Network, n.Name, there.Network.Labels)
		}
		return nil
	}
	return err
}

// adopted warns of a network or volume that existed without this project having created it.
// It is used as it is, whatever the files declare.
func (s shared) adopted(kind event.Kind, name string, labels map[string]string) {
	owner := labels[plan.LabelProject]
	if owner == s.project.Name {
		return
	}
	by := "not by a project"
	if owner != "" {
		by = "by project " + owner
	}
	s.options.Sink(event.Event{
		Kind: event.Note, ID: "adopted " + name, Name: name, State: event.Warning,
		Text: fmt.Sprintf("the %s %s existed already, created %s: it is used as it is (declare it with `external: true` to hide this warning)", kind, name, by),
	})
}

func (s shared) createVolume(ctx context.Context, op plan.Op) error {
	options := engineconfig.Volume(s.project, op.Key, op.Labels)
	options.Labels[plan.LabelMade] = time.Now().UTC().Format(time.RFC3339Nano)
	made, err := s.engine.Volumes.VolumeCreate(ctx, options)
	if err == nil { // also for a volume that existed
		s.adopted(event.Volume, options.Name, made.Volume.Labels)
	}
	return err
}

// removeVolume removes a volume. A disposable one that is in use again stays.
func (s shared) removeVolume(ctx context.Context, op plan.Op) error {
	err := retryConflict(ctx, s.engine.Containers, s.options.Project, func() error {
		_, err := s.engine.Volumes.VolumeRemove(ctx, op.Name, client.VolumeRemoveOptions{})
		return err
	})
	if op.Disposable && errdefs.IsConflict(err) {
		return nil
	}
	return ignoreNotFound(err)
}
