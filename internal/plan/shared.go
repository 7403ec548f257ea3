package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Change is a volume whose configuration is another than the one it was made
// with. Only a new volume can have the new one, and the data would be lost.
type Change struct {
	Key, Name string
	Causes    []string
	// InUseBy names the containers that have the volume and that this run leaves alone. As
	// long as there are any it cannot be replaced.
	InUseBy []string
}

// ChangedVolumes are the volumes that [Make] replaces with Options.RenewVolumes,
// by key. The error is about a volume that cannot be hashed.
func ChangedVolumes(p *types.Project, o Observed, options Options) ([]Change, error) {
	var changed []Change
	for _, key := range slices.Sorted(maps.Keys(p.Volumes)) {
		v := p.Volumes[key]
		there, ok := o.Volume(v.Name)
		if bool(v.External) || !ok {
			continue
		}
		made, err := volumeMaking(v)
		if err != nil {
			return nil, err
		}
		if causes := made.changes(there.Hash, there.Fields); len(causes) > 0 {
			changed = append(changed, Change{Key: key, Name: v.Name, Causes: causes, InUseBy: inUseBy(p, o, options, v.Name)})
		}
	}
	return changed, nil
}

// inUseBy names the containers outside of a run that have a volume.
func inUseBy(p *types.Project, o Observed, options Options, volume string) []string {
	var names []string
	for _, c := range o.Containers {
		if c.outside(p, options) && c.Has(volume) {
			names = append(names, c.Name)
		}
	}
	return names
}

// outside reports whether a run of these services has no business with the container: it is
// of another service, of the one that a one-off command is for, or of such a command,
// and stays.
func (c Container) outside(p *types.Project, o Options) bool {
	_, ours := p.Services[c.Service]
	goes := o.RemoveOrphans && c.orphan(p, o)
	return (!ours || c.OneOff || c.Service == o.OneOff) && !goes
}

// Has reports whether a volume is mounted in the container.
func (c Container) Has(volume string) bool {
	return slices.ContainsFunc(c.Mounts, func(m Mount) bool { return m.Type == "volume" && m.Name == volume })
}

// making is what a network or volume is made from.
type making struct {
	hash  string
	print Fingerprint
}

func networkMaking(n types.NetworkConfig) (making, error) {
	hash, err := networkHash(n)
	if err != nil {
		return making{}, err
	}
	print, err := fieldsOf("", n)
	return making{hash, print}, err
}

func volumeMaking(v types.VolumeConfig) (making, error) {
	hash, err := volumeHash(v)
	if err != nil {
		return making{}, err
	}
	print, err := fieldsOf("", v)
	return making{hash, print}, err
}

func (w making) labels() map[string]string {
	return map[string]string{LabelHash: w.hash, LabelFields: w.print.Label()}
}

// changes says what is different in a resource that carries these labels. One
// without any was made without saying from what: it is accepted.
func (w making) changes(hash, fields string) []string {
	switch {
	case fields != "":
		return w.print.Changes(fields)
	case hash != "" && hash != w.hash:
		return []string{"configuration changed since Docker Compose created it"}
	}
	return nil
}

// shareNetworks plans the networks that services of the project use. One that
// changed is replaced: it holds no data, and its containers are replaced with it.
func (m *maker) shareNetworks() error {
	for _, key := range slices.Sorted(maps.Keys(m.project.Networks)) {
		n := m.project.Networks[key]
		if bool(n.External) || !m.networkUsed(key) {
			continue
		}
		made, err := networkMaking(n)
		if err != nil {
			return err
		}
		op := Op{Action: CreateNetwork, Name: n.Name, Key: key, Labels: made.labels()}
		if there, ok := m.observed.Network(n.Name); ok {
			op.Causes = made.changes(there.Hash, there.Fields)
			if len(op.Causes) == 0 || m.options.NoRecreate {
				continue
			}
			op.Action = RecreateNetwork
			op.Detach, op.Rejoin = m.inNetwork(n.Name)
			m.renewed[key] = strings.Join(op.Causes, "; ")
		}
		m.networks[key] = m.plan.add(op)
	}
	return nil
}

func (m *maker) networkUsed(key string) bool {
	for _, s := range m.project.Services {
		if _, ok := s.Networks[key]; ok {
			return true
		}
	}
	return false
}

// inNetwork gives the IDs of the project's containers in a network, and of those among
// them that are not replaced with it; both sorted.
func (m *maker) inNetwork(name string) (all, staying []string) {
	for _, c := range m.observed.Containers {
		if _, ok := c.Networks[name]; !ok {
			continue
		}
		all = append(all, c.ID)
		if c.outside(m.project, m.options) {
			staying = append(staying, c.ID)
		}
	}
	slices.Sort(all)
	slices.Sort(staying)
	return all, staying
}

// shareVolumes plans the project's volumes. One that changed is left as it is,
// unless the user agreed to lose its data: then the containers that have it go first.
func (m *maker) shareVolumes() error {
	changed := map[string]Change{}
	if m.options.RenewVolumes {
		changes, err := ChangedVolumes(m.project, m.observed, m.options)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if len(c.InUseBy) == 0 {
				changed[c.Key] = c
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.project.Volumes)) {
		v := m.project.Volumes[key]
		_, there := m.observed.Volume(v.Name)
		change, renew := changed[key]
		if bool(v.External) || there && !renew {
			continue
		}
		made, err := volumeMaking(v)
		if err != nil {
			return err
		}
		op := Op{Action: CreateVolume, Name: v.Name, Key: key, Labels: made.labels()}
		if renew {
			gone := m.plan.add(Op{Action: RemoveVolume, Name: v.Name, Key: key, Causes: change.Causes, After: m.evict(v.Name)})
			op.After = []int{gone}
		}
		m.volumes[key] = m.plan.add(op)
	}
	return nil
}

// evict removes the containers that have a volume, which is in use until then.
func (m *maker) evict(volume string) []int {
	var ops []int
	for _, c := range m.observed.Containers {
		if !c.Has(volume) {
			continue
		}
		i, gone := m.evicted[c.ID]
		if !gone {
			i = m.plan.add(Op{
				Action: Remove, Name: c.Name, Service: c.Service, Number: c.Number, Old: c,
				Causes: []string{"volume " + volume + " is replaced"},
			})
			m.evicted[c.ID] = i
		}
		ops = append(ops, i)
	}
	return ops
}
