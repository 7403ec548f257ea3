package daemon

import "syscall"

// detachedProcess is DETACHED_PROCESS: no console, also not that of devup.
const detachedProcess = 0x8

// detached gives a process no console and a group of its own, which no Ctrl-C reaches.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | detachedProcess}
}
