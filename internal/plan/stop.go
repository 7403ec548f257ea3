package plan

import (
	"maps"
	"slices"
	"strings"
)

// DownOptions changes what [Down] plans. The zero value keeps all data.
type DownOptions struct {
	Volumes     bool // all volumes of the project go too
	MaskVolumes bool // without Volumes: those that only keep what an image holds
}

// Down removes what carries the project's name: containers in the reverse order
// of their dependencies, then networks, then (only when asked) volumes. Mask volumes,
// too, stay until then or until the next up: removing tens of thousands of files
// takes the engine seconds that no command should wait for. It works
// from labels alone, so that it also works when the project's files are broken
// or gone.
func Down(o Observed, opts DownOptions) *Plan {
	p := &Plan{}
	removed := dependentsFirst(p, o, o.Containers, func(c Container) Op {
		op := Op{Action: Remove, Old: c}
		if opts.Volumes {
			op.Drop = slices.Sorted(maps.Values(c.Data()))
		}
		return op
	})
	var after []int
	for _, ids := range removed {
		after = append(after, ids...)
	}
	slices.Sort(after)
	for _, n := range slices.SortedFunc(slices.Values(o.Networks), func(a, b Network) int { return strings.Compare(a.Name, b.Name) }) {
		p.add(Op{Action: RemoveNetwork, Name: n.Name, After: after})
	}
	for _, v := range slices.SortedFunc(slices.Values(o.Volumes), func(a, b Volume) int {
		if dataA, dataB := a.Mask == "", b.Mask == ""; dataA != dataB {
			return map[bool]int{true: -1, false: 1}[dataA] // what [Plan.Split] parts comes last
		}
		return strings.Compare(a.Name, b.Name)
	}) {
		op := Op{Action: RemoveVolume, Name: v.Name, Key: v.Mask, Disposable: v.Mask != "", After: after}
		switch {
		case opts.Volumes:
			op.Causes = []string{"--volumes"}
			p.add(op)
		case opts.MaskVolumes && op.Disposable:
			p.add(op)
		}
	}
	return p
}

// StopAll stops the running containers of the services in the reverse order of
// their dependencies. No services means all.
func StopAll(o Observed, services []string) *Plan {
	p := &Plan{}
	var running []Container
	for _, c := range selected(o, services) {
		if c.Up() || c.State == "paused" {
			running = append(running, c)
		}
	}
	dependentsFirst(p, o, running, func(c Container) Op { return Op{Action: Stop, Old: c} })
	return p
}

func selected(o Observed, services []string) []Container {
	var found []Container
	for _, c := range o.Containers {
		if !c.OneOff && (len(services) == 0 || slices.Contains(services, c.Service)) {
			found = append(found, c)
		}
	}
	return found
}
