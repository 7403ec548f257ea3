//go:build e2e

package e2e

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// These decide what reap removes: by the name of a project or image, and when it was made.

func ofThisRun(name string, _ time.Time) bool { return strings.HasPrefix(name, thisRun) }

// ofKilledRuns leaves alone what another run may be using right now.
func ofKilledRuns(name string, made time.Time) bool {
	return strings.HasPrefix(name, prefix) && time.Since(made) > time.Hour
}

func ofProject(project string) func(string, time.Time) bool {
	return func(name string, _ time.Time) bool { return name == project || strings.HasPrefix(name, project+"-") }
}

// unlessGone leaves out that another run was removing the same.
func unlessGone(err error) error {
	if errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return nil
	}
	return err
}

// reap removes what tests made on the engine: of each kind what has the label of a
// project that is ours, and the images that have its name.
func reap(ctx context.Context, ours func(name string, made time.Time) bool) error {
	var failed []error
	list, err := docker.ContainerList(ctx, client.ContainerListOptions{All: true})
	failed = append(failed, err)
	for _, c := range list.Items {
		if ours(c.Labels[projectLabel], time.Unix(c.Created, 0)) {
			_, err := docker.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			failed = append(failed, unlessGone(err))
		}
	}
	networks, err := docker.NetworkList(ctx, client.NetworkListOptions{})
	failed = append(failed, err)
	for _, n := range networks.Items {
		if ours(n.Labels[projectLabel], n.Created) {
			_, err := docker.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
			failed = append(failed, unlessGone(err))
		}
	}
	volumes, err := docker.VolumeList(ctx, client.VolumeListOptions{})
	failed = append(failed, err)
	for _, v := range volumes.Items {
		made, _ := time.Parse(time.RFC3339, v.CreatedAt)
		if ours(v.Labels[projectLabel], made) {
			_, err := docker.VolumeRemove(ctx, v.Name, client.VolumeRemoveOptions{Force: true})
			failed = append(failed, unlessGone(err))
		}
	}
	return errors.Join(append(failed, reapImages(ctx, ours))...)
}

func reapImages(ctx context.Context, ours func(name string, made time.Time) bool) error {
	images, err := docker.ImageList(ctx, client.ImageListOptions{})
	failed := []error{err}
	for _, i := range images.Items {
		for _, tag := range i.RepoTags {
			if !strings.HasPrefix(tag, prefix) {
				continue
			}
			found, err := docker.ImageInspect(ctx, tag)              // of another run it may be gone by now
			if err == nil && ours(tag, found.Metadata.LastTagTime) { // when it was built may be long before, by the cache
				_, err := docker.ImageRemove(ctx, tag, client.ImageRemoveOptions{Force: true})
				failed = append(failed, unlessGone(err))
			}
		}
	}
	return errors.Join(failed...)
}
