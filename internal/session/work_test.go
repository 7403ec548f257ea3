package session_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/test/cmdtest"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}

// newRunning gives a project with containers in several states, and one of a service that
// the files do not name.
func newRunning(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop)
	w.Has("web", "exited")
	w.Has("web", "running")
	w.Has("db", "paused")
	w.Has("old", "running")
	w.Has("web", "running", func(c *fakeengine.Container) {
		c.Name, c.Options.Config.Labels[plan.LabelOneOff] = "shop-web-run-1", "True"
	})
	return w
}

var looking = session.Want{Project: session.Optional, Engine: session.Required, State: session.Containers}

// TestServices are those of the files and those that run.
func TestServices(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, newRunning(t), looking)
	if got := strings.Join(s.Services(), " "); got != "db old web" {
		t.Errorf("services %s", got)
	}
	declared := s.Declared()
	slices.Sort(declared)
	if diff := cmp.Diff([]string{"db", "web"}, declared); diff != "" {
		t.Error(diff)
	}
	for name, known := range map[string]bool{"web": true, "old": true, "wbe": false} {
		err := s.CheckServices([]string{"db", name})
		if (err == nil) != known {
			t.Errorf("%s: %v", name, err)
		}
		if e, ok := err.(*fail.Error); !known && (!ok || e.Code != fail.UnknownService || e.Service != name || !strings.Contains(e.Hint, "db, old, web")) { //nolint:errorlint // it is not wrapped
			t.Errorf("%s: %#v", name, err)
		}
	}
	for services, want := range map[string]string{"": "shop-db-1 shop-old-1 shop-web-1 shop-web-2", "web": "shop-web-1 shop-web-2", "db old": "shop-db-1 shop-old-1"} {
		var names []string
		for _, c := range s.Containers(strings.Fields(services)) {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("containers of %q: %s, want %s", services, got, want)
		}
	}
}

// TestInactiveService: a service whose profile is not active is named as such.
func TestInactiveService(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: web}, admin: {image: admin, profiles: [tools, dev]}}\n")
	err := mustOpen(t, w, looking).CheckServices([]string{"admin"})
	var e *fail.Error
	if !errors.As(err, &e) || e.Message != "service admin is in the profile tools, dev, which is not active" || !strings.Contains(e.Hint, "--profile tools") {
		t.Errorf("%#v", err)
	}
}

// TestContainer: the container that a number means, and what is wrong where there is none.
func TestContainer(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, newRunning(t), looking)
	for _, test := range []struct {
		service string
		number  int
		any     string // or words of the error
		running string
	}{
		{"web", 0, "shop-web-1", "shop-web-2"},
		{"web", 2, "shop-web-2", "shop-web-2"},
		{"web", 1, "shop-web-1", "container 1 of web is not running"},
		{"web", 3, "web has no container with the number 3", "container 3 of web is not running"},
		{"db", 0, "shop-db-1", "db is paused"},
		{"db", 1, "shop-db-1", "container 1 of db is paused"},
		{"api", 0, "api has no container", "api is not running"},
	} {
		for want, find := range map[string]func(string, int) (plan.Container, error){test.any: s.Container, test.running: s.RunningContainer} {
			c, err := find(test.service, test.number)
			got := c.Name
			if err != nil {
				got = err.Error()
				if e, ok := err.(*fail.Error); !ok || e.Service != test.service || !strings.Contains(e.Hint, "devup") { //nolint:errorlint // it is not wrapped
					t.Errorf("%#v", err)
				}
			}
			if got != want {
				t.Errorf("%s %d: %q, want %q", test.service, test.number, got, want)
			}
		}
	}
}

// TestRefresh observes again, and leaves the session as it was.
func TestRefresh(t *testing.T) {
	t.Parallel()
	w := newRunning(t)
	s := mustOpen(t, w, looking)
	before := len(s.Observed.Containers)
	w.Has("api", "running")
	now, err := s.Refresh(t.Context())
	if err != nil || len(now.Observed.Containers) != before+1 || len(s.Observed.Containers) != before {
		t.Errorf("%v: %d, and %d in the session, want %d and %d", err, len(now.Observed.Containers), len(s.Observed.Containers), before+1, before)
	}
	ctx, cancel := contextOf(t)
	cancel()
	if _, err := s.Refresh(ctx); err == nil {
		t.Error("refreshed without a context")
	}
}

// TestCopies: a session with another project or sink leaves the first one as it is.
func TestCopies(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, newRunning(t), looking)
	scaled := s.Project.WithScale(map[string]int{"web": 4})
	if with := s.With(scaled); with.Project != scaled || s.Project == scaled {
		t.Error("With changes the session")
	}
	var heard []string
	with := s.Reporting(func(e event.Event) { heard = append(heard, e.Text) })
	with.Note("there")
	s.Note("here")
	if diff := cmp.Diff([]string{"there"}, heard); diff != "" {
		t.Error(diff)
	}
}

