package ready

import "github.com/devup-cli/devup/internal/lazyregexp"

// waitsForEdit is the last line of programs that run another one, and that start
// it again only once a file has changed: nodemon, node --watch.
var waitsForEdit = lazyregexp.New(`^\[nodemon\] (?:app crashed|clean exit) - waiting for|^Failed running '.*'|^Completed running '.*'`)

// crashed reports whether the last lines of a log say that the program has ended and will
// not be started again by itself.
func crashed(log []string) bool {
	return len(log) > 0 && waitsForEdit.MatchString(log[len(log)-1])
}
