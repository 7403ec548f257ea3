//go:build unix

package daemon

import "syscall"

// detached gives a process a session of its own, so that closing the terminal does not end it.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
