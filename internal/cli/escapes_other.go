//go:build !windows

package cli

// enableEscapes does nothing: terminals understand escape sequences.
func enableEscapes(uintptr) {}
