package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// imagesToRemove are the references of the images that `down --rmi` means: "all", or
// "local" for those that carry no name of their own. Without files, what the
// containers say of their images counts.
func (r *running) imagesToRemove(which string, services []string) []string {
	set := map[string]bool{}
	note := func(service, image string, own bool) {
		meant := len(services) == 0 || slices.Contains(services, service)
		if meant && image != "" && (which == "all" || which == "local" && !own) {
			set[image] = true
		}
	}
	if r.project != nil {
		for name, s := range r.project.AllServices() {
			note(name, plan.ImageName(r.project.Project, s), s.Image != "")
		}
		return slices.Sorted(maps.Keys(set))
	}
	for _, c := range r.survey.Summaries(r.name) {
		service := c.Labels[plan.LabelService]
		note(service, c.Image, c.Image != r.name+"-"+service)
	}
	return slices.Sorted(maps.Keys(set))
}

// removeImages removes images by reference. One that is not there is no news, one that
// somebody else uses stays.
func (a *app) removeImages(ctx context.Context, r *running, images []string) error {
	for _, ref := range images {
		if a.flags.dryRun {
			a.rehearseLine("remove-image", ref)
			continue
		}
		report := func(state event.State, text string) {
			a.ui.Sink()(event.Event{Kind: event.Image, Name: ref, State: state, Text: text})
		}
		_, err := r.engine.Client.ImageRemove(ctx, ref, client.ImageRemoveOptions{PruneChildren: true})
		switch {
		case errdefs.IsNotFound(err):
		case errdefs.IsConflict(err):
			report(event.Warning, "stays: another container uses it")
		case err != nil:
			report(event.Failed, "removing")
			return err
		default:
			report(event.Done, "removed")
		}
	}
	return nil
}
