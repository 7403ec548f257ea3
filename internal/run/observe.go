package run

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/plan"
)

// Holder is a published port of any container on the engine.
type Holder struct {
	plan.PublishedPort
	Container string // its name
	Project   string // its Compose project, or empty
	Dir       string // the folder that this project was started from, or empty
}

// Look is what one look at the engine found of a project.
type Look struct {
	plan.Observed
	Holders []Holder // who holds which host port, the project's own containers too
	Held    Held     // the names that others have
}

// Held are names on the engine that belong to others than the project.
type Held struct {
	Containers map[string]string   // container name -> its Compose project, or empty
	Networks   map[string]string   // network name -> its Compose project
	Services   map[string][]string // Compose project -> its services that have containers
}

// Survey is one look at all that Compose or devup have on the engine. A project
// is looked up in it by name, so that the name may depend on what is there.
type Survey struct {
	containers []container.Summary
	networks   []network.Summary
	volumes    []volume.Volume
	// Owners gives the folder that each Compose project was started from, by the
	// labels of its containers, networks or volumes.
	Owners map[string]string
	Whole  bool // networks and volumes were asked for too
}

// Observe looks at the engine once. It makes three calls, in parallel.
func Observe(ctx context.Context, e lister) (Survey, error) {
	var containers client.ContainerListResult
	var networks client.NetworkListResult
	var volumes client.VolumeListResult
	compose := client.Filters{}.Add("label", plan.LabelProject)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) { // all of them: any container may hold a port
		containers, err = e.ContainerList(ctx, client.ContainerListOptions{All: true})
		return wrap(err, "list containers")
	})
	group.Go(func() (err error) {
		networks, err = e.NetworkList(ctx, client.NetworkListOptions{Filters: compose})
		return wrap(err, "list networks")
	})
	group.Go(func() (err error) {
		volumes, err = e.VolumeList(ctx, client.VolumeListOptions{Filters: compose})
		return wrap(err, "list volumes")
	})
	if err := group.Wait(); err != nil {
		return Survey{}, err
	}
	s := Survey{containers: containers.Items, networks: networks.Items, volumes: volumes.Items, Owners: map[string]string{}, Whole: true}
	for _, n := range s.networks {
		s.own(n.Labels)
	}
	for _, v := range s.volumes {
		s.own(v.Labels)
	}
	for _, c := range s.containers { // last: what runs says it best
		s.own(c.Labels)
	}
	return s, nil
}

func (s Survey) own(labels map[string]string) {
	if name, dir := labels[plan.LabelProject], labels[plan.LabelWorkingDir]; name != "" && dir != "" {
		s.Owners[name] = dir
	}
}

// Binds are the paths of the engine's host that containers have mounted, whose ever they are.
func (s Survey) Binds() []string {
	var paths []string
	for _, c := range s.containers {
		for _, m := range c.Mounts {
			if m.Source != "" {
				paths = append(paths, m.Source)
			}
		}
	}
	return paths
}

// Look gives what the survey holds of a project. It has no images: see [Images].
func (s Survey) Look(project string) Look {
	look := Look{Held: Held{Containers: map[string]string{}, Networks: map[string]string{}, Services: map[string][]string{}}}
	for _, summary := range s.containers {
		c := containerOf(summary)
		owner := summary.Labels[plan.LabelProject]
		for _, p := range c.Ports {
			look.Holders = append(look.Holders, Holder{PublishedPort: p, Container: c.Name, Project: owner, Dir: s.Owners[owner]})
		}
		if owner == project {
			look.Containers = append(look.Containers, c)
			continue
		}
		look.Held.Containers[c.Name] = owner
		if owner != "" {
			look.Held.Services[owner] = append(look.Held.Services[owner], c.Service)
		}
	}
	for _, n := range s.networks {
		if owner := n.Labels[plan.LabelProject]; owner == project {
			look.Networks = append(look.Networks, plan.Network{
				ID: n.ID, Name: n.Name, Key: n.Labels[plan.LabelNetwork], Hash: n.Labels[plan.LabelHash], Fields: n.Labels[plan.LabelFields],
			})
		} else {
			look.Held.Networks[n.Name] = owner
		}
	}
	for _, v := range s.volumes {
		if v.Labels[plan.LabelProject] == project {
			look.Volumes = append(look.Volumes, plan.Volume{
				Name: v.Name, Mask: v.Labels[plan.LabelMask], Key: v.Labels[plan.LabelVolume], Hash: v.Labels[plan.LabelHash], Fields: v.Labels[plan.LabelFields],
				Created: sameZone(v.CreatedAt),
			})
		}
	}
	return look
}

