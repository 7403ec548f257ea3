package plan

import (
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// gatePreStart marks the first of the operations from an index on that start a container of a
// service: it runs the service's pre_start hooks before. The others wait for it. The hooks run
// once for all containers, and not while one of them goes on running.
func gatePreStart(p *Plan, from int, service string, found []Container) {
	first := -1
	for i := from; i < len(p.Ops); i++ {
		op := &p.Ops[i]
		if op.Service != service || op.NoStart || !slices.Contains([]Action{Create, Recreate, Rename, Start}, op.Action) {
			continue
		}
		if first < 0 {
			if goesOn(p.Ops[from:], found) {
				return
			}
			first, op.PreStart = i, true
			continue
		}
		op.After = append(slices.Clone(op.After), first)
	}
}

// goesOn reports whether one of the containers runs and is not replaced or removed.
func goesOn(ops []Op, found []Container) bool {
	return slices.ContainsFunc(found, func(c Container) bool {
		return c.Up() && !slices.ContainsFunc(ops, func(op Op) bool {
			return op.Old.ID == c.ID && (op.Action == Recreate || op.Action == Remove)
		})
	})
}

// removeFailedHooks removes the containers in which pre_start hooks of a service failed: what
// starts the service runs its hooks again.
func (m *maker) removeFailedHooks(s types.ServiceConfig) {
	if m.options.NoStart {
		return
	}
	for _, c := range m.observed.Containers {
		if c.Hook && c.Service == s.Name {
			m.last[s.Name] = append(m.last[s.Name], m.plan.add(Op{
				Action: Remove, Name: c.Name, Service: s.Name, Old: c, Causes: []string{"its hook failed before"},
			}))
		}
	}
}
