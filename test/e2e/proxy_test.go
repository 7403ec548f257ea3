//go:build e2e

package e2e

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/moby/moby/client"
)

// counter is a proxy in front of the engine that remembers each API call.
type counter struct {
	host string // for DOCKER_HOST

	mu    sync.Mutex
	calls []string
}

var version = regexp.MustCompile(`^/v1\.[0-9]+`)

// count starts a counting proxy on a unix socket of its own.
func count(t *testing.T) *counter {
	t.Helper()
	// A socket's path has a limit of about 100 bytes, which t.TempDir may exceed.
	dir, err := os.MkdirTemp("", "e2e") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{host: "unix://" + socket}
	dial := docker.Dialer()
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: client.DummyHost}) },
		Transport:     &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }},
		FlushInterval: -1, // logs and events are streams
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.calls = append(c.calls, r.Method+" "+version.ReplaceAllString(r.URL.Path, ""))
		c.mu.Unlock()
		proxy.ServeHTTP(w, r)
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until it is closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
		os.RemoveAll(dir)
	})
	return c
}

// seen are the calls since the last time it was asked, in order of arrival.
func (c *counter) seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := slices.Clone(c.calls)
	c.calls = nil
	return calls
}
