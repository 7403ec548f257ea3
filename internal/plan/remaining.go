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
