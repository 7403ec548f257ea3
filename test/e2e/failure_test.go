//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCrashIsReported: a service that ends is a failure of up, with the line that says why.
func TestCrashIsReported(t *testing.T) {
	t.Parallel()
	c := small(t, "BEFORE", `raise RuntimeError("the flux capacitor is empty")`)
	r := c.exits(t, 3, "up", "--detach")
	for _, want := range []string{"web", "RuntimeError: the flux capacitor is empty"} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in\n%v", want, r)
		}
	}
}

// TestLoopbackListenerIsNamed: who listens on 127.0.0.1 in a container hears no one.
func TestLoopbackListenerIsNamed(t *testing.T) {
	t.Parallel()
	c := small(t, "ADDRESS", "127.0.0.1")
	r := c.exits(t, 3, "up", "--detach", "--json", "--wait-timeout", "20s")
	if code := errorCode(r); code != "listens-on-loopback" {
		t.Errorf("code %q, want listens-on-loopback\n%v", code, r)
	}
}

// TestNoEngine: without an engine, up says so and ends with a code of its own.
func TestNoEngine(t *testing.T) {
	t.Parallel()
	c := small(t)
	c.env = append(c.env, "DOCKER_HOST=unix://"+filepath.Join(c.dir, "nothing.sock"))
	r := c.exits(t, 4, "up", "--detach", "--json")
	if code := errorCode(r); code != "no-engine" {
		t.Errorf("code %q, want no-engine\n%v", code, r)
	}
}

// TestHalfAYAML: a config that was cut off is named with the line where it stops to make
// sense, and nothing is touched.
func TestHalfAYAML(t *testing.T) {
	t.Parallel()
	c := small(t)
	whole := c.read(t, "devup.yaml")
	c.write(t, "devup.yaml", whole[:strings.Index(whole, `:8081"`)])
	before := c.tree(t)
	r := c.exits(t, 2, "up", "--detach")
	if !strings.Contains(r.err, "devup.yaml:") {
		t.Errorf("neither file nor line in\n%v", r)
	}
	same(t, before, c.tree(t), r)
	if rest := left(t, c.name); len(rest) > 0 {
		t.Errorf("left: %q", rest)
	}
}

// TestEmptyDirectory: init in a directory without services says that it found none.
func TestEmptyDirectory(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.exits(t, 2, "init", "--yes")
	if entries, err := os.ReadDir(c.dir); err != nil || len(entries) > 0 {
		t.Errorf("init wrote %v, %v", entries, err)
	}
}

// errorCode is the code of the error that a run with --json printed, on either stream.
func errorCode(r result) string {
	for line := range strings.Lines(r.out + r.err) {
		var object struct{ Type, Code string }
		if json.Unmarshal([]byte(line), &object) == nil && object.Type == "error" {
			return object.Code
		}
	}
	return ""
}
