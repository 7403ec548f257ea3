package packages

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

// engine is one that runs the scripts of installations as it is told.
type engine struct {
	*fakeengine.Machine
	*client.Client
	images *fakeengine.Images
	work   Work
	events []string

	prepared []int // how the preparations end, one after the other; the last one again
	failing  int   // how many installations fail
	mu       sync.Mutex
	log      []string
}

func newEngine(t *testing.T) *engine {
	t.Helper()
	e := &engine{Machine: fakeengine.New(), images: &fakeengine.Images{}, prepared: []int{empty}}
	e.Main = e.main
	host := (&fakeengine.Server{Machine: e.Machine, Images: e.images}).Serve(t)
	var err error
	if e.Client, err = client.New(client.WithHost(host)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Ping(t.Context(), client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		t.Fatal(err)
	}
	p := project()
	e.work = Work{Project: p, Installs: Apply(p, plan.Observed{}, false, read(t)), Images: map[string]string{"shop-web:devup": "now"}, Builder: e.images}
	var events sync.Mutex
	e.work.Build.Sink = func(told event.Event) {
		events.Lock()
		defer events.Unlock()
		e.events = append(e.events, strings.TrimSpace(fmt.Sprint(told.Kind, " ", told.State, " ", told.Text)))
	}
	return e
}

// main says how the script of a container ends.
func (e *engine) main(c fakeengine.Container) (output string, status int, ended bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	command := c.Options.Config.Cmd
	if command[1] == prepare {
		e.log = append(e.log, "prepare, copying "+command[4])
		status = e.prepared[0]
		e.prepared = e.prepared[min(1, len(e.prepared)-1):]
		return "", status, true
	}
	e.log = append(e.log, command[3])
	if e.failing > 0 {
		e.failing--
		return "\x1e0\nnpm error 404", 7, true
	}
	return "\x1e0\nadded 1 package\n\x1e1\n", 0, true
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		prepared []int
		failing  int
		want     string
		err      string
		events   string // the last one
	}{
		{name: "everything is there", prepared: []int{complete}, want: "prepare, copying true"},
		{name: "nothing is there", prepared: []int{empty}, want: "prepare, copying true, npm ci", events: "image done packages installed"},
		{name: "the last installation is there", prepared: []int{filled}, want: "prepare, copying true, npm install", events: "image done packages installed"},
		{name: "what is new cannot be added", prepared: []int{filled, empty}, failing: 1, want: "prepare, copying true, npm install, prepare, copying false, npm ci", events: "image done packages installed"},
		{
			name: "it fails", prepared: []int{empty}, failing: 1, want: "prepare, copying true, npm ci",
			err: "the image of web cannot be built: RUN npm ci ended with exit code 7", events: "image failed packages not installed",
		},
		{name: "the volume cannot be written", prepared: []int{1}, want: "prepare, copying true", err: "the packages of web cannot be installed: the volume shop_web-packages-", events: "image failed packages not installed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t)
			e.prepared, e.failing = test.prepared, test.failing
			e.Add(fakeengine.Container{ID: "left", Name: "devup-packages-shop.web", State: "running"}) // by a killed run
			err := On(e.Client).Install(t.Context(), e.work)
			if err == nil != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want %q", err, test.err)
			}
			if failed, ok := errors.AsType[*fail.Error](err); ok && (failed.Code != fail.BuildFailed || failed.Service != "web") {
				t.Errorf("the failure is %+v", failed)
			}
			if got := strings.Join(e.log, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if last := append([]string{""}, e.events...)[len(e.events)]; last != test.events {
				t.Errorf("the last event is %q, want %q", last, test.events)
			}
			if left, _ := e.ContainerList(t.Context(), client.ContainerListOptions{All: true}); len(left.Items) > 0 {
				t.Errorf("left: %v", left.Items[0].Names)
			}
		})
	}
}

// TestRunContainer is about the container of an installation.
func TestRunContainer(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	e.work.Build.Egress.CA = []byte("-----BEGIN CERTIFICATE-----")
	e.work.Build.Egress.CAPart = true
	var made fakeengine.Container
	main := e.Main
	e.Main = func(c fakeengine.Container) (string, int, bool) {
		made = c
		return main(c)
	}
	if err := On(e.Client).Install(t.Context(), e.work); err != nil {
		t.Fatal(err)
	}
	i := e.work.Installs[0]
	volume := i.volume(e.work.Project, i.Key, "/web/node_modules")
	if m := made.Options.HostConfig.Mounts; len(m) != 1 || m[0].Source != volume || m[0].Target != "/web/node_modules" {
		t.Errorf("mounts %v", m)
	}
	config := made.Options.Config
	if got := strings.Join(config.Env, " "); got != "NODE_EXTRA_CA_CERTS=/run/secrets/devup-ca.pem" {
		t.Errorf("environment %q", got)
	}
	if !strings.Contains(config.Cmd[len(config.Cmd)-1], "state 'web/"+i.Key+"'") || config.Labels[plan.LabelHook] != plan.HookPackages {
		t.Errorf("command %q, labels %v", config.Cmd, config.Labels)
	}
	for _, file := range []string{"web/package.json", "run/secrets/devup-ca.pem"} {
		if !strings.Contains(string(made.Copied), file) {
			t.Errorf("%s is not copied", file)
		}
	}
}

// TestRunInterrupted ends an installation: its container does not stay.
func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	e.Main = func(c fakeengine.Container) (string, int, bool) {
		if c.Options.Config.Cmd[1] == prepare {
			return "", empty, true
		}
		cancel()
		return "\x1e0\nworking\n", 0, false
	}
	if err := On(e.Client).Install(ctx, e.work); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left, _ := e.ContainerList(t.Context(), client.ContainerListOptions{All: true}); len(left.Items) > 0 {
		t.Errorf("left: %v", left.Items[0].Names)
	}
}

// TestRows is about which installations wait for each other.
func TestRows(t *testing.T) {
	t.Parallel()
	one := &build.Packages{Steps: []build.PackagesStep{{Caches: []build.Cache{{Shared: true}}}}}
	locked := &build.Packages{Steps: []build.PackagesStep{{Caches: []build.Cache{{}}}}}
	got := rows([]Install{{Key: "a", Packages: one}, {Key: "b", Packages: one}, {Key: "a", Packages: one}, {Key: "c", Packages: locked}, {Key: "d", Packages: locked}})
	if want := "[[0 2] [1] [3 4]]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
