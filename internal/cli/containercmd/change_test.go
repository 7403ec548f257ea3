package containercmd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

// shop is a project in which web depends on api, and api on db.
const shop = `
-- compose.yaml --
name: shop
services:
  web: {image: web, depends_on: [api]}
  api: {image: api, depends_on: {db: {condition: service_started, restart: true}}}
  db: {image: db}
`

// newShop gives a project of which web and api run, and db does not.
func newShop(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop)
	w.Has("web", "running", dependsOn("api:service_started:false"))
	w.Has("api", "running", dependsOn("db:service_started:true"))
	w.Has("db", "exited", func(c *fakeengine.Container) { c.ExitCode = 3 })
	return w
}

// dependsOn gives a container the label by which Compose knows what its service depends on.
func dependsOn(label string) func(*fakeengine.Container) {
	return func(c *fakeengine.Container) { c.Options.Config.Labels[plan.LabelDependsOn] = label }
}

// TestChanges: each command asks the engine for what it says, in an order that the
// dependencies allow, and for nothing else.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		command func(*command.Program) *cobra.Command
		args    string
		want    []string // of the engine
	}{
		{"stop", NewStop, "stop", []string{"stop shop-web-1", "stop shop-api-1"}},
		{"stop one", NewStop, "stop api", []string{"stop shop-api-1"}},
		{"stop in time", NewStop, "stop -t 2 web", []string{"stop within 2s shop-web-1"}},
		{"start", NewStart, "start", []string{"start shop-db-1"}},
		{"restart", NewRestart, "restart web", []string{"restart shop-web-1"}},
		{"restart in time", NewRestart, "restart --timeout 0 web", []string{"restart within 0s shop-web-1"}},
		{"kill", NewKill, "kill web", []string{"kill SIGKILL shop-web-1"}},
		{"kill by a signal", NewKill, "kill -s SIGHUP api", []string{"kill SIGHUP shop-api-1"}},
		{"pause", NewPause, "pause web", []string{"pause shop-web-1"}},
		{"remove what is stopped", NewRm, "rm -f", []string{"remove shop-db-1"}},
		{"remove what runs", NewRm, "rm -f -s web", []string{"stop shop-web-1", "remove shop-web-1"}},
		{"a dry run", NewStop, "--dry-run stop", nil},
		{"a dry run of rm", NewRm, "--dry-run rm", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Command(test.command, strings.Fields(test.args)...).Fine(t)
			if diff := cmp.Diff(test.want, w.Requests()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestOthersStay: a command without services leaves alone what another file of the same project
// started, and changes it where it is named.
func TestOthersStay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		command func(*command.Program) *cobra.Command
		args    string
		state   string // of the container that the files do not name
		want    string
	}{
		{NewStop, "stop", "running", "stop shop-web-1, stop shop-api-1"},
		{NewStop, "stop other", "running", "stop shop-other-1"},
		{NewStart, "start", "exited", "start shop-db-1"},
		{NewPause, "pause", "running", "pause shop-api-1, pause shop-web-1"},
		{NewUnpause, "unpause", "paused", ""},
		{NewKill, "kill", "running", "kill SIGKILL shop-api-1, kill SIGKILL shop-web-1"},
		{NewKill, "kill other", "running", "kill SIGKILL shop-other-1"},
		{NewKill, "kill --remove-orphans", "running", "kill SIGKILL shop-api-1, kill SIGKILL shop-other-1, kill SIGKILL shop-web-1"},
		{NewRm, "rm -f", "exited", "remove shop-db-1"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Has("other", test.state)
			w.Command(test.command, strings.Fields(test.args)...).Fine(t)
			got := w.Requests()
			if name, _, _ := strings.Cut(test.args, " "); name == "kill" || name == "pause" { // no order among containers
				slices.Sort(got)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestRestartFollows: what says restart: true of its dependency is restarted after it, but
// not where it is left out.
func TestRestartFollows(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"restart db":           "restart shop-db-1, restart shop-api-1",
		"restart --no-deps db": "restart shop-db-1",
	} {
		w := newShop(t)
		w.Set("shop-db-1", func(c *fakeengine.Container) { c.State = "running" })
		w.Command(NewRestart, strings.Fields(args)...).Fine(t)
		if got := strings.Join(w.Requests(), ", "); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}

// TestIdle: where there is nothing to do, the command says why, changes nothing, and
// succeeds.
func TestIdle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		command func(*command.Program) *cobra.Command
		args    string
		state   string // of all containers
		want    string
	}{
		{NewStop, "stop", "exited", "nothing to stop"},
		{NewStart, "start", "running", "nothing to start"},
		{NewKill, "kill", "exited", "nothing to kill"},
		{NewPause, "pause", "exited", "nothing runs"},
		{NewPause, "pause web", "exited", "web does not run"},
		{NewPause, "pause web api", "exited", "web, api do not run"},
		{NewPause, "pause", "paused", "api, db, web are paused already"},
		{NewPause, "pause web", "paused", "web is paused already"},
		{NewUnpause, "unpause", "running", "nothing is paused"},
		{NewUnpause, "unpause web", "running", "web is not paused"},
		{NewUnpause, "unpause web api", "running", "web, api are not paused"},
		{NewRm, "rm", "running", "nothing to remove"},
	} {
		t.Run(test.args+" "+test.state, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			for _, name := range []string{"shop-web-1", "shop-api-1", "shop-db-1"} {
				w.Set(name, func(c *fakeengine.Container) { c.State = test.state })
			}
			w.Command(test.command, strings.Fields(test.args)...).Fine(t).Says(t, test.want)
			if got := w.Requests(); len(got) > 0 {
				t.Errorf("changed %q", got)
			}
		})
	}
}

// TestRestartWithoutContainers: there is nothing to restart before the first up.
func TestRestartWithoutContainers(t *testing.T) {
	t.Parallel()
	cmdtest.New(t, shop).Command(NewRestart, "restart").Fine(t).Says(t, "nothing to restart", "devup up")
}

// TestDryRun: what would be done is printed, for people and for programs.
func TestDryRun(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	plain := w.Command(NewStop, "--dry-run", "stop").Fine(t)
	if lines := strings.Split(strings.TrimSpace(plain.Out), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "shop-web-1") || !strings.Contains(lines[1], "shop-api-1") {
		t.Errorf("printed %q", plain.Out)
	}
	asJSON := w.Command(NewStop, "--dry-run", "--json", "stop", "web").Fine(t)
	for _, part := range []string{`"type":"operation"`, `"action":"stop"`, `"service":"web"`} {
		if !strings.Contains(asJSON.Out, part) {
			t.Errorf("%s is not in %s", part, asJSON.Out)
		}
	}
}

// TestUnknownService: each command refuses a name that is no service before it locks or
// changes anything.
func TestUnknownService(t *testing.T) {
	t.Parallel()
	for name, construct := range map[string]func(*command.Program) *cobra.Command{
		"stop": NewStop, "start": NewStart, "restart": NewRestart, "kill": NewKill, "pause": NewPause, "unpause": NewUnpause,
		"rm": NewRm, "down": NewDown, "ps": NewPs, "logs": NewLogs, "top": NewTop, "events": NewEvents, "wait": NewWait,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			r := w.Command(construct, name, "wbe")
			if r.Code() != fail.UnknownService {
				t.Errorf("code %q: %v", r.Code(), r.Error)
			}
			r.Says(t, `"wbe"`)
			if got := w.Requests(); len(got) > 0 || w.Locked("shop") {
				t.Errorf("changed %q; locked: %v", got, w.Locked("shop"))
			}
		})
	}
}

