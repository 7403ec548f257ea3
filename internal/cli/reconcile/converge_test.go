package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestRequest: what the flags mean, with what the environment says.
func TestRequest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args  string
		check func(Request) bool
	}{
		{"", func(r Request) bool {
			return !r.Options.StopOnFailure && r.Options.StopTimeout == nil && r.Options.Pull == "policy" && !r.Options.Plan.RemoveOrphans && r.Want.Gateway == session.GatewayAsConfigured && r.Options.Timeout == 5*time.Minute
		}},
		{"web api", func(r Request) bool {
			return slices.Equal(r.Want.Services, []string{"web", "api"}) && slices.Equal(r.Options.Plan.Services, r.Want.Services)
		}},
		{"--keep-going=false", func(r Request) bool { return r.Options.StopOnFailure }},
		{"-t 0", func(r Request) bool { return r.Options.StopTimeout != nil && *r.Options.StopTimeout == 0 }},
		{"--timeout 7", func(r Request) bool { return *r.Options.StopTimeout == 7*time.Second }},
		{"--build --quiet-pull --pull always", func(r Request) bool { return r.Options.Build && r.Options.QuietPull && r.Options.Pull == "always" }},
		{"--no-build --force-recreate --always-recreate-deps", func(r Request) bool {
			return r.Options.NoBuild && r.Options.Plan.ForceRecreate && r.Options.Plan.AlwaysDeps
		}},
		{"--no-recreate", func(r Request) bool { return r.Options.Plan.NoRecreate }},
		{"-V", func(r Request) bool { return r.Options.Plan.RenewAnon }},
		{"--no-deps web", func(r Request) bool { return r.Want.NoDeps }},
		{"--scale web=3 --scale api=0", func(r Request) bool { return r.Want.Scale["web"] == 3 && len(r.Want.Scale) == 2 }},
		{"--strict-ports", func(r Request) bool { return r.Options.StrictPorts }},
		{"--gateway", func(r Request) bool { return r.Want.Gateway == session.GatewayOn }},
		{"--gateway=false", func(r Request) bool { return r.Want.Gateway == session.GatewayOff }},
		{"--remove-orphans", func(r Request) bool { return r.Options.Plan.RemoveOrphans }},
	} {
		w := cmdtest.New(t, shop)
		ran := false
		w.Command(func(p *command.Program) *cobra.Command {
			var f Flags
			c := &cobra.Command{Use: "run"}
			f.Bind(c)
			c.RunE = p.Run(func(_ context.Context, env *command.Env, args []string) error {
				ran = true
				r, err := f.Request(env, args)
				if err != nil || !test.check(r) {
					t.Errorf("%s: %+v, %v", test.args, r, err)
				}
				return nil
			})
			return c
		}, append([]string{"run"}, strings.Fields(test.args)...)...).Fine(t)
		if !ran {
			t.Error("not run")
		}
	}
}

// TestContradictions: flags that exclude each other are refused.
func TestContradictions(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"--build --no-build", "--force-recreate --no-recreate", "--always-recreate-deps --no-recreate", "-V --no-recreate"} {
		r := cmdtest.New(t, shop).Command(func(p *command.Program) *cobra.Command {
			var f Flags
			c := &cobra.Command{Use: "run", RunE: p.Run(func(context.Context, *command.Env, []string) error { return nil })}
			f.Bind(c)
			return c
		}, append([]string{"run"}, strings.Fields(args)...)...)
		if r.Error == nil {
			t.Errorf("%s is accepted", args)
		}
	}
}

// TestNumbers reads pairs, and refuses what is none.
func TestNumbers(t *testing.T) {
	t.Parallel()
	got, err := Numbers([]string{"web=3", "db=0", "web=4"})
	if diff := cmp.Diff(map[string]int{"web": 4, "db": 0}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, pair := range []string{"web", "=3", "web=", "web=-1", "web=two", "web=1.5", ""} {
		if _, err := Numbers([]string{pair}); fail.CodeOf(err) != fail.Usage || !strings.Contains(err.Error(), `"`+pair+`"`) {
			t.Errorf("%q: %v", pair, err)
		}
	}
}

const shop = `
-- compose.yaml --
name: shop
services:
  db: {image: "db:1", volumes: ["data:/data"], healthcheck: {test: "true"}}
volumes: {data: {labels: {kind: new}}}
`

// newChanged gives a project whose volume is not as its files say.
func newChanged(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, strings.ReplaceAll(shop, "kind: new", "kind: old"))
	w.Images.Add("db:1", fakeengine.ID("db:1"))
	r := w.Run(func(ctx context.Context, env *command.Env) error {
		s, _, err := Run(ctx, env, Request{Options: up.Options{NoWait: true}})
		if s != nil {
			s.Close()
		}
		return err
	}).Fine(t)
	if w.VolumeLabels("shop_data")["kind"] != "old" {
		t.Fatalf("has %q: %s", w.Names(), r.Err)
	}
	w.Write("compose.yaml", strings.TrimPrefix(shop, "\n-- compose.yaml --\n"))
	w.Requests()
	return w
}

