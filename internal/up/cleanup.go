package up

import (
	"slices"

	"github.com/devup-cli/devup/internal/plan"
)

// split parts what a plan removes at its end and nothing waits for from the rest:
// the node_modules of replaced containers, 40,000 files that a slow disk needs
// many seconds for. It is to be applied after the rest, while services start.
func split(p *plan.Plan) (first, cleanup *plan.Plan) {
	first, cleanup = &plan.Plan{Orphans: p.Orphans}, &plan.Plan{}
	end := len(p.Ops)
	for end > 0 && p.Ops[end-1].Action == plan.RemoveVolume && p.Ops[end-1].Disposable {
		end--
	}
	first.Ops = p.Ops[:end]
	for _, op := range slices.Clone(p.Ops[end:]) {
		op.After = nil // all of it is in the rest
		cleanup.Ops = append(cleanup.Ops, op)
	}
	return first, cleanup
}
