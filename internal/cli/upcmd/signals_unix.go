//go:build !windows

package upcmd

import (
	"os"
	"os/signal"
	"syscall"
)

// terminalSignals tell that the terminal has another size, and that the process goes on after a stop.
// A read of the terminal in the background is an error from now on, and stops the process no more.
func terminalSignals() (resized, resumed <-chan os.Signal, stop func()) {
	size, goesOn := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(size, syscall.SIGWINCH)
	signal.Notify(goesOn, syscall.SIGCONT)
	signal.Ignore(syscall.SIGTTIN)
	return size, goesOn, func() { signal.Stop(size); signal.Stop(goesOn) }
}
