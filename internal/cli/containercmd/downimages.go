package containercmd

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// imagesToRemove are the references of the images that `down --rmi` means: "all", or
// "local" for those that carry no name of their own. Without files, what the
// containers say of their images counts.
func imagesToRemove(s *session.Session, which string, services []string) []string {
	set := map[string]bool{}
	note := func(service, image string, own bool) {
		meant := len(services) == 0 || slices.Contains(services, service)
		if meant && image != "" && (which == "all" || which == "local" && !own) {
			set[image] = true
		}
	}
	if s.Project != nil {
		for name, service := range s.Project.AllServices() {
			note(name, plan.ImageName(s.Files(), service), service.Image != "")
			if plan.HasPackages(service) {
				slim := plan.SlimImage(s.Files(), service)
				note(name, slim, false)
				note(name, plan.BaseImage(slim), false)
			}
		}
		return slices.Sorted(maps.Keys(set))
	}
	for _, c := range s.State.Summaries(s.Name) {
		service := c.Labels[plan.LabelService]
		own, _, _ := strings.Cut(c.Image, ":devup")
		note(service, c.Image, own != s.Name+"-"+service)
	}
	return slices.Sorted(maps.Keys(set))
}

// removeImages removes images by reference. One that is not there is no news, one that
// another user uses stays.
func removeImages(ctx context.Context, env *command.Env, s *session.Session, images []string) error {
	for _, ref := range images {
		if env.Flags.DryRun {
			show.Operation(env, "remove-image", ref)
			continue
		}
		report := func(state event.State, text string) {
			env.Sink(event.Event{Kind: event.Image, Name: ref, State: state, Text: text})
		}
		_, err := s.Engine.Client.ImageRemove(ctx, ref, client.ImageRemoveOptions{PruneChildren: true})
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
