// Package garbage sets, when it is imported, how much the heap grows before it is collected. It
// imports nothing that takes time, so that it comes before packages that allocate megabytes when
// they are initialised.
package garbage

import (
	"os"
	"runtime/debug"
)

// percent lets the heap grow to five times of what is in use.
// Most commands end before they would need to collect; those that follow logs hold little.
const percent = 400

// usual is the runtime's own.
const usual = 100

// Steady sets the runtime's own, for a process that lives long and holds little.
func Steady() { set(usual) }

func init() { //nolint:gochecknoinits // see the package
	set(percent)
}

func set(percent int) {
	if os.Getenv("GOGC") == "" { //nolint:forbidigo // the runtime reads it, too, and no test needs another
		debug.SetGCPercent(percent)
	}
}
