package daemon

import (
	"fmt"
	"os"
	"os/exec"
)

// Detach starts this program once more, detached from this process and its terminal, and does
// not wait for it.
func Detach(args, env []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	process := exec.Command(self, args...) //nolint:gosec,noctx // devup itself, which outlives what ctx is for
	process.Env, process.SysProcAttr = env, detached()
	if err := process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", self, err)
	}
	return process.Process.Release()
}
