package tunnel

import (
	"os/exec"
	"syscall"
)

// leash ends the program when devup is killed and cannot end it itself: nobody would
// know that the machine is still open to the internet.
func leash(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
