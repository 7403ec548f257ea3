package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
)

const hookedStack = `
name: shop
services:
  web:
    image: web:1
    network_mode: none
    scale: 2
    pre_start: [{command: migrate}]
`

// TestPreStart: the first container that is started runs the hooks, and the others wait for
// it. Where one goes on running, none does.
func TestPreStart(t *testing.T) {
	t.Parallel()
	p := load(t, hookedStack)
	both := func(states ...string) plan.Observed {
		o := devups(t, p)
		for i, state := range states {
			o.Containers[i].State = state
		}
		return o
	}
	failed := both("created", "created")
	failed.Containers = append(failed.Containers, plan.Container{ID: "hook", Name: "quick_fox", Service: "web", State: "exited", OneOff: true, Hook: true})
	for _, c := range []struct {
		name    string
		o       plan.Observed
		options plan.Options
		want    string
	}{
		{"nothing there", plan.Observed{}, plan.Options{}, "create shop-web-1 hooks; create shop-web-2 after 0"},
		{"all run", both("running", "running"), plan.Options{}, ""},
		{"one runs on", both("running", "exited"), plan.Options{}, "start shop-web-2"},
		{"all are stopped", both("exited", "exited"), plan.Options{}, "start shop-web-1 hooks; start shop-web-2 after 0"},
		{"all are replaced", both("running", "running"), plan.Options{ForceRecreate: true}, "recreate shop-web-1 hooks; recreate shop-web-2 after 0"},
		{"nothing is started", plan.Observed{}, plan.Options{NoStart: true}, "create shop-web-1; create shop-web-2"},
		{"a hook failed before", failed, plan.Options{}, "remove quick_fox; start shop-web-1 after 0 hooks; start shop-web-2 after 0 1"},
	} {
		todo, err := plan.Make(p, c.o, c.options)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if diff := cmp.Diff(c.want, hookOps(todo)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if got, want := hookOps(plan.StartAll(both("exited", "exited"), nil, []string{"web"})), "start shop-web-1 hooks; start shop-web-2 after 0"; got != want {
		t.Errorf("start: %s, want %s", got, want)
	}
	if got, want := hookOps(plan.Down(failed, plan.DownOptions{})), "remove quick_fox; remove shop-web-1; remove shop-web-2"; got != want {
		t.Errorf("down: %s, want %s", got, want)
	}
}

func hookOps(p *plan.Plan) string {
	var ops []string
	for _, op := range p.Ops {
		text := string(op.Action) + " " + op.Name
		if len(op.After) > 0 {
			text += " after " + strings.Trim(fmt.Sprint(op.After), "[]")
		}
		if op.PreStart {
			text += " hooks"
		}
		ops = append(ops, text)
	}
	return strings.Join(ops, "; ")
}
