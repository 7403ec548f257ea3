package session

import (
	"testing"

	"github.com/devup-cli/devup/internal/engine"
)

// TestShareIsOfAnEngine: the tunnels of a project lead to this machine, so they are not
// those of a project of the same name on another engine.
func TestShareIsOfAnEngine(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	on := func(endpoint, name string) *opener {
		s := &Session{Name: name, Env: NewEnv(Env{
			Process: Process{LookupEnv: func(name string) (string, bool) { return state, name == "XDG_STATE_HOME" }},
		})}
		if endpoint != "" {
			s.Engine = &engine.Engine{Endpoint: endpoint}
		}
		return &opener{Session: s}
	}
	const here, box = "unix:///var/run/docker.sock", "ssh://box"
	share, err := on(here, "shop").BeginShare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(share.End)
	if err := share.Say(map[int]string{3000: "https://tunnel.example"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ endpoint, project, want string }{
		{here, "shop", "https://tunnel.example"},
		{box, "shop", ""},
		{"", "shop", ""},
		{here, "store", ""},
	} {
		if got := on(c.endpoint, c.project).openTunnels()[3000]; got != c.want {
			t.Errorf("%s on %q: got %q, want %q", c.project, c.endpoint, got, c.want)
		}
	}
}
