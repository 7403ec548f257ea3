package run

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/plan"
)

// Holder is a published port of any container on the engine.
type Holder struct {
	plan.PublishedPort
	Container string // its name
	Project   string // its Compose project, or empty
}

// Look is what one look at the engine found.
type Look struct {
	plan.Observed
	Holders []Holder          // who holds which host port, the project's own containers too
	Owners  map[string]string // Compose project -> the folder it was started from
}

// Observe looks at the engine once: all containers (three of which matter: the
// project's own, those that hold ports, those that hold project names), the
// project's networks and volumes, and the images named in refs. It makes four
// calls at most, in parallel: none for images when refs is empty.
func Observe(ctx context.Context, e lister, project string, refs []string) (Look, error) {
	var containers client.ContainerListResult
	var networks client.NetworkListResult
	var volumes client.VolumeListResult
	var images map[string]string
	ours := client.Filters{}.Add("label", plan.LabelProject+"="+project)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		containers, err = e.ContainerList(ctx, client.ContainerListOptions{All: true})
		return wrap(err, "list containers")
	})
	group.Go(func() (err error) {
		networks, err = e.NetworkList(ctx, client.NetworkListOptions{Filters: ours})
		return wrap(err, "list networks")
	})
	group.Go(func() (err error) {
		volumes, err = e.VolumeList(ctx, client.VolumeListOptions{Filters: ours})
		return wrap(err, "list volumes")
	})
	group.Go(func() (err error) {
		images, err = Images(ctx, e, refs)
		return err
	})
	if err := group.Wait(); err != nil {
		return Look{}, err
	}
	look := Look{Owners: map[string]string{}}
	look.Images = images
	for _, s := range containers.Items {
		look.add(s, project)
	}
	for _, n := range networks.Items {
		look.Networks = append(look.Networks, n.Name)
	}
	for _, v := range volumes.Items {
		look.Volumes = append(look.Volumes, v.Name)
	}
	return look, nil
}

// imageLister is what Images needs of the engine.
type imageLister interface {
	ImageList(context.Context, client.ImageListOptions) (client.ImageListResult, error)
}

// Images gives the IDs of those of the references that the engine has, in one
// call; none for no references.
func Images(ctx context.Context, e imageLister, refs []string) (map[string]string, error) {
	found := map[string]string{}
	if len(refs) == 0 {
		return found, nil
	}
	list, err := e.ImageList(ctx, client.ImageListOptions{Filters: client.Filters{}.Add("reference", refs...)})
	if err != nil {
		return nil, wrap(err, "list images")
	}
	for _, image := range list.Items {
		for _, ref := range refs {
			if slices.ContainsFunc(slices.Concat(image.RepoTags, image.RepoDigests), func(have string) bool { return sameReference(ref, have) }) {
				found[ref] = image.ID
			}
		}
	}
	return found, nil
}

func (l *Look) add(s container.Summary, project string) {
	labels := s.Labels
	if name := labels[plan.LabelProject]; name != "" && labels[plan.LabelWorkingDir] != "" {
		l.Owners[name] = labels[plan.LabelWorkingDir]
	}
	c := containerOf(s)
	for _, p := range c.Ports {
		l.Holders = append(l.Holders, Holder{PublishedPort: p, Container: c.Name, Project: labels[plan.LabelProject]})
	}
	if labels[plan.LabelProject] == project {
		l.Containers = append(l.Containers, c)
	}
}

func containerOf(s container.Summary) plan.Container {
	c := plan.Container{
		ID: s.ID, Name: nameOf(s.Names), State: string(s.State), Image: s.ImageID,
		Service: s.Labels[plan.LabelService], Hash: s.Labels[plan.LabelHash],
		Fields: s.Labels[plan.LabelFields], Inputs: s.Labels[plan.LabelInputs],
		Replaces: s.Labels[plan.LabelReplace], WorkingDir: s.Labels[plan.LabelWorkingDir],
		OneOff: strings.EqualFold(s.Labels[plan.LabelOneOff], "true"),
	}
	c.Number, _ = strconv.Atoi(s.Labels[plan.LabelNumber]) // 0 for a container without a number
	c.Health = healthOf(s)
	for _, d := range strings.Split(s.Labels[plan.LabelDependsOn], ",") {
		if name, _, _ := strings.Cut(d, ":"); name != "" {
			c.DependsOn = append(c.DependsOn, name)
		}
	}
	for _, m := range s.Mounts {
		c.Mounts = append(c.Mounts, plan.Mount{Type: string(m.Type), Name: m.Name, Source: m.Source, Target: m.Destination})
	}
	for _, p := range s.Ports {
		if p.PublicPort != 0 {
			c.Ports = append(c.Ports, plan.PublishedPort{HostIP: p.IP.String(), Public: int(p.PublicPort), Target: int(p.PrivatePort), Protocol: p.Type})
		}
	}
	return c
}

// healthOf reads the health from where the engine's version has it: a field
// since API 1.52, the human-readable status before.
func healthOf(s container.Summary) string {
	if s.Health != nil && s.Health.Status != "" && s.Health.Status != container.NoHealthcheck {
		return string(s.Health.Status)
	}
	switch {
	case strings.Contains(s.Status, "(healthy)"):
		return "healthy"
	case strings.Contains(s.Status, "(unhealthy)"):
		return "unhealthy"
	case strings.Contains(s.Status, "(health: starting)"):
		return "starting"
	default:
		return ""
	}
}

// nameOf takes the container's own name: names through legacy links hold a
// second slash.
func nameOf(names []string) string {
	for _, name := range names {
		if name = strings.TrimPrefix(name, "/"); !strings.Contains(name, "/") {
			return name
		}
	}
	return ""
}

func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
