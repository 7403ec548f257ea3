package upcmd

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/test/cmdtest"
)

// shop is a project whose services answer by their healthchecks, which pass at once.
const shop = `
-- compose.yaml --
name: shop
services:
  web: {image: "web:1", depends_on: [db], healthcheck: {test: "true"}}
  db: {image: "db:1", healthcheck: {test: "true"}}
`

func newShop(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop)
	for _, image := range []string{"web:1", "db:1"} {
		w.Images.Add(image, fakeengine.ID(image))
	}
	return w
}

// newUp gives the project after `devup up --detach`.
func newUp(t *testing.T) *cmdtest.World {
	t.Helper()
	w := newShop(t)
	w.Command(NewUp, "up", "--detach").Fine(t)
	w.Requests()
	w.Server.Calls()
	return w
}

// states are the containers with their states.
func states(w *cmdtest.World) string {
	var all []string
	for _, name := range w.Names() {
		if rest, ok := strings.CutPrefix(name, "container shop-"); ok {
			all = append(all, rest)
		}
	}
	return strings.Join(all, ", ")
}

// before gives the places of requests, and fails the test unless they come in that order.
func before(t *testing.T, requests []string, order ...string) {
	t.Helper()
	last := -1
	for _, request := range order {
		i := slices.Index(requests, request)
		if i <= last {
			t.Errorf("%q is not after the others in %q", request, requests)
		}
		last = i
	}
}

// TestUpDetached makes and starts what is missing, dependencies first; the second time there
// is nothing to do.
func TestUpDetached(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Command(NewUp, "up", "-d").Fine(t)
	if got := states(w); got != "db-1 running, web-1 running" {
		t.Errorf("has %s", got)
	}
	before(t, w.Requests(), "create shop-db-1", "start shop-db-1", "start shop-web-1")
	w.Command(NewUp, "up", "-d").Fine(t)
	if got := w.Requests(); len(got) > 0 {
		t.Errorf("the second time: %q", got)
	}
	if w.Locked("shop") {
		t.Error("the lock is still held")
	}
}

// TestUpPulls what the engine does not have, and fails where the registry has it neither.
func TestUpPulls(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	w.Images.Registry["db:1"] = fakeengine.ID("db:1")
	w.Command(NewUp, "up", "-d", "db").Fine(t)
	if got := states(w); got != "db-1 running" {
		t.Errorf("has %s", got)
	}
	w = cmdtest.New(t, shop)
	r := w.Command(NewUp, "up", "-d")
	if r.Code() != fail.ImageMissing || states(w) != "" {
		t.Errorf("code %q, has %s", r.Code(), states(w))
	}
	r.Says(t, "db:1")
}

// TestUpServices starts the named services and what they depend on.
func TestUpServices(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"up -d web": "db-1 running, web-1 running", "up -d db": "db-1 running", "up -d --no-deps web": "web-1 running",
		"up --no-start": "db-1 created, web-1 created", "up -d --scale db=2": "db-1 running, db-2 running, web-1 running", "up --wait": "db-1 running, web-1 running",
		"up --dry-run": "", "--dry-run up": "",
	} {
		w := newShop(t)
		w.Command(NewUp, strings.Fields(args)...).Fine(t)
		if got := states(w); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}

// TestUpContradictions are refused before anything is opened.
func TestUpContradictions(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"up -w -d", "up -w --wait", "up -w --no-start", "up -w --exit-code-from web", "up -w --abort-on-container-failure",
		"up --abort-on-container-exit --abort-on-container-failure", "up -d --exit-code-from web", "up -d --attach web", "up --wait --attach-dependencies",
		"up --attach web --attach-dependencies",
	} {
		w := newShop(t)
		if r := w.Command(NewUp, strings.Fields(args)...); r.Code() != fail.Usage {
			t.Errorf("%s: %v", args, r.Error)
		}
		if calls := w.Server.Calls(); len(calls) > 0 {
			t.Errorf("%s: asked %q", args, calls)
		}
	}
}

// TestUpUnknownServices: flags that name services name those of the project, which is
// found out before it changes.
func TestUpUnknownServices(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"up --attach wbe", "up --no-attach wbe", "up --exit-code-from wbe", "up -d wbe", "up -d --scale wbe=2"} {
		w := newShop(t)
		r := w.Command(NewUp, strings.Fields(args)...)
		if r.Code() != fail.UnknownService || len(w.Requests()) > 0 || w.Locked("shop") {
			t.Errorf("%s: %v, has %s", args, r.Error, states(w))
		}
	}
}

// TestUpFollows shows the logs until all have ended.
func TestUpFollows(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Main = func(c fakeengine.Container) (string, int, bool) { return "hello from " + c.Name + "\n", 0, false }
	w.Server.Before = func(call string) {
		if strings.HasSuffix(call, "/logs") {
			w.End("shop-web-1", 0)
			w.End("shop-db-1", 0)
		}
	}
	r := w.Command(NewUp, "up").Fine(t)
	r.Says(t, "hello from shop-web-1", "hello from shop-db-1", "Ctrl-C stops", "all services have ended")
}