// TestLockedWhileChanging: no other devup changes the project meanwhile, and the lock is
// free afterwards.
func TestLockedWhileChanging(t *testing.T) {
	t.Parallel()
	for name, construct := range map[string]func(*command.Program) *cobra.Command{"stop": NewStop, "start": NewStart, "restart": NewRestart, "down": NewDown} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			var unlocked []string
			w.Server.Before = func(call string) {
				if !w.Locked("shop") && call != "GET /info" {
					unlocked = append(unlocked, call)
				}
			}
			w.Command(construct, name).Fine(t)
			if len(unlocked) > 0 {
				t.Errorf("without the lock: %q", unlocked)
			}
			if w.Locked("shop") {
				t.Error("the lock is still held")
			}
		})
	}
}

// TestReadersDoNotLock: what only looks waits for no one.
func TestReadersDoNotLock(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Server.Before = func(call string) {
		if w.Locked("shop") {
			t.Errorf("%s with the lock", call)
		}
	}
	w.Command(NewPs, "ps").Fine(t)
	w.Command(NewLogs, "logs").Fine(t)
}

// TestFailedChange: an operation that the engine refuses is the command's failure, and
// names the container.
func TestFailedChange(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Refuse = func(request string) error {
		if strings.HasPrefix(request, "stop") {
			return errors.New("the disk is gone")
		}
		return nil
	}
	r := w.Command(NewStop, "stop", "web")
	if r.Error == nil {
		t.Fatal("succeeded")
	}
	r.Says(t, "web", "the disk is gone")
}

