package checkout

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// at is the checkout at root. Its locks lie elsewhere.
func at(t *testing.T, root string) *Checkout {
	t.Helper()
	return At(root, filepath.Join(t.TempDir(), "locks"), nil)
}

func keep(p ...Port) func(*Project) { return func(kept *Project) { kept.Ports = p } }

// TestUpdate: what was kept is read again; nothing is written where nothing changes, and
// what is broken or of another devup counts as nothing.
func TestUpdate(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	c := at(t, root)
	if err := c.Update(t.Context(), "shop", keep()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, Dir)); err == nil {
		t.Error("a directory for nothing")
	}
	web := Port{Service: "web", Target: 80, Protocol: "tcp", Wanted: 3000, Port: 3001}
	if err := c.Update(t.Context(), "shop", keep(web)); err != nil {
		t.Fatal(err)
	}
	if got := c.Read(t.Context()).Projects["shop"].Ports; len(got) != 1 || got[0] != web {
		t.Errorf("kept %+v", got)
	}
	if text, err := os.ReadFile(filepath.Join(root, Dir, ".gitignore")); err != nil || string(text) != "*\n" {
		t.Errorf(".gitignore is %q, %v", text, err)
	}
	for _, broken := range []string{"", "{", `{"version": 99, "projects": {"shop": {"ports": [{"port": 3001}]}}}`} {
		if err := os.WriteFile(filepath.Join(root, Dir, "state.json"), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.Read(t.Context()); got.Projects != nil {
			t.Errorf("of %q: %+v", broken, got)
		}
	}
	if err := c.Update(t.Context(), "shop", keep(web)); err != nil || len(c.Read(t.Context()).Projects) != 1 {
		t.Errorf("it does not recover: %v", err)
	}
}

// TestTwoWriters: of many at once, each finds what those before it have kept.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	c := at(t, root)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := c.Update(t.Context(), fmt.Sprint("shop", i), keep(Port{Service: "web", Port: 3000 + i})); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := c.Read(t.Context()).Projects; len(got) != 20 {
		t.Errorf("%d of 20 are kept", len(got))
	}
}

// TestSetup: steps are kept next to ports, and a change of one is one.
func TestSetup(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	c := at(t, root)
	ran := func(command string) func(*Project) {
		return func(kept *Project) {
			if kept.Setup == nil {
				kept.Setup = map[string]map[string]Step{"web": {}}
			}
			kept.Setup["web"]["migrate"] = Step{Command: command, Volumes: []string{"2"}, Data: "1"}
		}
	}
	for _, change := range []func(*Project){ran("a"), keep(Port{Service: "web", Port: 3001}), ran("b")} {
		if err := c.Update(t.Context(), "shop", change); err != nil {
			t.Fatal(err)
		}
	}
	kept := c.Read(t.Context()).Projects["shop"]
	if got := kept.Setup["web"]["migrate"]; got.Command != "b" || len(kept.Ports) != 1 {
		t.Errorf("kept %+v", kept)
	}
}

// TestKilledInTheMiddle: wherever in a write a devup is killed, the next one finds the old
// state or the new one, and clears away what that one has left.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	c := at(t, root)
	if err := c.Update(t.Context(), "shop", keep(Port{Service: "web", Port: 3000})); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, Dir)
	locks, err := filepath.Glob(filepath.Join(c.locks, "*.lock"))
	if err != nil || len(locks) != 1 {
		t.Fatalf("the locks are %q, %v", locks, err)
	}
	// What is there when the half is written and not put in its place yet.
	for name, content := range map[string]string{filepath.Join(dir, ".half-state.json-123"): `{"version": 1, "proj`, locks[0] + ".busy": ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Read(t.Context()).Projects["shop"].Ports; len(got) != 1 || got[0].Port != 3000 {
		t.Errorf("after the kill: %+v", got)
	}
	if err := c.Update(t.Context(), "shop", keep(Port{Service: "web", Port: 3001})); err != nil {
		t.Fatal(err)
	}
	if got := c.Read(t.Context()).Projects["shop"].Ports; len(got) != 1 || got[0].Port != 3001 {
		t.Errorf("after the next: %+v", got)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".half-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

// TestPruneLocks: old locks go, those of others and new ones stay.
func TestPruneLocks(t *testing.T) {
	t.Parallel()
	c := at(t, t.TempDir())
	for _, work := range []string{"state", "setup"} {
		held, err := c.Lock(t.Context(), work, func() { t.Error("it waited") })
		if err != nil {
			t.Fatal(err)
		}
		held.Release()
	}
	old, err := filepath.Glob(filepath.Join(c.locks, "state-*.lock"))
	if err != nil || len(old) != 1 {
		t.Fatalf("the locks are %q, %v", old, err)
	}
	long := time.Now().Add(-longAgo - time.Hour)
	if err := os.Chtimes(old[0], long, long); err != nil {
		t.Fatal(err)
	}
	PruneLocks(c.locks)
	left, err := filepath.Glob(filepath.Join(c.locks, "*"))
	if err != nil || len(left) != 1 || !strings.HasPrefix(filepath.Base(left[0]), "setup-") {
		t.Errorf("left: %q, %v", left, err)
	}
}

// TestPortsOfNoDevup: ports that devup never gives are not taken from the state.
func TestPortsOfNoDevup(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	state := `{"version": 1, "projects": {"shop": {"ports": [{"port": 99999999}, {"port": 22}, {"port": -1}, {"port": 0}, {"port": 3001}, {"port": 65535}, {"port": 65536}]}}}`
	for _, err := range []error{os.Mkdir(filepath.Join(root, Dir), 0o700), os.WriteFile(filepath.Join(root, Dir, "state.json"), []byte(state), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := at(t, root).Read(t.Context()).Projects["shop"].Ports
	if len(got) != 2 || got[0].Port != 3001 || got[1].Port != 65535 {
		t.Errorf("got %+v, want 3001 and 65535", got)
	}
}
