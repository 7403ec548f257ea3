//go:build unix

package gateway

import "syscall"

// detached gives a process a session of its own, which no terminal ends.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
