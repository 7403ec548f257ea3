package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/plan"
)

// project writes a random compose file of a few services. Services depend on
// earlier ones only, so there is no circle.
func randomProject(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range 2 + r.IntN(4) {
		fmt.Fprintf(&b, "  s%d:\n    image: img%d:%d\n    scale: %d\n", i, i, r.IntN(2), r.IntN(3))
		fmt.Fprintf(&b, "    environment: {A: \"%d\"}\n", r.IntN(2))
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, "    networks: [n%d]\n", r.IntN(2))
		}
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, "    volumes: [\"v%d:/data\"]\n", r.IntN(2))
		}
		if i > 0 && r.IntN(2) == 0 {
			condition := []string{"service_started", "service_healthy", "service_completed_successfully"}[r.IntN(3)]
			fmt.Fprintf(&b, "    depends_on: {s%d: {condition: %s, restart: %t, required: %t}}\n", r.IntN(i), condition, r.IntN(2) == 0, r.IntN(2) == 0)
		}
	}
	fmt.Fprintf(&b, "networks: {n0: {labels: {l: \"%d\"}}, n1: {internal: %t}}\n", r.IntN(2), r.IntN(2) == 0)
	fmt.Fprintf(&b, "volumes: {v0: {labels: {l: \"%d\"}}, v1: {}}\n", r.IntN(2))
	return b.String()
}

// TestPlansConverge: for any two random projects in a row, also when
// the first run or the change was cut off anywhere, one more run reaches a state in
// which nothing is left to do.
func TestPlansConverge(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		before, after := randomProject(r), randomProject(r)
		w := &world{}
		for i, text := range []string{before, after} {
			p := load(t, text)
			w.Images = images(p)
			options := plan.Options{RenewVolumes: true, RemoveOrphans: true}
			todo, err := plan.Make(p, w.Observed, options)
			if err != nil {
				t.Fatal(err)
			}
			checkOrder(t, todo)
			again, err := plan.Make(p, w.Observed, options)
			if err != nil {
				t.Fatal(err)
			}
			if readable(todo) != readable(again) {
				t.Fatalf("seed %d: two plans of one state differ:\n%s\n%s", seed, readable(todo), readable(again))
			}
			if len(todo.Ops) > 0 {
				w.apply(p, todo, r.IntN(len(todo.Ops))) // killed somewhere
			}
			w.run(t, p, options)
			left, err := plan.Make(p, w.Observed, options)
			if err != nil {
				t.Fatal(err)
			}
			if !left.Empty() {
				t.Fatalf("seed %d, step %d: after the run there is still to do\n%sproject\n%s", seed, i, left, text)
			}
		}
	}
}

// checkOrder: an operation waits for earlier ones only, and all that a container
// needs is made before it.
func checkOrder(t *testing.T, p *plan.Plan) {
	t.Helper()
	for i, op := range p.Ops {
		for _, before := range slices.Concat(op.After, op.AfterEnd) {
			if before >= i {
				t.Fatalf("operation %d waits for %d:\n%s", i, before, readable(p))
			}
		}
	}
}
