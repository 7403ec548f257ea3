package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = `
-- compose.yaml --
name: shop
services:
  web: {image: web}
  db: {image: db}
`

// The calls by which a session observes the engine.
const (
	containers = "GET /containers/json"
	networks   = "GET /networks"
	volumes    = "GET /volumes"
	database   = "GET /images/db/json"
	web        = "GET /images/web/json"
)

// open opens a session that is closed with the test.
func open(t *testing.T, w *cmdtest.World, want session.Want) (*session.Session, error) {
	t.Helper()
	var said cmdtest.Text
	env := w.NewEnv(&said, &said)
	t.Cleanup(env.UI.Close)
	s, err := session.Open(t.Context(), env.Env, want)
	if s != nil {
		t.Cleanup(s.Close)
	}
	return s, err
}

// mustOpen is open where there is no error.
func mustOpen(t *testing.T, w *cmdtest.World, want session.Want) *session.Session {
	t.Helper()
	s, err := open(t, w, want)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everything is what a run wants.
var everything = session.Want{Project: session.Required, Engine: session.Required, State: session.Everything, Images: true, Lock: true, Workspace: true, Egress: true, Prepare: true}

// TestOpenRequests: how many questions a session asks of the engine.
func TestOpenRequests(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		runs bool // the engine has a container of the project
		want session.Want
		asks []string // sorted
	}{
		{"nothing", true, session.Want{}, nil},
		{"files alone", true, session.Want{Project: session.Required}, nil},
		{"no observation", true, session.Want{Project: session.Required, Engine: session.Required}, nil},
		{"containers", true, session.Want{Project: session.Required, Engine: session.Required, State: session.Containers}, []string{containers}},
		{"containers, where none says whose the name is", false, session.Want{Project: session.Required, Engine: session.Required, State: session.Containers}, []string{containers, containers, networks, volumes}},
		{"containers of a name", false, session.Want{Name: "shop", Engine: session.Required, State: session.Containers}, []string{containers}},
		{"a run", true, everything, []string{containers, database, web, networks, volumes}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, shop)
			if test.runs {
				w.Has("web", "running")
			}
			s := mustOpen(t, w, test.want)
			calls := w.Server.Calls()
			slices.Sort(calls)
			if diff := cmp.Diff(test.asks, calls); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if s.Engine != nil && s.Name != "shop" {
				t.Errorf("project %q", s.Name)
			}
		})
	}
}

// TestOpenOrder: the lock of the name in the files is taken before the engine is asked for
// anything.
func TestOpenOrder(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("web", "running")
	w.Server.Before = func(call string) {
		if !w.Locked("shop") {
			t.Errorf("%s without the lock", call)
		}
	}
	s := mustOpen(t, w, everything)
	if !w.Locked("shop") {
		t.Error("the session does not hold the lock")
	}
	s.Unlock()
	if w.Locked("shop") {
		t.Error("Unlock leaves the lock")
	}
	s.Unlock()
	s.Close()
	s.Close()
}

// TestOpenFailsUnlocked: a session that cannot be opened holds nothing.
func TestOpenFailsUnlocked(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: \"${TAG:?name one}\"}}\n")
	want := everything
	want.Prepare = false
	_, err := open(t, w, want)
	if fail.CodeOf(err) != fail.Config || !strings.Contains(err.Error(), "TAG") {
		t.Errorf("error %v", err)
	}
	if w.Locked("shop") {
		t.Error("the lock is still held")
	}
}

// TestAskedWithoutLock: a value that is missing is asked for once, while no lock is held,
// and the session is opened again with it.
func TestAskedWithoutLock(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: \"web:${TAG:?which one}\"}}\n")
	asked := 0
	w.Typed = []string{"v7", "again"}
	w.Asked = func(said string) {
		if asked++; !strings.Contains(said, "TAG") || !strings.Contains(said, "which one") {
			t.Errorf("asks %q", said)
		}
		if w.Locked("shop") {
			t.Error("asks with the lock")
		}
		w.Lock("shop")() // another devup can take it
	}
	s := mustOpen(t, w, everything)
	if asked != 1 || s.Project.Services["web"].Image != "web:v7" {
		t.Errorf("asked %d times, image %q", asked, s.Project.Services["web"].Image)
	}
	if !w.Locked("shop") {
		t.Error("the session does not hold the lock")
	}
	s.Close()
	w.Typed = nil
	if s := mustOpen(t, w, everything); s.Project.Services["web"].Image != "web:v7" {
		t.Error("the answer is not kept")
	}
}

