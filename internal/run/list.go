package run

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/plan"
)

// containerLister is what Containers and Calm need of the engine.
type containerLister interface {
	ContainerList(context.Context, client.ContainerListOptions) (client.ContainerListResult, error)
}

// Containers looks at containers alone, in one call: those of a Compose project, or of
// all projects when project is empty. What the survey says of networks and volumes is
// nothing; it names no holder of a port outside of Compose.
func Containers(ctx context.Context, e containerLister, project string) (Survey, error) {
	label := plan.LabelProject
	if project != "" {
		label += "=" + project
	}
	list, err := e.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: client.Filters{}.Add("label", label)})
	if err != nil {
		return Survey{}, wrap(err, "list containers")
	}
	s := Survey{containers: list.Items, Owners: map[string]string{}}
	for _, c := range s.containers {
		s.own(c.Labels)
	}
	return s, nil
}

// Names are the Compose projects that have containers, networks or volumes, sorted.
func (s Survey) Names() []string {
	found := map[string]bool{}
	for _, c := range s.containers {
		found[c.Labels[plan.LabelProject]] = true
	}
	for _, n := range s.networks {
		found[n.Labels[plan.LabelProject]] = true
	}
	for _, v := range s.volumes {
		found[v.Labels[plan.LabelProject]] = true
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}

// Summaries gives the containers of a project, or of all Compose projects when project
// is empty, as the engine lists them, by name.
func (s Survey) Summaries(project string) []container.Summary {
	var found []container.Summary
	for _, c := range s.containers {
		if owner := c.Labels[plan.LabelProject]; owner != "" && (project == "" || owner == project) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b container.Summary) int { return strings.Compare(NameOf(a), NameOf(b)) })
	return found
}
