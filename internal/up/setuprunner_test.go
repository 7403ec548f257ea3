package up

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestStepServiceHasNoTerminal: the log of a container with one has no frames to read.
func TestStepServiceHasNoTerminal(t *testing.T) {
	t.Parallel()
	var server types.ServiceConfig
	server.Tty, server.Command, server.Ports = true, types.ShellCommand{"serve"}, []types.ServicePortConfig{{Target: 80}}
	s := stepService(server, []string{"migrate"})
	if s.Tty || len(s.Entrypoint) != 1 || len(s.Command) != 0 || s.Ports != nil {
		t.Errorf("%+v", s)
	}
}
