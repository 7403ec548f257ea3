package command

import "golang.org/x/sys/windows"

// enableEscapes makes an older Windows console understand escape sequences, and tells whether it does:
// the oldest show them.
func enableEscapes(fd uintptr) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(fd), &mode) == nil &&
		windows.SetConsoleMode(windows.Handle(fd), mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
