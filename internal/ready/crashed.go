package ready

import (
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	// waitsForEdit is the last line of programs that run another one, and that start it again
	// only once a file has changed: nodemon, node --watch, tsx watch, Bun and Deno.
	waitsForEdit = lazyregexp.New(`^\[nodemon\] (?:app crashed|clean exit) - waiting for|^Failed running '.*'|^Completed running '.*'|^Node\.js v\d+\.\d+\.\d+$|^Bun v\d+\.\d+\.\d+ \(.*\)$|^Watcher Process failed\.`)
	// childFailed begins the trace of a program that ended under Uvicorn's and Django's reloader.
	childFailed = lazyregexp.New(`^Process SpawnProcess-\d+:|^Exception in thread django-main-thread:`)
	// childStarts is what these print when they start it again.
	childStarts = lazyregexp.New(`Started server process|detected changes? in|changed, reloading|Watching for file changes`)
)

// watcherLines is how much of the log says whether a program under a watcher has ended: a trace
// in full.
const watcherLines = "100"

// crashed reports whether the last lines of a log say that the program has ended and will
// not be started again by itself.
func crashed(log []string) bool {
	for i, line := range slices.Backward(log) {
		switch {
		case i == len(log)-1 && waitsForEdit.MatchString(line), childFailed.MatchString(line):
			return true
		case childStarts.MatchString(line):
			return false
		}
	}
	return false
}
