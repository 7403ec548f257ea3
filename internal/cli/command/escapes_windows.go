package command

import "golang.org/x/sys/windows"

// enableEscapes makes an older Windows console understand escape sequences.
func enableEscapes(fd uintptr) {
	var mode uint32
	if windows.GetConsoleMode(windows.Handle(fd), &mode) == nil {
		_ = windows.SetConsoleMode(windows.Handle(fd), mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) // else it shows them
	}
}
