package plan

import "slices"

// Remaining are those of the containers that still exist after a plan that creates none.
func (p *Plan) Remaining(containers []Container) []Container {
	removed := map[string]bool{}
	for _, op := range p.Ops {
		removed[op.Old.ID] = removed[op.Old.ID] || op.Action == Remove
	}
	return slices.DeleteFunc(slices.Clone(containers), func(c Container) bool { return removed[c.ID] })
}

// Split parts what a plan removes at its end and nothing waits for from the rest:
// the node_modules of containers that are gone, 40,000 files that a slow disk needs
// many seconds for. It is to be applied after the rest, while the user goes on.
func (p *Plan) Split() (first, cleanup *Plan) {
	first, cleanup = &Plan{Orphans: p.Orphans}, &Plan{}
	end := len(p.Ops)
	for end > 0 && p.Ops[end-1].Action == RemoveVolume && p.Ops[end-1].Disposable {
		end--
	}
	first.Ops = p.Ops[:end]
	for _, op := range p.Ops[end:] {
		op.After = nil // all of it is in the rest
		cleanup.Ops = append(cleanup.Ops, op)
	}
	return first, cleanup
}

// Leftovers removes the volumes that only keep what an image holds. One that is in use stays.
func Leftovers(o Observed) *Plan {
	o.Containers, o.Networks = nil, nil
	return Down(o, DownOptions{MaskVolumes: true})
}
