//go:build e2e

package e2e

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// prefix is how the names of all projects of these tests begin.
const prefix = "devup-e2e-"

const projectLabel = "com.docker.compose.project"

func labelled(project string) client.Filters {
	return make(client.Filters).Add("label", projectLabel+"="+project)
}

// containers are the project's, running or not, sorted by name.
func containers(t *testing.T, project string) []container.Summary {
	t.Helper()
	list, err := docker.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: labelled(project)})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list.Items, func(a, b container.Summary) int { return strings.Compare(a.Names[0], b.Names[0]) })
	return list.Items
}

// inspect gives the one container of a service.
func inspect(t *testing.T, project, service string) container.InspectResponse {
	t.Helper()
	for _, c := range containers(t, project) {
		if c.Labels["com.docker.compose.service"] == service {
			found, err := docker.ContainerInspect(t.Context(), c.ID, client.ContainerInspectOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return found.Container
		}
	}
	t.Fatalf("the project %s has no container of %s", project, service)
	return container.InspectResponse{}
}

// left lists what the engine still has of a project: containers, networks, volumes.
func left(t *testing.T, project string) []string {
	t.Helper()
	var all []string
	for _, c := range containers(t, project) {
		all = append(all, "container "+c.Names[0])
	}
	networks, err := docker.NetworkList(t.Context(), client.NetworkListOptions{Filters: labelled(project)})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks.Items {
		all = append(all, "network "+n.Name)
	}
	volumes, err := docker.VolumeList(t.Context(), client.VolumeListOptions{Filters: labelled(project)})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range volumes.Items {
		all = append(all, "volume "+v.Name)
	}
	return all
}

// reap removes all that these tests made on the engine, of this run and of runs that
// were killed: whatever belongs to a project with our prefix.
func reap(ctx context.Context) error {
	var failed []error
	ours := func(labels map[string]string) bool { return strings.HasPrefix(labels[projectLabel], prefix) }
	list, err := docker.ContainerList(ctx, client.ContainerListOptions{All: true})
	failed = append(failed, err)
	for _, c := range list.Items {
		if ours(c.Labels) {
			_, err := docker.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			failed = append(failed, err)
		}
	}
	networks, err := docker.NetworkList(ctx, client.NetworkListOptions{})
	failed = append(failed, err)
	for _, n := range networks.Items {
		if ours(n.Labels) {
			_, err := docker.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
			failed = append(failed, err)
		}
	}
	volumes, err := docker.VolumeList(ctx, client.VolumeListOptions{})
	failed = append(failed, err)
	for _, v := range volumes.Items {
		if ours(v.Labels) {
			_, err := docker.VolumeRemove(ctx, v.Name, client.VolumeRemoveOptions{Force: true})
			failed = append(failed, err)
		}
	}
	images, err := docker.ImageList(ctx, client.ImageListOptions{})
	failed = append(failed, err)
	for _, i := range images.Items {
		for _, tag := range i.RepoTags {
			if strings.HasPrefix(tag, prefix) {
				_, err := docker.ImageRemove(ctx, tag, client.ImageRemoveOptions{Force: true})
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}