// sameZone is a time of the engine as it is also told by one in another time zone.
func sameZone(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return at.UTC().Format(time.RFC3339)
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
	var options client.ImageListOptions
	if !slices.ContainsFunc(refs, imageIDs.MatchString) { // which the filter does not find
		options.Filters = client.Filters{}.Add("reference", refs...)
	}
	list, err := e.ImageList(ctx, options)
	if err != nil {
		return nil, wrap(err, "list images")
	}
	for _, item := range list.Items {
		for _, ref := range refs {
			if slices.ContainsFunc(slices.Concat(item.RepoTags, item.RepoDigests), func(have string) bool { return sameReference(ref, have) }) {
				found[ref] = item.ID
			}
		}
	}
	for _, ref := range refs { // a name that looks like an ID goes first
		if found[ref] != "" || !imageIDs.MatchString(ref) {
			continue
		}
		i := slices.IndexFunc(list.Items, func(image image.Summary) bool {
			return strings.HasPrefix(image.ID, "sha256:"+strings.TrimPrefix(ref, "sha256:"))
		})
		if i >= 0 {
			found[ref] = list.Items[i].ID
		}
	}
	return found, nil
}

// imageIDs are what `image:` may say instead of a name.
var imageIDs = lazyregexp.New(`^(sha256:[0-9a-f]{64}|[0-9a-f]{12,64})$`)

func containerOf(s container.Summary) plan.Container {
	c := plan.Container{
		ID: s.ID, Name: NameOf(s), State: string(s.State), Image: s.ImageID,
		Service: s.Labels[plan.LabelService], Hash: s.Labels[plan.LabelHash],
		Fields: s.Labels[plan.LabelFields], Cause: s.Labels[plan.LabelCause], Moved: s.Labels[plan.LabelMoved], Created: s.Created, Inputs: s.Labels[plan.LabelInputs],
		ImageVolumes: s.Labels[plan.LabelImageVolumes],
		Replaces:     s.Labels[plan.LabelReplace], WorkingDir: s.Labels[plan.LabelWorkingDir],
		OneOff: strings.EqualFold(s.Labels[plan.LabelOneOff], "true"),
	}
	c.Number, _ = strconv.Atoi(s.Labels[plan.LabelNumber]) // 0 for a container without a number
	c.Health = healthOf(s)
	c.Joins = joins(s.HostConfig.NetworkMode)
	if s.NetworkSettings != nil {
		c.Networks = map[string]string{}
		for name, joined := range s.NetworkSettings.Networks {
			c.Networks[name] = joined.NetworkID
		}
	}
	for d := range strings.SplitSeq(s.Labels[plan.LabelDependsOn], ",") {
		name, condition, _ := strings.Cut(d, ":")
		if name == "" {
			continue
		}
		c.DependsOn = append(c.DependsOn, name)
		if strings.HasSuffix(condition, ":true") {
			c.Follows = append(c.Follows, name)
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

// joins is the container in a network mode, if it is of that kind.
func joins(mode string) string {
	id, of := strings.CutPrefix(mode, "container:")
	if !of {
		return ""
	}
	return id
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

// NameOf is the container's own name: names through legacy links hold a second slash.
// Empty where the engine names none.
func NameOf(c container.Summary) string {
	for _, name := range c.Names {
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