// TestNobodyToAsk: without a terminal, or with --json, the missing value is the error.
func TestNobodyToAsk(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: \"web:${TAG:?which one}\"}}\n")
		w.JSON = asJSON
		if asJSON {
			w.Typed = []string{"v7"}
		}
		if _, err := open(t, w, everything); fail.CodeOf(err) != fail.Config {
			t.Errorf("error %v", err)
		}
	}
}

// TestChooseFile: where no file has a name that is looked for, the user may choose one, for
// the whole session.
func TestChooseFile(t *testing.T) {
	t.Parallel()
	const files = "-- compose.dev.yaml --\nname: shop\nservices: {web: {image: \"web:${TAG:?which}\"}}\n-- compose.test.yaml --\nname: tests\nservices: {t: {image: t}}\n"
	for _, test := range []struct {
		typed []string
		name  string
		code  fail.Code
	}{
		{[]string{"1", "v7"}, "shop", ""},
		{[]string{"2"}, "tests", ""},
		{[]string{"compose.test.yaml"}, "tests", ""},
		{[]string{""}, "", fail.NoProject},
		{[]string{"3"}, "", fail.NoProject},
		{nil, "", fail.NoProject},
	} {
		w := cmdtest.New(t, files)
		w.Typed = test.typed
		s, err := open(t, w, everything)
		if err != nil && fail.CodeOf(err) != test.code || err == nil && test.code != "" {
			t.Errorf("%q: error %v", test.typed, err)
		}
		if s != nil && s.Project.Name != test.name {
			t.Errorf("%q: project %q", test.typed, s.Project.Name)
		}
	}
}

// TestNoEngine: without an engine, a mistake in the files comes first, then what is missing
// is asked for, and then there is no engine.
func TestNoEngine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, files string
		typed       []string
		check       error
		code        fail.Code
		asked       int
	}{
		{"a mistake", "-- compose.yaml --\nservices: [\n", nil, nil, fail.Config, 0},
		{"no project", "", nil, nil, fail.NoProject, 0},
		{"a value is missing", "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?which}\"}}\n", []string{"v7"}, nil, fail.NoEngine, 1},
		{"the command refuses", shop, nil, fail.New(fail.Usage, "", "not this one"), fail.Usage, 0},
		{"nothing else", shop, nil, nil, fail.NoEngine, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, test.files)
			w.Env["DOCKER_HOST"] = "unix://" + filepath.Join(w.Home, "none.sock")
			asked := 0
			w.Typed, w.Asked = test.typed, func(string) { asked++ }
			want := everything
			want.Start = true
			want.Check = func(*project.Project) error { return test.check }
			_, err := open(t, w, want)
			if fail.CodeOf(err) != test.code || asked != test.asked {
				t.Errorf("asked %d times, %v", asked, err)
			}
		})
	}
}

// TestOptionalEngine: without an engine, the session says why, and has the project.
func TestOptionalEngine(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Env["DOCKER_HOST"] = "unix://" + filepath.Join(w.Home, "none.sock")
	s := mustOpen(t, w, session.Want{Project: session.Required, Engine: session.Optional, State: session.Containers, Lock: true})
	if s.Engine != nil || fail.CodeOf(s.EngineErr) != fail.NoEngine || s.Name != "shop" || s.LastEngine() != nil {
		t.Errorf("engine %v, %v, name %q", s.Engine, s.EngineErr, s.Name)
	}
}

