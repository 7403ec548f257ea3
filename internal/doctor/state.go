package doctor

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/lock"
)

// longAgo is how old a lock is that no project needs any more.
const longAgo = 30 * 24 * time.Hour

// checkState looks at what devup keeps of its own: locks of runs that were killed, and
// of projects that nobody has touched for long.
func checkState(m Machine) Finding {
	if m.StateDir == "" {
		return nothing()
	}
	left, err := lock.Leftovers(filepath.Join(m.StateDir, "locks"))
	if err != nil {
		return warning("devup's own state in "+m.StateDir+" cannot be read: "+err.Error(), "it may be removed")
	}
	var old []lock.Left
	var killed []string
	for _, l := range left {
		switch {
		case time.Since(l.Since) > longAgo:
			old = append(old, l)
		case l.Killed && !slices.Contains(killed, l.Project):
			killed = append(killed, l.Project)
		}
	}
	switch {
	case len(killed) > 0:
		return warning("a devup was killed or interrupted while it worked on "+strings.Join(killed, ", "),
			"the next `devup up` or `devup down` there finishes what it left")
	case len(old) > 0:
		return warning("devup keeps locks of projects that nobody has touched for a month: "+strings.Join(names(old), ", "), "").
			fixed(Fix{Does: "remove these locks", Safe: true, Do: func(context.Context) error { return removeLocks(old) }})
	}
	return good("")
}

func names(locks []lock.Left) []string {
	var all []string
	for _, l := range locks {
		all = append(all, l.Project)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func removeLocks(locks []lock.Left) error {
	var failed []error
	for _, l := range locks {
		failed = append(failed, l.Remove())
	}
	return errors.Join(failed...)
}
