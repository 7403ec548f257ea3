//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestKilledInstall kills up while it installs packages: the next one always ends with those
// that package.json names, and with no others.
func TestKilledInstall(t *testing.T) {
	t.Parallel()
	scenario, err := txtar.ParseFile("testdata/scenario/packages.txtar")
	if err != nil {
		t.Fatal(err)
	}
	scenario.Comment = nil
	v := &victim{checkout: files(t, "\n"+string(txtar.Format(scenario)))}
	few, more := v.read(t, "web/package-lock.json"), v.read(t, "more.json")
	v.devup(t, "init", "--yes")
	took := v.devup(t, "up", "-d").took
	v.installed(t, "ms")
	for i := range 5 * kills(1) {
		lock, manifest, want := more, `{"ms": "2.1.3", "wrappy": "1.0.2"}`, []string{"ms", "wrappy"}
		if i%2 == 1 {
			lock, manifest, want = few, `{"ms": "2.1.3"}`, []string{"ms"}
		}
		if i%3 == 2 { // from nothing
			v.devup(t, "down", "--volumes", "--yes")
		}
		v.write(t, "web/package-lock.json", lock)
		v.write(t, "web/package.json", `{"name": "web", "private": true, "scripts": {"dev": "node --watch server.js"}, "dependencies": `+manifest+`}`)
		at := v.kill(t, took, "up", "-d")
		if i%4 == 3 { // back to what was there before
			continue
		}
		r := v.devup(t, "up", "-d")
		if !v.installed(t, want...) {
			t.Fatalf("up was killed after %v; then\n%v", at, r)
		}
	}
	r := v.devup(t, "down", "--volumes", "--yes")
	if rest := left(t, v.name); len(rest) > 0 {
		t.Errorf("left: %q\n%v", rest, r)
	}
}

// installed checks which packages the service sees.
func (v *victim) installed(t *testing.T, want ...string) bool {
	t.Helper()
	out, err := (&scene{project: v.name}).inside(t.Context(), []string{"web", "sh", "-c", "cat node_modules/*/package.json >/dev/null && ls node_modules"})
	got := strings.Fields(out)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("web has %q, want %q: %v", got, want, err)
		return false
	}
	return true
}