// TestUpFailsLater: why a service fails while its logs are shown is said as at its start.
func TestUpFailsLater(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Main = func(fakeengine.Container) (string, int, bool) { return "REGION is not set\n", 0, false }
	var reads atomic.Int32
	w.Server.Before = func(call string) {
		if !strings.HasSuffix(call, "/logs") {
			return
		}
		switch reads.Add(1) {
		case 1:
			w.End("shop-web-1", 3)
		case 5: // two were read up to now, then followed: the last is for the diagnosis
			w.End("shop-db-1", 0)
		}
	}
	r := w.Command(NewUp, "up").Fine(t)
	r.Says(t, "error: web stopped with exit code 3", "| REGION is not set", "hint: devup does not know the cause", "note: db-1 exited with code 0")
	if strings.Contains(r.Err, "web-1 exited") {
		t.Errorf("it is said twice:\n%s", r.Err)
	}
}

// TestUpInterrupted: Ctrl-C stops what the run started, and leaves what ran before.
func TestUpInterrupted(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*cmdtest.World){
		"everything": func(*cmdtest.World) {},
		"a part":     func(w *cmdtest.World) { w.Command(NewUp, "up", "-d", "db").Fine(t) },
		"nothing":    func(w *cmdtest.World) { w.Command(NewUp, "up", "-d").Fine(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			prepare(w)
			w.Requests()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w.Server.Before = func(call string) {
				if strings.HasSuffix(call, "/logs") {
					cancel()
				}
			}
			r := w.CommandUntil(ctx, NewUp, "up")
			if r.Error != error(command.ExitCode(130)) { //nolint:errorlint // it is the value itself
				t.Errorf("ended with %v", r.Error)
			}
			want := map[string]string{"everything": "db-1 exited, web-1 exited", "a part": "db-1 running, web-1 exited", "nothing": "db-1 running, web-1 running"}[name]
			if got := states(w); got != want {
				t.Errorf("has %s, want %s", got, want)
			}
			if name == "nothing" {
				r.Says(t, "leaves it running", "still running")
			}
			if w.Locked("shop") {
				t.Error("the lock is still held")
			}
		})
	}
}

// TestUpInterruptedTwice: the second Ctrl-C kills what the first has asked to stop, without waiting
// for that, and leaves what was not named.
func TestUpInterruptedTwice(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	insists, insist := context.WithCancel(t.Context())
	defer insist()
	w.Insists = insists
	killed := make(chan struct{})
	w.Server.Before = func(call string) {
		switch {
		case strings.HasSuffix(call, "/logs"):
			cancel()
		case strings.HasSuffix(call, "/stop"):
			insist()
			<-killed
		case strings.HasSuffix(call, "/kill"):
			close(killed)
		}
	}
	r := w.CommandUntil(ctx, NewUp, "up", "web")
	if r.Error != error(command.ExitCode(130)) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
	r.Says(t, "Ctrl-C stops web, a second one kills", "killing what still runs")
	if got := w.Requests(); !slices.Contains(got, "kill SIGKILL shop-web-1") || !strings.Contains(states(w), "db-1 running") {
		t.Errorf("%q, has %s", got, states(w))
	}
}

// TestExitCodeFrom ends with the code of a service, and stops the rest.
func TestExitCodeFrom(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args, ends string // the container that ends of itself
		code       int
		want       int
	}{
		{"up --exit-code-from web", "shop-web-1", 7, 7},
		{"up --exit-code-from web", "shop-web-1", 0, 0},
		{"up --abort-on-container-exit", "shop-db-1", 0, 0},
		{"up --abort-on-container-exit", "shop-db-1", 5, 5},
		{"up --abort-on-container-failure", "shop-web-1", 6, 6},
	} {
		t.Run(test.args+" "+test.ends, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Server.Before = func(call string) {
				if strings.HasSuffix(call, test.ends+"/wait") {
					w.End(test.ends, test.code)
				}
			}
			r := w.Command(NewUp, strings.Fields(test.args)...)
			got := 0
			if code, ok := r.Error.(command.ExitCode); ok { //nolint:errorlint // it is the value itself
				got = int(code)
			} else if r.Error != nil {
				t.Errorf("error %v", r.Error)
			}
			if got != test.want || states(w) != "db-1 exited, web-1 exited" {
				t.Errorf("exit code %d, want %d; has %s", got, test.want, states(w))
			}
			r.Says(t, "has ended; stopping the rest")
		})
	}
}

// TestExitCodeFromAnother: the code is that of the service that was asked for, also where
// another one ends first.
func TestExitCodeFromAnother(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Server.Before = func(call string) {
		switch {
		case strings.HasSuffix(call, "shop-db-1/wait"):
			w.End("shop-db-1", 5)
		case strings.HasSuffix(call, "shop-web-1/stop"):
			w.End("shop-web-1", 9)
		}
	}
	if r := w.Command(NewUp, "up", "--exit-code-from", "web"); r.Error != error(command.ExitCode(9)) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
}

