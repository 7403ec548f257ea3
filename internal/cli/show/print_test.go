package show

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/transfer"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/test/cmdtest"
)

// printed is what a function prints in a world.
func printed(t *testing.T, asJSON bool, f func(*command.Env), change ...func(*cmdtest.World)) cmdtest.Result {
	t.Helper()
	w := cmdtest.New(t, "")
	w.JSON = asJSON
	for _, c := range change {
		c(w)
	}
	return w.Run(func(_ context.Context, env *command.Env) error { f(env); return nil }).Fine(t)
}

// kinds are the types of the objects that were printed, with a field of each.
func kinds(t *testing.T, out, field string) string {
	t.Helper()
	var all []string
	for line := range strings.Lines(out) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		value, _ := o[field].(string)
		all = append(all, o["type"].(string)+" "+value)
	}
	return strings.Join(all, ", ")
}

func outcome() *up.Outcome {
	return &up.Outcome{
		Builds: []images.Build{{Service: "web", Cause: "its Dockerfile changed"}},
		Pulls:  []transfer.Pull{{Image: "db:1", Services: []string{"db", "api"}}},
		Plan: &plan.Plan{Ops: []plan.Op{
			{Action: plan.Create, Name: "shop-web-1", Service: "web", Causes: []string{"not created"}},
			{Action: plan.Await, Name: "shop-db-1", Service: "db"},
			{Action: plan.Start, Name: "shop-web-1", Service: "web"},
		}, Orphans: []string{"shop-old-1"}},
	}
}

// TestOutcome prints builds, pulls and operations, and nothing of what is only waited for.
func TestOutcome(t *testing.T) {
	t.Parallel()
	r := printed(t, false, func(env *command.Env) { Outcome(env, outcome()) })
	r.Says(t, "build web: its Dockerfile changed", "pull db:1 for db, api", "shop-web-1", "not created")
	r = printed(t, true, func(env *command.Env) { Outcome(env, outcome()) })
	if diff := cmp.Diff("build web, pull , operation web, operation web", kinds(t, r.Out, "service")); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(r.Out, `"causes":[]`) || strings.Contains(r.Out, "null") {
		t.Errorf("no list: %s", r.Out)
	}
	printed(t, false, func(env *command.Env) { Outcome(env, &up.Outcome{Plan: &plan.Plan{}}) }).Says(t, "nothing to do")
	if r := printed(t, true, func(env *command.Env) { Outcome(env, &up.Outcome{}) }); r.Out != "" {
		t.Errorf("printed %q", r.Out)
	}
}

// TestOperations prints what a plan of containers would do.
func TestOperations(t *testing.T) {
	t.Parallel()
	todo := outcome().Plan
	r := printed(t, true, func(env *command.Env) { Operations(env, todo); Operation(env, "remove-image", "web:1") })
	if diff := cmp.Diff("operation create, operation start, operation remove-image", kinds(t, r.Out, "action")); diff != "" {
		t.Error(diff)
	}
	r = printed(t, false, func(env *command.Env) { Operation(env, "remove-image", "web:1") })
	if r.Out != "remove-image web:1\n" {
		t.Errorf("printed %q", r.Out)
	}
}

// TestNotes: volumes that stay, and containers of no service, unless the environment says
// not to name these.
func TestNotes(t *testing.T) {
	t.Parallel()
	o := outcome()
	o.Kept = []plan.Change{{Name: "shop_data", Causes: []string{"its driver"}}, {Name: "shop_more", Causes: []string{"its labels"}, InUseBy: []string{"shop-x-1"}}}
	printed(t, false, func(env *command.Env) { Notes(env, o) }).Says(t, "shop_data", "its driver", "--yes", "shop-x-1 uses it", "shop-old-1", "--remove-orphans")
	r := printed(t, false, func(env *command.Env) { Notes(env, o) }, func(w *cmdtest.World) { w.Env["COMPOSE_IGNORE_ORPHANS"] = "1" })
	if strings.Contains(r.Err, "shop-old-1") {
		t.Errorf("names the orphans: %s", r.Err)
	}
	if r := printed(t, false, func(env *command.Env) { Notes(env, &up.Outcome{}) }); r.Err != "" {
		t.Errorf("says %q", r.Err)
	}
}

