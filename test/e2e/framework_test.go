//go:build e2e

package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestViteBehindAProxy: a real Vite refuses hosts that it does not know, answers to those
// of the place where devup runs, and is not made again at the next up.
func TestViteBehindAProxy(t *testing.T) {
	t.Parallel()
	c := example(t, "board")
	c.devup(t, "init", "--yes")
	c.devup(t, "up", "--detach", "web")
	local := c.url(t, "web")
	at, err := url.Parse(local)
	if err != nil {
		t.Fatal(err)
	}
	public := at.Port() + "-loom.workspaces.example"
	answer := func(host string, want int) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, local, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("Vite answers %d to the host %s, want %d", response.StatusCode, host, want)
		}
	}
	answer(at.Host, 200)
	answer(public, 403)

	c.env = append(c.env, "DEVUP_PUBLIC_URL_TEMPLATE=https://{port}-loom.workspaces.example")
	const note = "web: __VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.workspaces.example is set"
	if r := c.devup(t, "up", "--detach", "web"); !strings.Contains(r.err, note) {
		t.Errorf("no %q in\n%v", note, r)
	}
	answer(public, 200)
	answer("stranger.example", 403)

	before := inspect(t, c.name, "web").ID
	c.devup(t, "up", "--detach", "web")
	if after := inspect(t, c.name, "web").ID; after != before {
		t.Error("the same place made another container")
	}
}
