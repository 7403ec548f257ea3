package containercmd

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fakeengine"
)

// TestStatsEnds: each round looks at what runs then, and where nothing does, stats ends.
func TestStatsEnds(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Server.Before = func(call string) {
		if strings.HasSuffix(call, "/shop-web-1/stats") || strings.HasSuffix(call, "/shop-api-1/stats") {
			w.Set(strings.Split(call, "/")[2], func(c *fakeengine.Container) { c.State = "exited" })
		}
	}
	r := w.Command(NewStats, "stats").Fine(t)
	r.Says(t, "nothing runs in project shop")
	asked := 0
	for _, call := range w.Server.Calls() {
		if strings.HasSuffix(call, "/stats") {
			asked++
		}
	}
	if asked != 2 || strings.Contains(r.Out, "0.00%") {
		t.Errorf("asked %d times, shown %q", asked, r.Out)
	}
}

// TestStatsOfStopped: a container that does not run has a row with --all alone, and no numbers.
func TestStatsOfStopped(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	if r := w.Command(NewStats, "stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}").Fine(t); r.Out != "shop-api-1 7\nshop-web-1 7\n" {
		t.Errorf("shown %q", r.Out)
	}
	if r := w.Command(NewStats, "stats", "--all", "--format", "{{.Name}} {{.PIDs}}", "db").Fine(t); r.Out != "shop-db-1 --\n" {
		t.Errorf("shown %q", r.Out)
	}
}
