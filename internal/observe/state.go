package observe

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"

	"github.com/devup-cli/devup/internal/plan"
)

// Holder is a published port of any container on the engine.
type Holder struct {
	plan.PublishedPort
	Container string // its name
	Project   string // its Compose project, or empty
	Dir       string // the directory that this project was started from, or empty
}

// Project is the state of one project.
type Project struct {
	plan.Observed
	Holders []Holder // the host ports in use, by the project's own containers too
	InUse   InUse    // names that others use
}

// InUse are names on the engine that do not belong to the project.
type InUse struct {
	Containers map[string]string   // container name -> its Compose project, or empty
	Networks   map[string]string   // network name -> its Compose project
	Services   map[string][]string // Compose project -> its services that have containers
}

// State is what Compose and devup have on the engine. [State.Project] looks a project up
// by name, so the name may depend on the state.
type State struct {
	containers []container.Summary
	networks   []network.Summary
	volumes    []volume.Volume
	// Owners gives the directory that each Compose project was started from, by the
	// labels of its containers, networks or volumes.
	Owners   map[string]string
	Complete bool // networks and volumes were read too
}

func (s State) addOwner(labels map[string]string) {
	if name, dir := labels[plan.LabelProject], labels[plan.LabelWorkingDir]; name != "" && dir != "" {
		s.Owners[name] = dir
	}
}

// Binds are the paths of the engine's host that containers have mounted, of any project.
func (s State) Binds() []string {
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

// Project is the state of one project. It has no images: see [Images].
func (s State) Project(name string) Project {
	p := Project{InUse: InUse{Containers: map[string]string{}, Networks: map[string]string{}, Services: map[string][]string{}}}
	for _, summary := range s.containers {
		c := containerOf(summary)
		owner := summary.Labels[plan.LabelProject]
		for _, port := range c.Ports {
			if !ended(summary) {
				p.Holders = append(p.Holders, Holder{PublishedPort: port, Container: c.Name, Project: owner, Dir: s.Owners[owner]})
			}
		}
		if owner == name {
			p.Containers = append(p.Containers, c)
			continue
		}
		p.InUse.Containers[c.Name] = owner
		if owner != "" {
			p.InUse.Services[owner] = append(p.InUse.Services[owner], c.Service)
		}
	}
	for _, n := range s.networks {
		if owner := n.Labels[plan.LabelProject]; owner == name {
			p.Networks = append(p.Networks, plan.Network{
				ID: n.ID, Name: n.Name, Key: n.Labels[plan.LabelNetwork], Hash: n.Labels[plan.LabelHash], Fields: n.Labels[plan.LabelFields],
			})
		} else {
			p.InUse.Networks[n.Name] = owner
		}
	}
	for _, v := range s.volumes {
		if v.Labels[plan.LabelProject] == name {
			p.Volumes = append(p.Volumes, plan.Volume{
				Name: v.Name, Mask: v.Labels[plan.LabelMask], Image: v.Labels[plan.LabelMasked], Key: v.Labels[plan.LabelVolume], Hash: v.Labels[plan.LabelHash], Fields: v.Labels[plan.LabelFields],
				Created: cmp.Or(v.Labels[plan.LabelMade], sameZone(v.CreatedAt)),
			})
		}
	}
	return p
}

// ended tells that no process of the container runs, so that its ports are free. An engine that
// was killed lists the ports of such containers all the same, after its next start.
func ended(c container.Summary) bool {
	return c.State == container.StateExited || c.State == container.StateDead || c.State == container.StateCreated
}

// Names are the Compose projects that have containers, networks or volumes, sorted.
func (s State) Names() []string {
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
func (s State) Summaries(project string) []container.Summary {
	var found []container.Summary
	for _, c := range s.containers {
		if owner := c.Labels[plan.LabelProject]; owner != "" && (project == "" || owner == project) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b container.Summary) int { return strings.Compare(NameOf(a), NameOf(b)) })
	return found
}
