package plan

import (
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// maskVolumes decides which volumes that hold what an image holds are used again, and which go.
type maskVolumes struct{ *maker }

// keptVolumes gives the anonymous volumes that a container's successor takes over: those
// that may hold data, and those that hold what the image holds while that is the same.
func (m maskVolumes) keptVolumes(s types.ServiceConfig, c Container) map[string]string {
	if m.options.RenewAnon {
		return nil
	}
	kept := c.Data()
	if id := ImageID(m.observed.Images, m.project, s); id == "" || id != c.Image {
		return m.left(s, kept)
	}
	for target, name := range c.MaskVolumes() {
		if slices.Contains(anonymousTargets(s), target) {
			kept[target] = name
		}
	}
	return kept
}

// left adds to kept the volumes that hold what the service's image holds and that
// no container has: a down left them. To fill new ones takes seconds.
func (m maskVolumes) left(s types.ServiceConfig, kept map[string]string) map[string]string {
	id := ImageID(m.observed.Images, m.project, s)
	if m.options.RenewAnon || id == "" {
		return kept
	}
	taken := m.taken()
	for _, target := range anonymousTargets(s) {
		i := slices.IndexFunc(m.observed.Volumes, func(v Volume) bool {
			return v.Mask == s.Name+":"+target && v.Image == id && !taken[v.Name]
		})
		if i < 0 || kept[target] != "" {
			continue
		}
		if kept == nil {
			kept = map[string]string{}
		}
		kept[target] = m.observed.Volumes[i].Name
	}
	return kept
}

// taken are the volumes that a container has, or will have after the plan so far.
func (m maskVolumes) taken() map[string]bool {
	volumes := m.plan.keeps()
	for _, c := range m.observed.Containers {
		for _, mount := range c.Mounts {
			volumes[mount.Name] = true
		}
	}
	return volumes
}

// keeps are the anonymous volumes that new containers of the plan mount again.
func (p *Plan) keeps() map[string]bool {
	kept := map[string]bool{}
	for _, op := range p.Ops {
		for _, name := range op.KeepVolumes {
			kept[name] = true
		}
	}
	return kept
}

// anonymousTargets is where a service mounts anonymous volumes.
func anonymousTargets(s types.ServiceConfig) []string {
	var targets []string
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeVolume && v.Source == "" {
			targets = append(targets, v.Target)
		}
	}
	return targets
}

// removeUnused removes the mask volumes that no container has after this plan: those of
// containers that it replaces or removes, and those that a down left behind.
func (m maskVolumes) removeUnused() {
	gone := map[string][]int{} // container ID -> the operation that ends it
	for i, op := range m.plan.Ops {
		if op.Action == Recreate || op.Action == Remove {
			gone[op.Old.ID] = []int{i}
		}
	}
	used := m.plan.keeps()
	for _, v := range m.project.Volumes {
		used[v.Name] = true
	}
	last := map[string][]int{} // volume -> the operations after which no container has it
	unused := map[string]string{}
	for _, c := range m.observed.Containers {
		for target, name := range m.disposable(c) {
			after, ends := gone[c.ID]
			used[name] = used[name] || !ends
			last[name], unused[name] = append(last[name], after...), c.Service+":"+target
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		if !used[name] {
			m.plan.add(Op{Action: RemoveVolume, Name: name, Key: unused[name], Disposable: true, After: last[name], Causes: []string{"its container no longer exists"}})
		}
		used[name] = true
	}
	for _, v := range m.observed.Volumes {
		if v.Mask != "" && !used[v.Name] {
			m.plan.add(Op{Action: RemoveVolume, Name: v.Name, Key: v.Mask, Disposable: true, Causes: []string{"no container has it"}})
		}
	}
}

// disposable are the volumes of a container that hold no data, by target.
func (m maskVolumes) disposable(c Container) map[string]string {
	found := c.MaskVolumes()
	for _, mount := range c.Mounts {
		if v, ok := m.observed.Volume(mount.Name); ok && v.Mask != "" {
			found[mount.Target] = mount.Name
		}
	}
	return found
}