// TestVolumesChanged: whether a volume may be replaced is asked for without the lock, and
// not again; a no keeps the data and goes on.
func TestVolumesChanged(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		typed    []string
		yes      bool
		dryRun   bool
		asked    int
		replaced bool
		kept     bool
	}{
		{"yes", []string{"y"}, false, false, 1, true, false},
		{"no", []string{"n"}, false, false, 1, false, true},
		{"--yes", nil, true, false, 0, true, false},
		{"no terminal", nil, false, false, 0, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newChanged(t)
			asked := 0
			w.Typed, w.Settings.Yes = test.typed, test.yes
			w.Asked = func(said string) {
				if asked++; !strings.Contains(said, "shop_data") {
					t.Errorf("asks %q", said)
				}
				if w.Locked("shop") || len(w.Requests()) > 0 {
					t.Error("asks with the lock, or after a change")
				}
			}
			w.Run(func(ctx context.Context, env *command.Env) error {
				s, outcome, err := Run(ctx, env, Request{Options: up.Options{NoWait: true, DryRun: test.dryRun}})
				if err != nil {
					return err
				}
				defer s.Close()
				if kept := len(outcome.Kept) > 0; kept != test.kept {
					t.Errorf("kept %v", outcome.Kept)
				}
				return nil
			}).Fine(t)
			if replaced := w.VolumeLabels("shop_data")["kind"] == "new"; replaced != test.replaced || asked != test.asked {
				t.Errorf("replaced: %v, asked %d times", replaced, asked)
			}
		})
	}
}

// TestInterruptedQuestion: Ctrl-C at the question changes nothing.
func TestInterruptedQuestion(t *testing.T) {
	t.Parallel()
	w := newChanged(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stay := make(chan struct{})
	t.Cleanup(func() { close(stay) })
	w.Typed = []string{"y"}
	w.Asked = func(string) { cancel(); <-stay }
	r := w.RunUntil(ctx, func(ctx context.Context, env *command.Env) error {
		s, outcome, err := Run(ctx, env, Request{})
		if s != nil || outcome == nil {
			t.Errorf("session %v, outcome %v", s, outcome)
		}
		return err
	})
	if !errors.Is(r.Error, context.Canceled) || len(w.Requests()) > 0 || w.Locked("shop") {
		t.Errorf("error %v", r.Error)
	}
}

// TestDryRun: nothing is locked, asked for or changed.
func TestDryRun(t *testing.T) {
	t.Parallel()
	w := newChanged(t)
	w.Server.Before = func(call string) {
		if w.Locked("shop") || !strings.HasPrefix(call, "GET") {
			t.Errorf("%s, locked: %v", call, w.Locked("shop"))
		}
	}
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, outcome, err := Run(ctx, env, Request{Options: up.Options{DryRun: true}})
		if err != nil {
			return err
		}
		s.Close()
		if outcome.Plan == nil {
			t.Error("no plan")
		}
		return nil
	}).Fine(t)
}

// TestNothingToStart: a project without services is refused before there has to be an
// engine.
func TestNothingToStart(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]string{
		"none":     "-- compose.yaml --\nname: shop\nservices: {}\n",
		"profiles": "-- compose.yaml --\nname: shop\nservices: {web: {image: web, profiles: [dev]}}\n",
	} {
		w := cmdtest.New(t, files)
		w.Env["DOCKER_HOST"] = "unix:///nowhere/none.sock"
		r := w.Run(func(ctx context.Context, env *command.Env) error {
			_, _, err := Run(ctx, env, Request{})
			return err
		})
		if r.Code() != fail.Config && r.Code() != fail.NoProject {
			t.Errorf("%s: %v", name, r.Error)
		}
	}
}

// TestCheck refuses a session, which is closed, or puts another one in its place.
func TestCheck(t *testing.T) {
	t.Parallel()
	w := newChanged(t)
	refused := errors.New("not this one")
	for _, check := range []func(*session.Session) (*session.Session, error){
		func(s *session.Session) (*session.Session, error) { return s, refused },
		func(*session.Session) (*session.Session, error) { return nil, refused },
	} {
		r := w.Run(func(ctx context.Context, env *command.Env) error {
			s, outcome, err := Run(ctx, env, Request{Check: check})
			if s != nil || outcome == nil {
				t.Errorf("session %v, outcome %v", s, outcome)
			}
			return err
		})
		if !errors.Is(r.Error, refused) || w.Locked("shop") {
			t.Errorf("error %v, locked %v", r.Error, w.Locked("shop"))
		}
	}
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, _, err := Run(ctx, env, Request{Options: up.Options{NoWait: true}, Check: func(s *session.Session) (*session.Session, error) {
			return s.With(s.Project.WithScale(map[string]int{"db": 2})), nil
		}})
		if s != nil {
			s.Close()
		}
		return err
	}).Fine(t)
	if got := w.Names(); !slices.Contains(got, "container shop-db-2 running") {
		t.Errorf("has %q", got)
	}
}

// TestApply carries out a plan, or prints it in a dry run.
func TestApply(t *testing.T) {
	t.Parallel()
	for _, dry := range []bool{false, true} {
		w := cmdtest.New(t, shop)
		w.Has("db", "running")
		w.Flags.DryRun = dry
		seconds := 4 * time.Second
		r := w.Run(func(ctx context.Context, env *command.Env) error {
			s, err := env.Open(ctx, session.Want{State: session.Containers}, nil)
			if err != nil {
				return err
			}
			defer s.Close()
			return Apply(ctx, env, s, plan.StopAll(s.Observed.Observed, nil), &seconds)
		}).Fine(t)
		got := w.Requests()
		if dry && len(got) > 0 || !dry && !slices.Equal(got, []string{"stop within 4s shop-db-1"}) {
			t.Errorf("dry %v: %q", dry, got)
		}
		if dry {
			r.Says(t, "stop", "shop-db-1")
		}
	}
}
