package session_test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/test/cmdtest"
)

// ownName is the name of the project in a checkout that finds the plain one taken.
func ownName(t *testing.T, w *cmdtest.World) string {
	t.Helper()
	name := mustOpen(t, w, session.Want{Project: session.Required, Engine: session.Required, State: session.Everything}).Name
	if !strings.HasPrefix(name, "shop-") {
		t.Fatalf("name %q", name)
	}
	w.Server.Calls()
	return name
}

// newSecond gives a checkout whose name belongs to another one on the engine.
func newSecond(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop)
	w.AddNetwork("shop_default", map[string]string{plan.LabelProject: "shop", plan.LabelNetwork: "default", plan.LabelWorkingDir: t.TempDir()})
	return w
}

// TestSecondCheckout: the second checkout of a project gets a name of its own, with that
// lock, and lets the first one go on.
func TestSecondCheckout(t *testing.T) {
	t.Parallel()
	w := newSecond(t)
	own := ownName(t, w)
	s := mustOpen(t, w, everything)
	if s.Name != own || s.Project.Name != own {
		t.Errorf("names %q and %q, want %q", s.Name, s.Project.Name, own)
	}
	if w.Locked("shop") || !w.Locked(own) {
		t.Errorf("plain name locked: %v, own name: %v", w.Locked("shop"), w.Locked(own))
	}
	calls := w.Server.Calls()
	slices.Sort(calls)
	if diff := cmp.Diff([]string{containers, database, web, networks, volumes}, calls); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.Close()
	if w.Locked(own) {
		t.Error("Close leaves the lock")
	}
}

// TestSecondCheckoutGivenName: what the user says is the name, also where another checkout has it.
func TestSecondCheckoutGivenName(t *testing.T) {
	t.Parallel()
	for name, give := range map[string]func(*cmdtest.World){
		"a flag":     func(w *cmdtest.World) { w.Flags.Name = "shop" },
		"a variable": func(w *cmdtest.World) { w.Env["COMPOSE_PROJECT_NAME"] = "shop" },
	} {
		w := newSecond(t)
		give(w)
		if s := mustOpen(t, w, everything); s.Name != "shop" || s.Project.Name != "shop" {
			t.Errorf("%s: %q", name, s.Name)
		}
	}
}

// TestRemovedOwner: a directory that was removed owns no name.
func TestRemovedOwner(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.AddNetwork("shop_default", map[string]string{plan.LabelProject: "shop", plan.LabelNetwork: "default", plan.LabelWorkingDir: filepath.Join(t.TempDir(), "gone")})
	if s := mustOpen(t, w, everything); s.Name != "shop" {
		t.Errorf("name %q", s.Name)
	}
}

// TestWorktree: a linked worktree of git has a name of its own, also where it is first.
func TestWorktree(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop+"-- .git --\ngitdir: /somewhere\n")
	if s := mustOpen(t, w, everything); !strings.HasPrefix(s.Name, "shop-") {
		t.Errorf("name %q", s.Name)
	}
}

// TestContendedOwnLock: what was observed while another devup had the lock of the own name
// is observed again.
func TestContendedOwnLock(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(w *cmdtest.World, own string) (waiting func()){
		"held": func(w *cmdtest.World, own string) func() { return w.Lock(own) },
		"released after the observation": func(w *cmdtest.World, own string) func() {
			w.Lock(own)() // a lock that no one had before tells nothing
			var once sync.Once
			w.Server.Before = func(call string) {
				if call == containers {
					once.Do(func() { w.Lock(own)() })
				}
			}
			return func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSecond(t)
			own := ownName(t, w)
			release := hold(w, own)
			var said cmdtest.Text
			outer := w.NewEnv(&said, &said)
			t.Cleanup(outer.UI.Close)
			env := *outer.Env
			env.Sink = func(e event.Event) {
				if e.Kind == event.Note && strings.Contains(e.Text, own) {
					w.Has("web", "running") // by the other devup
					release()
				}
			}
			s, err := session.Open(t.Context(), &env, everything)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			count := 0
			for _, call := range w.Server.Calls() {
				if call == containers {
					count++
				}
			}
			if count != 2 {
				t.Errorf("observed %d times, want 2", count)
			}
		})
	}
}

// TestContendedLock: with the plain name the engine is observed once, when the lock is
// there.
func TestContendedLock(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	release := w.Lock("shop")
	var said cmdtest.Text
	outer := w.NewEnv(&said, &said)
	t.Cleanup(outer.UI.Close)
	env := *outer.Env
	notes := 0
	env.Sink = func(e event.Event) {
		if e.Kind == event.Note {
			notes++
			if calls := w.Server.Calls(); len(calls) > 0 {
				t.Errorf("asked %q while another devup works", calls)
			}
			w.Has("web", "running")
			release()
		}
	}
	s, err := session.Open(t.Context(), &env, everything)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if notes != 1 || len(s.Observed.Containers) != 1 {
		t.Errorf("%d notes, %d containers observed", notes, len(s.Observed.Containers))
	}
}
