//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// TestEditShowsWithoutBuild: the source is mounted, so that a changed file is in the
// container at once, and up does not build because of it.
func TestEditShowsWithoutBuild(t *testing.T) {
	t.Parallel()
	c := small(t)
	c.devup(t, "up", "--detach")
	image := inspect(t, c.name, "web").Image
	c.replace(t, "web.py", "hello", "goodbye")
	c.devup(t, "restart")
	eventually(t, answers(t, c.url(t, "web"), "goodbye"))
	c.devup(t, "up", "--detach")
	if now := inspect(t, c.name, "web").Image; now != image {
		t.Errorf("up built another image (%s, then %s) for a file that is mounted", image, now)
	}
}

// TestTwoCheckouts: two projects that want the same port both get one, and one's down
// leaves the other alone.
func TestTwoCheckouts(t *testing.T) {
	t.Parallel()
	a, b := small(t, "TEXT", "one", "PORT", "8099"), small(t, "TEXT", "two", "PORT", "8099")
	a.devup(t, "up", "--detach")
	b.devup(t, "up", "--detach")
	eventually(t, answers(t, a.url(t, "web"), "one"))
	eventually(t, answers(t, b.url(t, "web"), "two"))
	before := starts(t, b.name)
	a.devup(t, "down", "--yes")
	if after := starts(t, b.name); !slices.Equal(before, after) {
		t.Errorf("the down of %s changed %s:\n%q\n%q", a.name, b.name, before, after)
	}
}

// TestURLsOfASecondCheckout: stopped, it still has the URL that it got, and not that of the
// first checkout, whose port its files name.
func TestURLsOfASecondCheckout(t *testing.T) {
	t.Parallel()
	config := "name: " + thisRun + "twin\nservices:\n  web: {image: busybox, init: true, command: httpd -f -p 8080, ports: ['127.0.0.1:18765:8080'], volumes: ['data:/data']}\nvolumes: {data: }\n"
	a, b := composed(t, config), composed(t, config)
	a.devup(t, "up", "--detach")
	b.devup(t, "up", "--detach")
	first, second := a.url(t, "web"), b.url(t, "web")
	b.devup(t, "stop", "--timeout", "0")
	if now := b.url(t, "web"); first == second || now != second {
		t.Errorf("the first checkout is at %s, the second one at %s and, stopped, at %s", first, second, now)
	}
	a.devup(t, "down", "--timeout", "0")
	b.devup(t, "down", "--timeout", "0")
	if r := b.devup(t, "ps", "--json"); r.out != "" {
		t.Errorf("%v", r)
	}
	if now := b.url(t, "web"); now != second {
		t.Errorf("after down the second checkout is at %s, and its next up at %s", now, second)
	}
}

// TestDryRun: --dry-run says what up would do and makes nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	c := small(t)
	r := c.devup(t, "up", "--detach", "--dry-run")
	if rest := left(t, c.name); len(rest) > 0 {
		t.Errorf("made: %q", rest)
	}
	if !strings.Contains(r.out+r.err, "web") {
		t.Errorf("the plan does not name the service\n%v", r)
	}
}

// TestPulledBesideAFailure: a service whose image comes is started although the image of
// another one, which it does not need, does not.
func TestPulledBesideAFailure(t *testing.T) {
	t.Parallel()
	const image = "busybox:1.35.0"
	_, _ = docker.ImageRemove(t.Context(), image, client.ImageRemoveOptions{}) // it may be missing, which is the aim
	c := composed(t, `
services:
  box: {image: "`+image+`", command: sleep 600, stop_grace_period: 0s}
  nobody: {image: "devup-e2e-nobody:1"}
`)
	r := c.exits(t, 1, "up", "--detach")
	if !inspect(t, c.name, "box").State.Running {
		t.Errorf("box does not run\n%v", r)
	}
}
