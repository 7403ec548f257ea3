package dashboardcmd

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = `
-- compose.yaml --
name: shop
services:
  web:
    image: web
    environment: {API_URL: "http://api:4567/v1", TITLE: shop, API_TOKEN: "s3cr3t-of-the-shop"}
    depends_on: {api: {condition: service_healthy}}
  api:
    image: api
    environment: {DB_HOST: db}
  db: {image: db}
`

// state is what the dashboard shows of a world.
func state(t *testing.T, w *cmdtest.World) dashboard.State {
	t.Helper()
	var found dashboard.State
	w.Run(func(ctx context.Context, env *command.Env) (err error) {
		found, err = newSource(env, false).State(ctx)
		return err
	}).Fine(t)
	return found
}

func running(w *cmdtest.World) {
	w.Has("web", "running")
	w.Has("api", "running", func(c *fakeengine.Container) { c.Health = "unhealthy" })
}

// TestState: services with their states, what they need, and whose addresses they hold.
func TestState(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	running(w)
	found := state(t, w)
	if len(found.Projects) != 1 || found.Projects[0].Name != "shop" || found.Projects[0].Dir != w.Dir || found.Projects[0].Problem != "" {
		t.Fatalf("projects: %+v", found.Projects)
	}
	type row struct {
		Name, State string
		Bad         bool
		DependsOn   []dashboard.Dependency
		Wiring      []dashboard.Wire
	}
	var got []row
	for _, s := range found.Projects[0].Services {
		got = append(got, row{s.Name, s.State, s.Bad, s.DependsOn, s.Wiring})
	}
	none := []dashboard.Dependency{}
	want := []row{
		{"api", "unhealthy", true, none, []dashboard.Wire{{Variable: "DB_HOST", Service: "db"}}},
		{"db", "not running", false, none, []dashboard.Wire{}},
		{"web", "running", false, []dashboard.Dependency{{Service: "api", Condition: "healthy"}}, []dashboard.Wire{{Variable: "API_URL", Service: "api"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestStateWithBrokenFiles: what runs is shown, and what is wrong with the files.
func TestStateWithBrokenFiles(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	running(w)
	w.Write("compose.yaml", "services: [")
	p := state(t, w).Projects[0]
	if len(p.Services) != 2 || !strings.Contains(p.Problem, "compose.yaml") {
		t.Errorf("%+v", p)
	}
}

// TestAFailedFirstStart: a project without a container is shown with what its start failed with, and
// no more once it is removed.
func TestAFailedFirstStart(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, err := session.Open(ctx, env.Env, session.Want{Project: session.Required, Engine: session.Required})
		if err != nil {
			return err
		}
		defer s.Close()
		run := history.Begin().End(5, []any{ui.Object(fail.New(fail.BuildFailed, "", "the build of web failed"))})
		run.Project, run.Dir = s.Name, s.Project.WorkingDir
		return session.Runs(env.Env, s.Engine, s.Name).Save(run)
	}).Fine(t)
	found := state(t, w)
	if len(found.Projects) != 1 || len(found.Projects[0].Failures) != 1 || !strings.Contains(string(found.Projects[0].Failures[0]), "the build of web failed") {
		t.Fatalf("%+v", found.Projects)
	}
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, err := session.Open(ctx, env.Env, session.Want{Engine: session.Required})
		if err == nil {
			defer s.Close()
			session.Runs(env.Env, s.Engine, "shop").Clear()
		}
		return err
	}).Fine(t)
	if left := state(t, w).Projects; len(left) != 0 {
		t.Errorf("%+v", left)
	}
}

// TestWhyAServiceFails: the reason is found out once, and the page is told.
func TestWhyAServiceFails(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("api", "exited", func(c *fakeengine.Container) { c.ExitCode = 3 })
	w.Run(func(ctx context.Context, env *command.Env) error {
		s := newSource(env, false)
		told := make(chan struct{}, 10)
		s.changed = func() { told <- struct{}{} }
		if _, err := s.State(ctx); err != nil {
			return err
		}
		select {
		case <-told:
		case <-time.After(time.Minute):
			t.Error("no reason was found")
		}
		w.Server.Calls()
		found, err := s.State(ctx)
		if err != nil {
			return err
		}
		for _, call := range w.Server.Calls() {
			if strings.Contains(call, "inspect") || strings.Contains(call, "logs") {
				t.Errorf("the reason is looked for again: %s", call)
			}
		}
		var e struct{ Code, Service, Message string }
		if p := found.Projects[0]; len(p.Failures) != 1 || json.Unmarshal(p.Failures[0], &e) != nil || e.Code != "exited" || e.Service != "api" || !strings.Contains(e.Message, "exit code 3") {
			t.Errorf("failures: %s", p.Failures)
		}
		return nil
	}).Fine(t)
}

// TestACrashThatNoEventTold: what a container is said to be is what the engine's list says now.
func TestACrashThatNoEventTold(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	name := w.Has("db", "running")
	w.Run(func(ctx context.Context, env *command.Env) error {
		s := newSource(env, false)
		if _, err := s.State(ctx); err != nil {
			return err
		}
		w.Set(name, func(c *fakeengine.Container) { c.State, c.ExitCode = "exited", 7 })
		found, err := s.State(ctx)
		if err != nil {
			return err
		}
		for _, service := range found.Projects[0].Services {
			if service.Name == "db" && (service.State != "failed" || service.Evidence != "exit code 7" || !service.Bad) {
				t.Errorf("db is %+v", service)
			}
		}
		return nil
	}).Fine(t)
}

// TestActs: the command of an action keeps the end of what it printed; what is no action is refused.
func TestActs(t *testing.T) {
	t.Parallel()
	printed, err := os.Create(filepath.Join(t.TempDir(), "printed"))
	if err != nil {
		t.Fatal(err)
	}
	defer printed.Close()
	if _, err := printed.WriteString(strings.Repeat("x", maxOutput) + "end"); err != nil {
		t.Fatal(err)
	}
	if text := ending(printed); len(text) != maxOutput || !strings.HasSuffix(text, "xend") {
		t.Errorf("%d bytes are kept", len(text))
	}
	w := cmdtest.New(t, shop)
	running(w)
	w.Run(func(ctx context.Context, env *command.Env) error {
		if _, err := newSource(env, false).act(ctx, dashboard.Action{Project: "shop", Verb: "exec"}); fail.CodeOf(err) != fail.Usage {
			t.Errorf("error: %v", err)
		}
		return nil
	}).Fine(t)
}

// TestConfig: the config in effect, without secrets.
func TestConfig(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	running(w)
	w.Run(func(ctx context.Context, env *command.Env) error {
		text, err := newSource(env, false).Config(ctx, "shop", "web")
		if err != nil {
			return err
		}
		if !strings.Contains(text, "http://api:4567/v1") || strings.Contains(text, "s3cr3t") {
			t.Errorf("config:\n%s", text)
		}
		if _, err := newSource(env, false).Config(ctx, "shop", "nothing"); fail.CodeOf(err) != fail.UnknownService {
			t.Errorf("error: %v", err)
		}
		if _, err := newSource(env, false).Config(ctx, "stranger", "web"); fail.CodeOf(err) != fail.NoProject {
			t.Errorf("error: %v", err)
		}
		return nil
	}).Fine(t)
}
