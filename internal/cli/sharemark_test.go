package cli

import (
	"testing"

	"github.com/devup-cli/devup/internal/engine"
)

// TestShareIsOfAnEngine: the tunnels of a project lead to this machine, so they are not
// those of a project of the same name on another engine.
func TestShareIsOfAnEngine(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	env := func(name string) (string, bool) { return state, name == "XDG_STATE_HOME" }
	sharer, other := &app{stdio: Stdio{LookupEnv: env}}, &app{stdio: Stdio{LookupEnv: env}}
	here, box := &engine.Engine{Endpoint: "unix:///var/run/docker.sock"}, &engine.Engine{Endpoint: "ssh://box"}
	mark, err := sharer.raiseShare(t.Context(), here, "shop")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mark.Lower)
	if err := (&sharing{app: sharer, mark: mark}).say(map[int]string{3000: "https://tunnel.example"}); err != nil {
		t.Fatal(err)
	}
	if got := other.openTunnels(here, "shop"); got[3000] != "https://tunnel.example" {
		t.Errorf("on the same engine: %v", got)
	}
	if got := other.openTunnels(box, "shop"); got != nil {
		t.Errorf("on another engine: %v", got)
	}
	if got := other.openTunnels(nil, "shop"); got != nil {
		t.Errorf("without an engine: %v", got)
	}
	if got := other.openTunnels(here, "store"); got != nil {
		t.Errorf("another project: %v", got)
	}
}
