package upcmd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
)

// TestWhy says why a container was made, and what would become of it.
func TestWhy(t *testing.T) {
	t.Parallel()
	w := newUp(t)
	w.Command(NewWhy, "why", "web").Fine(t).Says(t, "shop-web-1 was created by devup", "it did not exist", "as the files say")
	w.Write("compose.yaml", strings.ReplaceAll(strings.TrimPrefix(shop, "\n-- compose.yaml --\n"), `image: "web:1"`, `image: "web:1", hostname: other`))
	var o whyObject
	r := w.Command(NewWhy, "--json", "why", "web").Fine(t)
	if err := json.Unmarshal([]byte(r.Out), &o); err != nil || o.Type != "why" || o.Container != "shop-web-1" || len(o.Pending) == 0 || !strings.Contains(strings.Join(o.Pending, " "), "hostname") {
		t.Errorf("%v: %s", err, r.Out)
	}
	if got := w.Requests(); len(got) > 0 {
		t.Errorf("changed %q", got)
	}
	newShop(t).Command(NewWhy, "why", "web").Fine(t).Says(t, "web has no container")
	newShop(t).Command(NewWhy, "--json", "why", "web").Fine(t).Says(t, `{"type":"why","service":"web","causes":[],"pending":["create: not created yet"]}`)
	for args, code := range map[string]fail.Code{"why": fail.Usage, "why web db": fail.Usage, "why wbe": fail.UnknownService} {
		if r := w.Command(NewWhy, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
}

// TestWhyWithoutFiles: what runs was made for reasons that its labels keep.
func TestWhyWithoutFiles(t *testing.T) {
	t.Parallel()
	w := newUp(t)
	w.Write("compose.yaml", "services: [")
	w.Command(NewWhy, "why", "web").Fine(t).Says(t, "shop-web-1 was created by devup")
	w.Has("old", "running", func(c *fakeengine.Container) { c.Created = time.Unix(1, 0) })
	w.Command(NewWhy, "why", "old").Fine(t).Says(t, "docker compose", "1970-01-01T00:00:01Z")
}
