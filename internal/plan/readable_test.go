package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/plan"
)

// readable is a plan as the tests compare it.
func readable(p *plan.Plan) string {
	var b strings.Builder
	for i, op := range p.Ops {
		fmt.Fprintf(&b, "%d %s %s", i, op.Action, op.Title())
		if op.Condition != "" {
			fmt.Fprintf(&b, " %s", op.Condition)
		}
		if len(op.Causes) > 0 {
			fmt.Fprintf(&b, ": %s", strings.Join(op.Causes, "; "))
		}
		if len(op.KeepVolumes) > 0 {
			fmt.Fprintf(&b, " [keep %s]", strings.Join(slices.Sorted(maps.Keys(op.KeepVolumes)), " "))
		}
		if len(op.Drop) > 0 {
			fmt.Fprintf(&b, " [drop %d]", len(op.Drop))
		}
		if len(op.After) > 0 {
			fmt.Fprintf(&b, " [after %s]", strings.Trim(fmt.Sprint(op.After), "[]"))
		}
		if len(op.AfterEnd) > 0 {
			fmt.Fprintf(&b, " [after end of %s]", strings.Trim(fmt.Sprint(op.AfterEnd), "[]"))
		}
		if len(op.Detach) > 0 {
			fmt.Fprintf(&b, " [detach %s]", strings.Join(op.Detach, " "))
		}
		if len(op.Rejoin) > 0 {
			fmt.Fprintf(&b, " [rejoin %s]", strings.Join(op.Rejoin, " "))
		}
		if op.NoStart {
			b.WriteString(" [not started]")
		}
		b.WriteByte('\n')
	}
	for _, name := range p.Orphans {
		fmt.Fprintf(&b, "orphan %s\n", name)
	}
	return b.String()
}
