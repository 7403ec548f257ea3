package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// wanted is a service with what its containers have to carry.
type wanted struct {
	service  types.ServiceConfig
	declared Declared
	print    Fingerprint
	compose  []string // the hashes by which Compose may know it, that of its current version first
	adapted  []string // what a container of Compose's lacks
	images   []string // [LabelImageVolumes], entry by entry
}

func (m *maker) wanted(s types.ServiceConfig) (wanted, error) {
	w := wanted{service: s}
	var err error
	if w.print, err = FingerprintOf(m.project, s, m.options.Contents); err != nil {
		return w, err
	}
	declared, ok := m.options.Declared[s.Name]
	if !ok {
		declared = Declared{Service: s}
	}
	w.declared, w.adapted = declared, declared.Adapted
	w.images = imageVolumes(s, m.observed.Images)
	w.compose, err = declared.hashes(m.found)
	return w, err
}

// found is the ID of the container of a service that others share a namespace with.
func (m *maker) found(service string) string {
	containers := m.observed.Of(service)
	if len(containers) == 0 {
		return ""
	}
	return containers[0].ID
}

// labels are those by which a later run compares, of the container of that number.
func (w wanted) labels(number int, causes []string) map[string]string {
	labels := map[string]string{LabelHash: w.compose[0], LabelFields: w.print.Label(), LabelCause: strings.Join(causes, "; ")}
	if moved := movedPorts(w.declared.Service, w.service, number); moved != "" {
		labels[LabelMoved] = moved
	}
	if len(w.images) > 0 {
		labels[LabelImageVolumes] = strings.Join(w.images, ",")
	}
	return labels
}

// imageVolumes says which images a service mounts, as TARGET=ID, sorted. ids are the
// images that the engine has.
func imageVolumes(s types.ServiceConfig, ids map[string]string) []string {
	var list []string
	for _, v := range s.Volumes {
		if id := ids[v.Source]; v.Type == types.VolumeTypeImage && id != "" {
			list = append(list, v.Target+"="+id)
		}
	}
	slices.Sort(list)
	return list
}

// outdated says why a container cannot stay as it is; nothing when it can.
func (m *maker) outdated(want wanted, c Container) []string {
	s := want.service
	if c.State == "dead" || c.State == "removing" {
		return []string{describeState(c.State)}
	}
	if m.options.NoRecreate {
		return nil
	}
	var causes []string
	named := len(m.options.Services) == 0 || slices.Contains(m.options.Services, s.Name)
	if m.options.ForceRecreate && named || m.options.AlwaysDeps && !named {
		causes = append(causes, "asked for")
	}
	if id := ImageID(m.observed.Images, m.project, s); id != "" && id != c.Image {
		causes = append(causes, fmt.Sprintf("image %s → %s", ShortID(c.Image), ShortID(id)))
	}
	causes = append(causes, want.changes(c)...)
	causes = append(causes, want.remounted(c)...)
	causes = append(causes, m.unconnected(s, c)...)
	causes = append(causes, m.unmounted(s, c)...)
	if host := m.movedHost(s); host != "" {
		causes = append(causes, "shares a namespace or volumes with "+host+", which is replaced")
	} else if host := m.goneHost(s, c); host != "" {
		causes = append(causes, "shares the network of a container of "+host+" that no longer exists")
	}
	return simplest(causes)
}

// simplest drops the causes that another one says with more of it: that a mount changed
// in addition to the volumes before and after, and that a network changed which is replaced.
func simplest(causes []string) []string {
	return slices.DeleteFunc(slices.Clone(causes), func(cause string) bool {
		what, changed := strings.CutSuffix(cause, " changed")
		target, mount := strings.CutPrefix(what, "mount ")
		return changed && slices.ContainsFunc(causes, func(other string) bool {
			return mount && strings.HasPrefix(other, "volume at "+target+": ") || other == what+" is replaced"
		})
	})
}

// changes compares what a container was made from. One of devup's says so field by
// field. Of one that Docker Compose made only a hash is known.
func (w wanted) changes(c Container) []string {
	switch {
	case c.Fields != "":
		return w.print.Changes(c.Fields)
	case !slices.Contains(w.compose, c.Hash):
		return []string{"configuration changed since Docker Compose created it"}
	case len(w.adapted) > 0:
		var causes []string
		for _, what := range w.adapted {
			causes = append(causes, what+" (Docker Compose created it without)")
		}
		return causes
	}
	return nil
}

// remounted names the images that are mounted and are other ones now. A container that
// does not say which it mounts is left alone.
func (w wanted) remounted(c Container) []string {
	var causes []string
	for entry := range strings.SplitSeq(c.ImageVolumes, ",") {
		target, was, _ := strings.Cut(entry, "=")
		for _, now := range w.images {
			if id, ok := strings.CutPrefix(now, target+"="); ok && id != was {
				causes = append(causes, fmt.Sprintf("image at %s: %s → %s", target, ShortID(was), ShortID(id)))
			}
		}
	}
	return causes
}

// unconnected names the networks that a container is not in, or that are replaced.
func (m *maker) unconnected(s types.ServiceConfig, c Container) []string {
	if s.NetworkMode != "" {
		return nil
	}
	var causes []string
	for _, key := range slices.Sorted(maps.Keys(s.Networks)) {
		n := m.project.Networks[key]
		if why := m.renewed[key]; why != "" {
			causes = append(causes, "network "+key+" is replaced")
			continue
		}
		id, connected := c.Networks[n.Name]
		is, known := m.observed.Network(n.Name)
		switch {
		case c.Networks == nil: // an engine that does not say
		case !connected:
			causes = append(causes, "not connected to network "+n.Name)
		case known && id != "" && is.ID != "" && id != is.ID, !known && !bool(n.External) && m.makes(key):
			causes = append(causes, "network "+n.Name+" is another one now")
		}
	}
	return causes
}

func (m *maker) makes(network string) bool {
	_, made := m.networks[network]
	return made
}

// unmounted names the volumes of the project that a container does not have where
// the service mounts them: they have another name now.
func (m *maker) unmounted(s types.ServiceConfig, c Container) []string {
	var causes []string
	for _, v := range s.Volumes {
		named, ok := m.project.Volumes[v.Source]
		if v.Type != types.VolumeTypeVolume || !ok {
			continue
		}
		for _, mounted := range c.Mounts {
			if mounted.Target == v.Target && mounted.Type == "volume" && mounted.Name != named.Name {
				change := mounted.Name + " → " + named.Name
				if named.Labels[LabelMask] != "" {
					change = "its packages changed"
				}
				causes = append(causes, "volume at "+v.Target+": "+change)
			}
		}
	}
	return causes
}

// movedHost names a service that is replaced and whose container s refers to by ID.
func (m *maker) movedHost(s types.ServiceConfig) string {
	for _, host := range hosts(s) {
		if m.replaced[host] {
			return host
		}
	}
	return ""
}

// goneHost names the service of whose network a container has a part, when the part is
// that of a container that is no more: a run was interrupted after it had replaced it.
func (m *maker) goneHost(s types.ServiceConfig, c Container) string {
	host, shares := strings.CutPrefix(s.NetworkMode, types.ServicePrefix)
	if !shares || c.Joins == "" {
		return ""
	}
	there, _ := settle(m.observed.Of(host), func(n int) string { return ContainerName(m.project, m.project.AllServices()[host], n) })
	for _, known := range there {
		if known.ID == c.Joins || known.Name == c.Joins {
			return ""
		}
	}
	return host
}
