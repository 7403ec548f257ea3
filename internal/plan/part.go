package plan

import (
	"cmp"
	"slices"
)

// PartOptions say which part of what carries a project's name is meant. The zero
// value is all of it.
type PartOptions struct {
	// Known are the services that the project's files name, in active profiles or not;
	// nil when there are no files to tell. What belongs to no known service, and what a
	// one-off command runs in, is left alone.
	Known []string
	// Orphans takes in what Known leaves out.
	Orphans bool
	// Services narrows the part to these and those that depend on them; without any,
	// all are meant.
	Services []string
}

// Part parts what is there into what is meant and the containers that are left alone.
// While containers of the project go on running, its networks do not belong to the
// part. Of the volumes, a part of the services has those that no other service has mounted.
func Part(o Observed, opts PartOptions) (meant Observed, left []Container) {
	services := withDependents(o, opts.Services)
	for _, c := range o.Containers {
		known := opts.Known == nil || opts.Orphans || (!c.OneOff || c.Hook) && slices.Contains(opts.Known, c.Service)
		if known && (len(services) == 0 || slices.Contains(services, c.Service)) {
			meant.Containers = append(meant.Containers, c)
		} else {
			left = append(left, c)
		}
	}
	slices.SortFunc(left, byName)
	meant.Images = o.Images
	if !slices.ContainsFunc(left, func(c Container) bool { return c.Up() || c.State == "paused" }) || len(services) == 0 {
		meant.Networks = o.Networks
	}
	for _, v := range o.Volumes {
		if len(services) == 0 || mounts(meant.Containers, v.Name) && !mounts(left, v.Name) {
			meant.Volumes = append(meant.Volumes, v)
		}
	}
	return meant, left
}

// withDependents adds to services those that depend on them, by what their containers
// carry.
func withDependents(o Observed, services []string) []string {
	lasting := slices.DeleteFunc(slices.Clone(o.Containers), func(c Container) bool { return c.OneOff })
	all, _ := needs(lasting).Reversed().Order(services...)
	return all
}

func mounts(containers []Container, volume string) bool {
	return slices.ContainsFunc(containers, func(c Container) bool {
		return slices.ContainsFunc(c.Mounts, func(m Mount) bool { return m.Type == "volume" && m.Name == volume })
	})
}

// byName orders containers by service, number and name.
func byName(a, b Container) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name))
}