// TestGateway: a project is served through one port where the command, else the files,
// say so.
func TestGateway(t *testing.T) {
	t.Parallel()
	const plain = "-- compose.yaml --\nname: shop\nservices:\n  web: {image: web, ports: [\"3000:3000\"]}\n  api: {image: api, ports: [\"4567:4567\"], x-devup: {routes: [/api]}}\n"
	const gated = plain + "x-devup: {gateway: true}\n"
	for _, test := range []struct {
		name, files string
		gateway     session.Gateway
		want        bool
	}{
		{"not looked at", gated, session.GatewayUnused, true},
		{"by the files", gated, session.GatewayAsConfigured, true},
		{"not by the files", plain, session.GatewayAsConfigured, false},
		{"against the files", gated, session.GatewayOff, false},
		{"by the command", plain, session.GatewayOn, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, test.files)
			s, err := open(t, w, session.Want{Project: session.Required, Engine: session.Required, State: session.Containers, Gateway: test.gateway})
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Project.Gateway != nil; got != test.want {
				t.Errorf("gateway: %v, want %v", got, test.want)
			}
		})
	}
	w := cmdtest.New(t, gated)
	far := &engine.Engine{Client: mustOpen(t, w, session.Want{Engine: session.Required}).Engine.Client, Endpoint: "ssh://box"}
	if _, err := open(t, w, session.Want{Project: session.Required, Engine: session.Required, On: far, Gateway: session.GatewayAsConfigured}); fail.CodeOf(err) != fail.Usage {
		t.Errorf("on another machine: %v", err)
	}
}

// TestKeeper: the process of a gateway is told the same engine; without a home there is
// none.
func TestKeeper(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Settings.Host, w.Settings.Context = "unix:///x", "box"
	s := mustOpen(t, cmdtest.New(t, shop), session.Want{Engine: session.Required})
	var said cmdtest.Text
	env := w.NewEnv(&said, &said)
	defer env.UI.Close()
	k := env.GatewayManager(s.Engine, "shop")
	if got := strings.Join(k.Command[1:], " "); got != "--host unix:///x --context box serve gateway "+k.File+" shop" {
		t.Errorf("command %s", got)
	}
	if other := env.GatewayManager(s.Engine, "store"); other.File == k.File {
		t.Error("two projects share a gateway")
	}
	if none := env.GatewayManager(nil, "shop"); none.File != "" || none.Command != nil {
		t.Errorf("without an engine: %+v", none)
	}
}

// TestUpKeepsPorts: a port that was taken instead of the files' own is kept in the checkout,
// and wanted again as long as the files ask for the same.
func TestUpKeepsPorts(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: \"web:1\", ports: [\"18431:80\"]}}\n-- .git/HEAD --\nx\n")
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	w.Has("other", "running", func(c *fakeengine.Container) {
		c.Options.Config.Labels[plan.LabelProject] = "other"
		c.Ports = append(c.Ports, publicPort(18431))
	})
	s := mustOpen(t, w, everything)
	outcome, err := s.Up(t.Context(), up.Options{NoWait: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(outcome.Moves) != 1 {
		t.Fatalf("moves %v", outcome.Moves)
	}
	s.Close()
	kept := s.KeptPorts(t.Context(), s.Project)
	if len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	for _, port := range kept {
		if port == 18431 || port != outcome.Ports[s.Project.PublishedPorts()[0].Key()] {
			t.Errorf("kept %d of %v", port, outcome.Ports)
		}
	}
	w.Write("compose.yaml", "name: shop\nservices: {web: {image: \"web:1\", ports: [\"18432:80\"]}}\n")
	if again := mustOpen(t, w, everything); len(again.KeptPorts(t.Context(), again.Project)) != 0 {
		t.Error("a port is kept that the files no longer ask for")
	}
}

// TestUpUnlocks: the lock is released when the plan is carried out, before services are
// waited for.
func TestUpUnlocks(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: \"web:1\", healthcheck: {test: \"true\"}}}\n")
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	w.Server.Before = func(call string) {
		starts := strings.HasSuffix(call, "/start") || strings.HasSuffix(call, "/create")
		waits := strings.HasPrefix(call, "GET /containers/shop-web-1/json")
		if starts && !w.Locked("shop") || waits && w.Locked("shop") {
			t.Errorf("%s: locked %v", call, w.Locked("shop"))
		}
	}
	s := mustOpen(t, w, everything)
	if _, err := s.Up(t.Context(), up.Options{}); err != nil {
		t.Fatal(err)
	}
	if w.Locked("shop") {
		t.Error("the lock is still held")
	}
	if got := w.Names(); !slices.Contains(got, "container shop-web-1 running") {
		t.Errorf("has %q", got)
	}
}

// TestForeignStateDir: devup keeps nothing where others may write, and says so once.
func TestForeignStateDir(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes are those of Unix")
	}
	w := cmdtest.New(t, shop)
	dir := filepath.Join(w.Home, ".local", "state", "devup")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // that is the fault
		t.Fatal(err)
	}
	var said cmdtest.Text
	env := w.NewEnv(&said, &said)
	for range 2 {
		if got := env.StateDir(); got != "" {
			t.Errorf("keeps something in %s", got)
		}
	}
	env.UI.Close()
	if strings.Count(said.String(), dir) != 1 {
		t.Errorf("said %q", said.String())
	}
}

