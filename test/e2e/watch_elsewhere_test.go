//go:build e2e

package e2e

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// TestWatchInsteadOfMount: on an engine elsewhere the source of a scaffolded service
// comes by syncing, not by a mount.
func TestWatchInsteadOfMount(t *testing.T) {
	t.Parallel()
	c := small(t)
	c.replace(t, "devup.yaml", `volumes: [".:/web"]`, `volumes: [".:/web", "/web/node_modules"]
    x-devup: {stack: python}`)
	c.env = append(c.env, "DOCKER_HOST="+elsewhere(t))
	c.write(t, ".dockerignore", "devup.yaml\n")
	r := c.devup(t, "up", "--detach")
	found := inspect(t, c.name, "web")
	for _, m := range found.Mounts {
		if strings.HasPrefix(m.Destination, "/web") {
			t.Errorf("mounted: %+v\n%v", m, r)
		}
	}
	got, _ := inContainer(t, found.ID, "/web")
	if !strings.Contains(got["web.py"], "hello") {
		t.Errorf("web.py is not there: %v", got)
	}
	if !strings.Contains(r.err, "synced") {
		t.Errorf("nothing was synced\n%v", r)
	}
	w := c.follow(t, "up")
	c.replace(t, "web.py", "hello", "goodbye")
	eventually(t, func() (bool, string) {
		got, _ := inContainer(t, found.ID, "/web")
		return strings.Contains(got["web.py"], "goodbye"), w.String()
	})
}

// TestWatchMounted: what is mounted is not synced too, which would be a second way
// into the same directory.
func TestWatchMounted(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(sleeper, "init: true", "init: true\n    volumes: [\"./src:/src\"]", 1))
	r := c.exits(t, 2, "watch")
	if !strings.Contains(r.err, "mounted") {
		t.Errorf("no word of the mount\n%v", r)
	}
	if rest := c.leaves(t); len(rest) > 0 {
		t.Errorf("made: %q", rest)
	}
}

// elsewhere gives the address of the engine as that of another machine: a proxy on an
// address that is not this machine's own loopback.
func elsewhere(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", outward(t)+":0")
	if err != nil {
		t.Fatal(err)
	}
	dial := docker.Dialer()
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: client.DummyHost}) },
		Transport:     &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }},
		FlushInterval: -1,
	}
	server := &http.Server{Handler: proxy}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return "tcp://" + listener.Addr().String()
}

// outward is an address of this machine that is not its loopback.
func outward(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	t.Skip("this machine has no address but its loopback")
	return ""
}
