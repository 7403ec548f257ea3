package run

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

// old is a container of the service web as a plan knows it, and as a machine has it.
func old(state string) (plan.Container, fakeengine.Container) {
	labels := map[string]string{plan.LabelProject: "shop", plan.LabelService: "web"}
	known := plan.Container{ID: strings.Repeat("0a", 32), Name: "shop-web-1", Service: "web", Number: 1, State: state}
	return known, fakeengine.Container{
		ID: known.ID, Name: known.Name, State: state,
		Options: client.ContainerCreateOptions{Config: &container.Config{Labels: labels}},
	}
}

// TestOperationsOnContainers: what each operation asks of the engine, what it reports, and
// what is left where the engine refuses a part of it.
func TestOperationsOnContainers(t *testing.T) {
	t.Parallel()
	running, _ := old("running")
	paused, _ := old("paused")
	exited, _ := old("exited")
	web := func(a plan.Action, c plan.Container) plan.Op {
		return plan.Op{Action: a, Name: "shop-web-1", Service: "web", Number: 1, Old: c}
	}
	with := func(op plan.Op, change func(*plan.Op)) plan.Op { change(&op); return op }
	noStart := func(op *plan.Op) { op.NoStart = true }
	const successor = "0a0a0a0a0a0a_shop-web-1"
	for _, test := range []struct {
		name     string
		op       plan.Op
		refused  string // this request
		requests string
		event    string
		left     string // containers and volumes afterwards
		err      string
	}{
		{"create", web(plan.Create, plan.Container{}), "", "create shop-web-1; start shop-web-1", "shop-web-1 done started", "container shop-web-1 running; volume data", ""},
		{"create without a start", with(web(plan.Create, plan.Container{}), noStart), "", "create shop-web-1", "shop-web-1 done created", "container shop-web-1 created; volume data", ""},
		{"a creation is refused", web(plan.Create, plan.Container{}), "create shop-web-1", "", "shop-web-1 failed starting", "volume data", "failed: create shop-web-1: refused"},
		{"a new container that does not start stays", web(plan.Create, plan.Container{}), "start shop-web-1", "create shop-web-1", "shop-web-1 failed starting", "container shop-web-1 created; volume data", "failed: create shop-web-1: refused"},
		{"recreate", web(plan.Recreate, running), "", "create " + successor + "; stop shop-web-1; remove shop-web-1; rename " + successor + " shop-web-1; start shop-web-1", "shop-web-1 done replaced", "container shop-web-1 running; volume data", ""},
		{"recreate without a start", with(web(plan.Recreate, exited), noStart), "", "create " + successor + "; remove shop-web-1; rename " + successor + " shop-web-1", "shop-web-1 done replaced", "container shop-web-1 created; volume data", ""},
		{"without a successor the old one stays", web(plan.Recreate, running), "create " + successor, "", "shop-web-1 failed replacing", "container shop-web-1 running; volume data", "failed: recreate shop-web-1: refused"},
		{"an old one that stays keeps its name", web(plan.Recreate, running), "remove shop-web-1", "create " + successor + "; stop shop-web-1", "shop-web-1 failed replacing", "container " + successor + " created; container shop-web-1 exited; volume data", "failed: recreate shop-web-1: refused"},
		{"rename", web(plan.Rename, exited), "", "rename shop-web-1 shop-web-1; start shop-web-1", "shop-web-1 done started", "container shop-web-1 running; volume data", ""},
		{"start", web(plan.Start, exited), "", "start shop-web-1", "shop-web-1 done started", "container shop-web-1 running; volume data", ""},
		{"stop", web(plan.Stop, running), "", "stop shop-web-1", "shop-web-1 done stopped", "container shop-web-1 exited; volume data", ""},
		{"stop what is paused", web(plan.Stop, paused), "", "stop shop-web-1", "shop-web-1 done stopped", "container shop-web-1 exited; volume data", ""},
		{"stop what has ended", web(plan.Stop, exited), "", "", "shop-web-1 done stopped", "container shop-web-1 exited; volume data", ""},
		{"restart", web(plan.RestartOnly, running), "", "restart shop-web-1", "shop-web-1 done restarted", "container shop-web-1 running; volume data", ""},
		{"pause", web(plan.Pause, running), "", "pause shop-web-1", "shop-web-1 done paused", "container shop-web-1 paused; volume data", ""},
		{"unpause", web(plan.Unpause, paused), "", "unpause shop-web-1", "shop-web-1 done runs again", "container shop-web-1 running; volume data", ""},
		{"kill", web(plan.Kill, running), "", "kill  shop-web-1", "shop-web-1 done killed", "container shop-web-1 exited; volume data", ""},
		{"signal", with(web(plan.Kill, running), func(op *plan.Op) { op.Signal = "HUP" }), "", "kill HUP shop-web-1", "shop-web-1 done got signal HUP", "container shop-web-1 running; volume data", ""},
		{"kill what has ended in the meantime", web(plan.Kill, exited), "", "kill  shop-web-1", "shop-web-1 done killed", "container shop-web-1 exited; volume data", ""},
		{"remove", web(plan.Remove, running), "", "stop shop-web-1; remove shop-web-1", "shop-web-1 done removed", "volume data", ""},
		{"remove with a volume", with(web(plan.Remove, exited), func(op *plan.Op) { op.Drop = []string{"data", "gone"} }), "", "remove shop-web-1; remove volume data; remove volume gone", "shop-web-1 done removed", "", ""},
		{"remove what is gone", web(plan.Remove, plan.Container{ID: "gone", State: "exited"}), "", "remove gone", "shop-web-1 done removed", "container shop-web-1 exited; volume data", ""},
		{"an action that does not exist", web("dance", exited), "", "", "shop-web-1 failed starting", "container shop-web-1 exited; volume data", `failed: dance shop-web-1: unknown action "dance"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := fakeengine.New()
			m.AddVolume("data", nil)
			if test.op.Action != plan.Create {
				_, c := old(stateOnMachine(test.op.Old.State))
				m.Add(c)
			}
			m.Refuse = func(request string) error {
				if test.refused == request {
					return errors.New("refused")
				}
				return nil
			}
			got := apply(t.Context(), m, load(t, `services: {web: {image: x, network_mode: none}}`), Options{}, test.op)
			text := got.errText()
			if got.err != nil && !strings.Contains(text, "failed: ") {
				text = "failed: " + text
			}
			if got.requests != test.requests || strings.Join(got.events, "; ") != test.event || text != test.err {
				t.Errorf("got  %q, %q, %q\nwant %q, %q, %q", got.requests, got.events, text, test.requests, test.event, test.err)
			}
			if left := strings.Join(m.Names(), "; "); left != test.left {
				t.Errorf("left %q, want %q", left, test.left)
			}
			started := slices.Contains([]plan.Action{plan.Create, plan.Recreate, plan.Rename, plan.Start, plan.RestartOnly, plan.Unpause}, test.op.Action)
			if runs := len(got.ids["web"]) == 1; runs != (started && test.err == "" && !test.op.NoStart) {
				t.Errorf("the result names %v", got.ids)
			}
		})
	}
}

// TestRemoveWithoutTimeToStop: where a container is killed anyway, its removal kills it.
func TestRemoveWithoutTimeToStop(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{"running": "remove shop-web-1", "paused": "stop within 0s shop-web-1; remove shop-web-1"} {
		m := fakeengine.New()
		known, c := old(state)
		m.Add(c)
		got := apply(t.Context(), m, nil, Options{StopTimeout: new(time.Duration)}, plan.Op{Action: plan.Remove, Name: "shop-web-1", Service: "web", Old: known})
		if got.err != nil || got.requests != want {
			t.Errorf("%s: got %q, %v; want %q", state, got.requests, got.err, want)
		}
	}
}

// stateOnMachine is the state of the container on the machine; one that the plan does not know
// has ended.
func stateOnMachine(state string) string {
	if state == "" {
		return "exited"
	}
	return state
}

// TestSuccessorSaysWhatItReplaces: a later run recognises the successor of a replacement
// that was interrupted, and with it the kept volumes.
func TestSuccessorSaysWhatItReplaces(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	known, c := old("running")
	m.Add(c)
	m.Refuse = func(request string) error {
		if request == "remove shop-web-1" {
			return errors.New("refused")
		}
		return nil
	}
	op := plan.Op{
		Action: plan.Recreate, Name: "shop-web-1", Service: "web", Number: 1, Old: known,
		KeepVolumes: map[string]string{"/data": "anonymous"}, Labels: map[string]string{plan.LabelCause: "asked for"},
	}
	p := load(t, `services: {web: {image: x, network_mode: none}}`)
	_ = apply(t.Context(), m, p, Options{Images: map[string]string{"x": "sha256:1"}, Inputs: map[string]string{"web": "i1"}}, op)
	successor, ok := m.Container("0a0a0a0a0a0a_shop-web-1")
	if !ok {
		t.Fatal("no successor")
	}
	labels := maps.Clone(successor.Options.Config.Labels)
	for _, test := range []struct{ label, want string }{
		{plan.LabelReplace, "shop-web-1"}, {plan.LabelCause, "asked for"}, {plan.LabelImage, "sha256:1"}, {plan.LabelInputs, "i1"}, {plan.LabelNumber, "1"},
	} {
		if labels[test.label] != test.want {
			t.Errorf("label %s is %q, want %q", test.label, labels[test.label], test.want)
		}
	}
	if mounts := successor.Options.HostConfig.Mounts; len(mounts) != 1 || mounts[0].Source != "anonymous" || mounts[0].Target != "/data" {
		t.Errorf("mounts %v", mounts)
	}
}

// TestSecretsAreCopiedAtEachStart: a run may have been killed before the copy.
func TestSecretsAreCopiedAtEachStart(t *testing.T) {
	t.Parallel()
	p := load(t, "services: {web: {image: x, network_mode: none, secrets: [token]}}\nsecrets: {token: {environment: TOKEN}}\n")
	p.Environment["TOKEN"] = "open sesame"
	known, c := old("exited")
	for _, op := range []plan.Op{
		{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1},
		{Action: plan.Start, Name: "shop-web-1", Service: "web", Number: 1, Old: known},
	} {
		m := fakeengine.New()
		if op.Action == plan.Start {
			m.Add(c)
		}
		got := apply(t.Context(), m, p, Options{}, op)
		if got.err != nil || !strings.HasSuffix(got.requests, "copy shop-web-1; start shop-web-1") {
			t.Errorf("%s: requests %q, %v", op.Action, got.requests, got.err)
		}
		if made, _ := m.Container("shop-web-1"); !strings.Contains(string(made.Copied), "open sesame") {
			t.Errorf("%s: copied %q", op.Action, made.Copied)
		}
	}
}

// TestCreationWarnsOnce: of what a service asks for and does not get, once for all of its
// containers.
func TestCreationWarnsOnce(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	missing, secret := filepath.Join(directory, "nginx.conf"), filepath.Join(directory, "secret")
	if err := os.WriteFile(secret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := load(t, "services: {web: {image: x, network_mode: none, volumes: ["+missing+":/etc/nginx.conf], secrets: [{source: s, uid: '1'}]}}\nsecrets: {s: {file: "+secret+"}}\n")
	got := apply(t.Context(), fakeengine.New(), p, Options{},
		plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1},
		plan.Op{Action: plan.Create, Name: "shop-web-2", Service: "web", Number: 2, After: []int{0}},
	)
	want := []string{
		"web warning service web mounts " + missing + ", which did not exist and is a directory now; if it should be a file, create it and run the command again",
		"web warning the secret s is a mounted file, which keeps its own owner and mode: uid, gid and mode of the service do nothing",
		"shop-web-1 done started", "shop-web-2 done started",
	}
	if diff := cmp.Diff(want, got.events); diff != "" || got.err != nil {
		t.Errorf("%v, events (-want +got):\n%s", got.err, diff)
	}
	if info, err := os.Stat(missing); err != nil || !info.IsDir() {
		t.Errorf("the source was not created: %v", err)
	}
}

// TestOldEnginesJoinNetworksAfterCreation: before API 1.44 a container is created in one
// network and connected to the others.
func TestOldEnginesJoinNetworksAfterCreation(t *testing.T) {
	t.Parallel()
	p := load(t, "services: {web: {image: x, networks: [a, b]}}\nnetworks: {a: {}, b: {}}\n")
	for api, want := range map[string]string{
		"1.43": "create shop-web-1; connect shop_b shop-web-1; start shop-web-1",
		"1.44": "create shop-web-1; start shop-web-1",
	} {
		m := fakeengine.New()
		e := on(m)
		e.API = api
		todo := &plan.Plan{Ops: []plan.Op{{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1}}}
		_, err := e.Apply(t.Context(), p, todo, Options{Sink: discard})
		if got := strings.Join(m.Requests(), "; "); err != nil || got != want {
			t.Errorf("API %s: requests %q, %v; want %q", api, got, err, want)
		}
		if c, _ := m.Container("shop-web-1"); len(c.Networks) != 2 {
			t.Errorf("API %s: connected to %v", api, c.Networks)
		}
	}
}

// TestLostPortIsAWarningWhereAnotherIsTaken: the caller tries another port.
func TestLostPortIsAWarningWhereAnotherIsTaken(t *testing.T) {
	t.Parallel()
	for move, want := range map[bool]string{
		true:  "shop-web-1 warning its port was taken in the meantime; trying another",
		false: "shop-web-1 failed starting",
	} {
		m := fakeengine.New()
		m.Refuse = func(request string) error {
			if request == "start shop-web-1" {
				return errors.New("Bind for 127.0.0.1:3000 failed: port is already allocated")
			}
			return nil
		}
		got := apply(t.Context(), m, load(t, `services: {web: {image: x, network_mode: none}}`), Options{PortsMove: move},
			plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1})
		taken, _ := errors.AsType[*TakenPort](got.err)
		if strings.Join(got.events, "; ") != want || taken == nil || taken.Port != 3000 {
			t.Errorf("ports move %t: events %q, %v", move, got.events, got.err)
		}
	}
}

// TestStopTimeout: the time that the user asks for replaces the containers' own, in whole
// seconds: 0 would kill at once.
func TestStopTimeout(t *testing.T) {
	t.Parallel()
	known, onMachine := old("running")
	for asked, want := range map[time.Duration]string{1500 * time.Millisecond: "2s", time.Minute: "60s", 0: "0s"} {
		m := fakeengine.New()
		m.Add(onMachine)
		got := apply(t.Context(), m, nil, Options{StopTimeout: &asked},
			plan.Op{Action: plan.RestartOnly, Name: "shop-web-1", Service: "web", Old: known},
			plan.Op{Action: plan.Stop, Name: "shop-web-1", Service: "web", Old: known, After: []int{0}},
		)
		if want := "restart within " + want + " shop-web-1; stop within " + want + " shop-web-1"; got.requests != want || got.err != nil {
			t.Errorf("%v: requests %q, %v; want %q", asked, got.requests, got.err, want)
		}
	}
}

// TestHashOfAServiceInAnothersNamespace: Compose hashes the ID of the container that a
// service shares the network of. That is the new one, where the same plan creates it.
func TestHashOfAServiceInAnothersNamespace(t *testing.T) {
	t.Parallel()
	p := load(t, `services: {db: {image: y, network_mode: none}, web: {image: x, network_mode: "service:db"}}`)
	declared := plan.Declared{Service: p.Services["web"]}
	create := plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1, Declared: &declared, Hosts: map[string]string{"db": "old"}}
	db := plan.Op{Action: plan.Create, Name: "shop-db-1", Service: "db", Number: 1}
	for _, with := range []bool{false, true} {
		m, ops, host := fakeengine.New(), []plan.Op{create}, "old"
		if with {
			after := create
			after.After = []int{0}
			ops = []plan.Op{db, after}
		}
		got := apply(t.Context(), m, p, Options{}, ops...)
		if with {
			host = got.ids["db"][1]
		}
		want, err := declared.Hash(func(string) string { return host })
		web, _ := m.Container("shop-web-1")
		if got.err != nil || err != nil || web.Options.Config.Labels[plan.LabelHash] != want {
			t.Errorf("with db in the plan %t: hash %q, want %q (%v)", with, web.Options.Config.Labels[plan.LabelHash], want, errors.Join(got.err, err))
		}
	}
}