// TestProcess reads the environment that was handed in, and no other.
func TestProcess(t *testing.T) {
	t.Parallel()
	p := session.Process{LookupEnv: func(name string) (string, bool) { return "/home/ada", true }, Environ: []string{"A=1", "B=x=y", "=C:=C:\\", "broken"}}
	if p.Home() != "/home/ada" || p.Getenv("HOME") != "/home/ada" {
		t.Errorf("home %q", p.Home())
	}
	if diff := cmp.Diff(map[string]string{"A": "1", "B": "x=y"}, p.Variables()); diff != "" {
		t.Error(diff)
	}
}

// TestProjectOptions: -C changes where files are looked for, not where those of -f are.
func TestProjectOptions(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	var said cmdtest.Text
	env := w.NewEnv(&said, &said)
	defer env.UI.Close()
	o := env.ProjectOptions(t.Context(), session.Want{NoDeps: true})
	if o.Dir != w.Dir || o.Root != "" || o.NoDeps {
		t.Errorf("%+v", o)
	}
	w.Flags.Files, w.Flags.EnvFiles = []string{"a.yaml", "-"}, []string{"b.env"}
	env = w.NewEnv(&said, &said)
	defer env.UI.Close()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	o = env.ProjectOptions(t.Context(), session.Want{NoDeps: true, Services: []string{"web"}})
	if diff := cmp.Diff([]string{filepath.Join(here, "a.yaml"), "-"}, o.Files); diff != "" || o.Root != w.Dir || o.EnvFiles[0] != filepath.Join(here, "b.env") || !o.NoDeps {
		t.Errorf("%s%+v", diff, o)
	}
}

// TestWithheldCredentials: without a user to ask, the project does without, and is told so.
func TestWithheldCredentials(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		setting string
		typed   []string
		asked   int
		noted   bool
	}{
		{"ask", nil, 0, true},
		{"never", nil, 0, false},
		{"always", nil, 0, false},
		{"ask", []string{"n"}, 1, false},
		{"ask", []string{"y"}, 1, false},
	} {
		w := newNPM(t)
		asked := 0
		w.Settings.Credentials, w.Typed = test.setting, test.typed
		w.Asked = func(said string) {
			if asked++; !strings.Contains(said, "npm.corp") || w.Locked("shop") {
				t.Errorf("asks %q, locked: %v", said, w.Locked("shop"))
			}
		}
		want := everything
		want.Credentials = session.Asked
		s := mustOpen(t, w, want)
		if asked != test.asked || (len(s.Withheld) > 0) != test.noted {
			t.Errorf("%s %q: asked %d times, withheld %q", test.setting, test.typed, asked, s.Withheld)
		}
	}
}

// newNPM gives a project that installs packages, on a machine with a token for them.
func newNPM(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {build: .}}\n-- Dockerfile --\nFROM node\nCOPY package.json .\nRUN npm ci\n-- package.json --\n{}\n-- .npmrc --\nregistry=https://npm.corp/\n")
	if err := os.WriteFile(filepath.Join(w.Home, ".npmrc"), []byte("//npm.corp/:_authToken=SECRET\nregistry=https://npm.corp/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWorkspaceControl runs the programs of a workspace, and says what they say.
func TestWorkspaceControl(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Settings.Provider = "nowhere"
	if _, err := open(t, w, session.Want{Workspace: true}); err == nil {
		t.Error("a provider that is none is taken")
	}
	w.Settings.Provider, w.Settings.PublicURLTemplate = "", "https://{port}.box.example/"
	s := mustOpen(t, w, session.Want{Workspace: true})
	if got := s.Workspace.URL(3000); got != "https://3000.box.example" && got != "https://3000.box.example/" {
		t.Errorf("URL %q", got)
	}
}

// TestSetupMemory keeps the steps of a project, one devup at a time.
func TestSetupMemory(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop+"-- .git/HEAD --\nx\n")
	s := mustOpen(t, w, session.Want{Project: session.Required})
	memory := s.SetupMemory()
	release, err := memory.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if done := memory.Done(t.Context()); len(done) != 0 {
		t.Errorf("done before: %v", done)
	}
	memory.Keep(t.Context(), stepOf("web", "migrate", "1"))
	memory.Keep(t.Context(), stepOf("web", "seed", "2"))
	release()
	again := mustOpen(t, w, session.Want{Project: session.Required}).SetupMemory().Done(t.Context())
	if again["web"]["migrate"].Command != "1" || again["web"]["seed"].Command != "2" {
		t.Errorf("done: %v", again)
	}
}

// publicPort is a port that is open on every address.
func publicPort(number uint16) container.PortSummary {
	return container.PortSummary{IP: netip.IPv4Unspecified(), PublicPort: number, PrivatePort: 80, Type: "tcp"}
}

func stepOf(service, name, command string) setup.Step {
	return setup.Step{Service: service, Name: name, Mark: setup.Mark{Command: command}}
}
