//go:build unix

package gateway

import "syscall"

// apart gives a process a session of its own, which no terminal ends.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