// TestBrokenFiles: what runs is found by its labels where the files cannot be read, or are
// gone.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"broken": "services: [", "another project": "name: other\nservices: {}\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Write("compose.yaml", content)
			args := []string{"stop", "api"}
			if name == "another project" {
				args = append([]string{"-p", "shop"}, args...)
			}
			w.Command(NewStop, args...).Fine(t)
			if got := w.Requests(); !slices.Equal(got, []string{"stop shop-api-1"}) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestAppearedMeanwhile: what appears after the question was not agreed to, so it is left
// as it is, and the command fails.
func TestAppearedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Typed = []string{"y"}
	w.Asked = func(said string) {
		if w.Locked("shop") {
			t.Error("asks with the lock")
		}
		if !strings.Contains(said, "shop-db-1") || strings.Contains(said, "shop-web-1") {
			t.Errorf("asks %q", said)
		}
		w.Set("shop-web-1", func(c *fakeengine.Container) { c.State = "exited" })
	}
	r := w.Run(func(ctx context.Context, env *command.Env) error { return runRm(ctx, env, nil, rmOptions{}) })
	if r.Code() != fail.Failed {
		t.Errorf("code %q", r.Code())
	}
	r.Says(t, "shop-web-1", "appeared while you were asked")
	if got := w.Requests(); len(got) > 0 || w.Locked("shop") {
		t.Errorf("changed %q; locked: %v", got, w.Locked("shop"))
	}
}

// TestGoneMeanwhile: what is gone after the question needs no removal.
func TestGoneMeanwhile(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Typed = []string{"y"}
	w.Asked = func(string) { w.Set("shop-db-1", func(c *fakeengine.Container) { c.State = "running" }) }
	w.Run(func(ctx context.Context, env *command.Env) error { return runRm(ctx, env, nil, rmOptions{}) }).Fine(t).Says(t, "nothing to remove")
	if got := w.Requests(); len(got) > 0 {
		t.Errorf("changed %q", got)
	}
}

// TestRmAnswers: a container is removed after a yes, and after nothing else.
func TestRmAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		typed []string // nil for no terminal
		yes   bool
		code  fail.Code
		want  []string
	}{
		{"yes", []string{"yes"}, false, "", []string{"remove shop-db-1"}},
		{"Y", []string{"Y"}, false, "", []string{"remove shop-db-1"}},
		{"no", []string{"n"}, false, "", nil},
		{"Enter", []string{""}, false, "", nil},
		{"another word", []string{"yep"}, false, "", nil},
		{"the end of input", []string{}, false, "", nil},
		{"no terminal", nil, false, fail.NeedsAnswer, nil},
		{"--yes", nil, true, "", []string{"remove shop-db-1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Typed, w.Settings.Yes = test.typed, test.yes
			r := w.Run(func(ctx context.Context, env *command.Env) error { return runRm(ctx, env, nil, rmOptions{}) })
			if r.Code() != test.code {
				t.Errorf("code %q, want %q: %v", r.Code(), test.code, r.Error)
			}
			if diff := cmp.Diff(test.want, w.Requests()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestRemovalQuestion names what is lost with the containers.
func TestRemovalQuestion(t *testing.T) {
	t.Parallel()
	for want, todo := range map[string]plan.Plan{
		"remove a, b?": {Ops: []plan.Op{{Action: plan.Remove, Name: "a"}, {Action: plan.Remove, Name: "b"}}},
		"remove a and 2 of their anonymous volumes with the data in them?": {Ops: []plan.Op{{Action: plan.Remove, Name: "a", Drop: []string{"x", "y"}}}},
	} {
		if got := removalQuestion(&todo); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