// TestBareLines prints log lines as they were written, and passes on all else.
func TestBareLines(t *testing.T) {
	t.Parallel()
	r := printed(t, false, func(env *command.Env) {
		sink := BareLines(env)
		sink(event.Event{Kind: event.Log, Name: "web", Text: "a line"})
		sink(event.Event{Kind: event.Note, Text: "a note"})
	})
	if r.Out != "a line\n" || !strings.Contains(r.Err, "a note") {
		t.Errorf("printed %q, said %q", r.Out, r.Err)
	}
}

// TestState is a word for what a container does.
func TestState(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]plan.Container{
		expose.Running: {State: "running"}, expose.Starting: {State: "running", Health: "starting"}, "unhealthy": {State: "running", Health: "unhealthy"},
		"stopped": {State: "exited", Health: "unhealthy"}, "paused": {State: "paused"}, "created": {State: "created"},
	} {
		if got := State(c); got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}

// TestStatesOfSeveral: the best of a service's containers counts, in any order.
func TestStatesOfSeveral(t *testing.T) {
	t.Parallel()
	up, starting, stopped := plan.Container{Service: "web", State: "running"}, plan.Container{Service: "web", State: "running", Health: "starting"}, plan.Container{Service: "web", State: "exited"}
	for _, order := range [][]plan.Container{{up, starting, stopped}, {stopped, starting, up}, {starting, up}} {
		if got := States(order)["web"]; got != expose.Running {
			t.Errorf("%v: %s", order, got)
		}
	}
	if got := States([]plan.Container{stopped, starting})["web"]; got != expose.Starting {
		t.Errorf("%s", got)
	}
}

// TestTone: what is bad looks so.
func TestTone(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]ui.Tone{
		expose.Running: ui.Good, expose.Failed: ui.Bad, "unhealthy": ui.Bad, "restarting": ui.Bad, "dead": ui.Bad,
		expose.Starting: ui.Notice, "paused": ui.Notice, "stopped": ui.Faint, "": ui.Faint,
	} {
		if got := Tone(state); got != want {
			t.Errorf("%q: %v, want %v", state, got, want)
		}
	}
}

// TestAccess: how a URL answers the rest of the world, or is meant to.
func TestAccess(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		row    expose.Row
		text   string
		tone   ui.Tone
		locked bool
	}{
		{expose.Row{}, "", 0, false},
		{expose.Row{Public: true}, "will be public", 0, false},
		{expose.Row{Public: true, Access: expose.Reachable}, "public", ui.Good, false},
		{expose.Row{Access: expose.Reachable}, "public", ui.Good, false},
		{expose.Row{Public: true, Access: expose.NeedsLogin}, "needs a login", ui.Bad, true},
		{expose.Row{Access: expose.NeedsLogin}, "needs a login", ui.Faint, false},
		{expose.Row{Public: true, Access: expose.Forbidden}, "forbidden", ui.Bad, true},
	} {
		cell := access(test.row)
		if cell.Text != test.text || cell.Tone != test.tone || Locked(test.row) != test.locked {
			t.Errorf("%+v: %+v, locked %v", test.row, cell, Locked(test.row))
		}
	}
}

// TestURLTable shows URLs, addresses of what is no web server, and what has no port yet.
func TestURLTable(t *testing.T) {
	t.Parallel()
	rows := []expose.Row{
		{Service: "web", URL: "http://localhost:3000", Port: 3000, State: expose.Running},
		{Service: "db", Address: "localhost:5432", Port: 5432, State: expose.NotRunning},
		{Service: "api", State: expose.NotRunning},
	}
	var texts []string
	for _, row := range urlTable(rows).Rows {
		texts = append(texts, row[0].Text+" "+row[1].Text)
	}
	if diff := cmp.Diff([]string{"web http://localhost:3000", "db localhost:5432", "api a free port, once it runs"}, texts); diff != "" {
		t.Error(diff)
	}
}

// TestRunsWithout: one-off commands and what is stopped do not count.
func TestRunsWithout(t *testing.T) {
	t.Parallel()
	p := observe.Project{Observed: plan.Observed{Containers: []plan.Container{
		{Service: "web", State: "running"}, {Service: "db", State: "exited"}, {Service: "job", State: "running", OneOff: true},
	}}}
	for services, want := range map[string]bool{"": true, "db": true, "web": false, "web db": false} {
		if got := RunsWithout(p, strings.Fields(services)); got != want {
			t.Errorf("without %q: %v", services, got)
		}
	}
}
