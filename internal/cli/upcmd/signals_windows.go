package upcmd

import "os"

// terminalSignals are none on Windows.
func terminalSignals() (resized, resumed <-chan os.Signal, stop func()) {
	return nil, nil, func() {}
}
