package tunnel

import (
	"os/exec"
	"syscall"
)

// endWithParent ends the program when devup is killed and cannot end it itself: the user would
// not know that the machine is still open to the internet.
func endWithParent(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
