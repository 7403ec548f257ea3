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

func init() { //nolint:gochecknoinits // see the package
	if os.Getenv("GOGC") == "" { //nolint:forbidigo // the runtime reads it, too, and no test needs another
		debug.SetGCPercent(percent)
	}
}