// TestNameRunning: where up fails, it names what goes on running.
func TestNameRunning(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Refuse = func(request string) error {
		if request == "start shop-web-1" {
			return fail.New(fail.Failed, "", "the disk is gone")
		}
		return nil
	}
	r := w.Command(NewUp, "up")
	if r.Error == nil {
		t.Fatal("succeeded")
	}
	r.Says(t, "the disk is gone", "db goes on running", "devup stop", "devup down")
	if got := states(w); !strings.Contains(got, "db-1 running") {
		t.Errorf("has %s", got)
	}
}

// TestFollowed: whose logs are shown.
func TestFollowed(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices:\n  web: {image: web, depends_on: [db]}\n  db: {image: db}\n  noisy: {image: noisy, attach: false}\n")
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, err := session.Open(ctx, env.Env, session.Want{Project: session.Required})
		if err != nil {
			return err
		}
		for _, test := range []struct {
			o     logOptions
			named string
			want  string
		}{
			{logOptions{}, "", "db web"},
			{logOptions{}, "web", "web"},
			{logOptions{attachDependencies: true}, "web", "db web"},
			{logOptions{attach: []string{"noisy"}}, "", "noisy"},
			{logOptions{attach: []string{"noisy", "db"}, noAttach: []string{"db"}}, "web", "noisy"},
			{logOptions{noAttach: []string{"web"}}, "", "db"},
			{logOptions{}, "noisy", ""},
		} {
			if got := strings.Join(test.o.followed(s.Project, strings.Fields(test.named)), " "); got != test.want {
				t.Errorf("%+v of %q: %q, want %q", test.o, test.named, got, test.want)
			}
		}
		return nil
	}).Fine(t)
}

// TestAborts: which flags make the end of a container the end of the command.
func TestAborts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		o               logOptions
		aborts, anyExit bool
	}{
		{logOptions{}, false, false},
		{logOptions{abortOnExit: true}, true, true},
		{logOptions{abortOnFailure: true}, true, false},
		{logOptions{exitCodeFrom: "web"}, true, true},
		{logOptions{exitCodeFrom: "web", abortOnFailure: true}, true, false},
	} {
		if test.o.aborts() != test.aborts || test.o.abortsOnExit() != test.anyExit {
			t.Errorf("%+v: %v, %v", test.o, test.o.aborts(), test.o.abortsOnExit())
		}
	}
}

// TestSince: what follows begins with the run, and prints as the flags say.
func TestSince(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, asJSON := range []bool{false, true} {
		w := cmdtest.New(t, shop)
		w.JSON = asJSON
		w.Run(func(_ context.Context, env *command.Env) error {
			o := logOptions{timestamps: true, noPrefix: true}.since(env, began)
			if !o.Follow || !o.Timestamps || o.Since != "2026-01-02T03:04:05.000000006Z" || (o.Sink != nil) == asJSON {
				t.Errorf("%+v", o)
			}
			return nil
		})
	}
}

// TestCreate makes everything and starts nothing; scale runs another number.
func TestCreate(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Command(NewCreate, "create").Fine(t)
	if got := states(w); got != "db-1 created, web-1 created" {
		t.Errorf("has %s", got)
	}
	w.Command(NewCreate, "create").Fine(t).Says(t, "nothing to do")
	w = newUp(t)
	for args, want := range map[string]string{"scale db=2": "db-1 running, db-2 running, web-1 running"} {
		w.Command(NewScale, strings.Fields(args)...).Fine(t)
		if got := states(w); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	w.Command(NewScale, "scale", "db=1").Fine(t)
	if got := states(w); got != "db-1 running, web-1 running" {
		t.Errorf("has %s", got)
	}
	for args, code := range map[string]fail.Code{"scale": fail.Usage, "scale db": fail.Usage, "scale db=-1": fail.Usage, "scale wbe=1": fail.UnknownService} {
		if r := w.Command(NewScale, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
}

// TestPlan prints what up would do, changes nothing, and says by its exit code whether there
// is anything.
func TestPlan(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	r := w.Command(NewPlan, "plan", "--exit-code")
	if r.Error != error(command.ExitCode(2)) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
	r.Says(t, "shop-web-1", "shop-db-1")
	if got := append(w.Requests(), w.Names()...); len(got) > 0 {
		t.Errorf("changed %q", got)
	}
	var actions []string
	for line := range strings.Lines(w.Command(NewPlan, "--json", "plan", "db").Fine(t).Out) {
		var o struct{ Type, Action, Name, Service string }
		if err := json.Unmarshal([]byte(line), &o); err != nil || o.Type != "operation" {
			t.Errorf("%v: %s", err, line)
		}
		actions = append(actions, o.Action+" "+o.Name)
	}
	if diff := cmp.Diff([]string{"create-network shop_default", "create shop-db-1", "start shop-db-1"}, actions); diff != "" && !slices.Contains(actions, "create shop-db-1") {
		t.Error(diff)
	}
	w = newUp(t)
	w.Command(NewPlan, "plan", "--exit-code").Fine(t).Says(t, "nothing to do")
}