// TestCheckSeesTheProject: a refusal ends the session and leaves no lock.
func TestCheckSeesTheProject(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	refused := errors.New("no")
	want := everything
	want.Check = func(p *project.Project) error {
		if p.Name != "shop" || len(p.Services) != 2 {
			t.Errorf("project %q with %d services", p.Name, len(p.Services))
		}
		return refused
	}
	if _, err := open(t, w, want); !errors.Is(err, refused) || w.Locked("shop") {
		t.Errorf("error %v, locked %v", err, w.Locked("shop"))
	}
}

// TestOptionalProject: what runs is known by its labels where the files say nothing.
func TestOptionalProject(t *testing.T) {
	t.Parallel()
	want := session.Want{Project: session.Optional, Engine: session.Required, State: session.Containers, Lock: true}
	w := cmdtest.New(t, "-- compose.yaml --\nservices: [\n")
	w.Has("web", "running")
	s := mustOpen(t, w, want)
	if s.Project != nil || fail.CodeOf(s.Unreadable) != fail.Config || s.Name != "shop" || len(s.Observed.Containers) != 1 || !w.Locked("shop") {
		t.Errorf("project %v, %v, name %q, %d containers, locked %v", s.Project, s.Unreadable, s.Name, len(s.Observed.Containers), w.Locked("shop"))
	}
	if s.Files() != nil || s.Declared() != nil {
		t.Error("files that cannot be read declare services")
	}
	s.Close()
	below := filepath.Join(w.Dir, "web", "src")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	w.Flags.Dir = below // no file is there, nor above
	w.Write("compose.yaml", "services: [")
	if s := mustOpen(t, w, want); s.Name != "shop" {
		t.Errorf("from below: %q", s.Name)
	}
	w.AddNetwork("other_default", map[string]string{plan.LabelProject: "other", plan.LabelNetwork: "default", plan.LabelWorkingDir: w.Dir})
	want.State = session.Everything
	_, err := open(t, w, want)
	if fail.CodeOf(err) != fail.Usage || !strings.Contains(err.Error(), "other, shop") {
		t.Errorf("of two projects: %v", err)
	}
	w.Flags.Dir = t.TempDir()
	if _, err := open(t, w, want); fail.CodeOf(err) != fail.NoProject {
		t.Errorf("elsewhere: %v", err)
	}
}

// TestScale: numbers of containers by service are part of the project.
func TestScale(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	want := everything
	want.Scale = map[string]int{"web": 3, "db": 0}
	s := mustOpen(t, w, want)
	if web, db := s.Project.Services["web"], s.Project.Services["db"]; web.GetScale() != 3 || db.GetScale() != 0 {
		t.Errorf("web %d, db %d", web.GetScale(), db.GetScale())
	}
	s.Close()
	for code, scale := range map[fail.Code]map[string]int{fail.UnknownService: {"wbe": 2}, fail.Usage: {"web": 1_000_000}} {
		want.Scale = scale
		s, err := open(t, w, want)
		if fail.CodeOf(err) != code || w.Locked("shop") {
			t.Errorf("%v: %v", scale, err)
		}
		if s != nil {
			s.Close()
		}
	}
}

// TestOwnEngine: an engine that was handed in is not closed with the session.
func TestOwnEngine(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	first := mustOpen(t, w, session.Want{Engine: session.Required})
	on := session.Want{Name: "shop", Engine: session.Required, On: first.Engine, State: session.Containers}
	for range 2 {
		s := mustOpen(t, w, on)
		s.Close()
		if s.Engine != first.Engine {
			t.Error("another engine")
		}
	}
	if !first.Engine.Answers(t.Context()) {
		t.Error("the engine was closed")
	}
}

// TestCanceledWhileWaiting: Ctrl-C ends the wait for a lock.
func TestCanceledWhileWaiting(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	defer w.Lock("shop")()
	ctx, cancel := contextOf(t)
	var said cmdtest.Text
	outer := w.NewEnv(&said, &said)
	t.Cleanup(outer.UI.Close)
	env := *outer.Env
	env.Sink = func(event.Event) { cancel() }
	if _, err := session.Open(ctx, &env, everything); !errors.Is(err, ctx.Err()) || err == nil {
		t.Errorf("error %v", err)
	}
}
