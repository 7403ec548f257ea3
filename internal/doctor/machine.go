package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Limits of inotify that a check complains below. Each directory that is watched takes one
// watch, and devup, Vite, webpack and editors all watch node_modules and more; containers
// share the limits with this machine.
const (
	fewWatches   = 65536
	fewInstances = 128
)

// checkLimits looks at how many directories may be watched for changes.
func checkLimits(m Machine) Finding {
	if m.GOOS != "linux" || m.Files == nil {
		return nothing()
	}
	watches, known := kernelNumber(m.Files, "fs/inotify/max_user_watches")
	instances, also := kernelNumber(m.Files, "fs/inotify/max_user_instances")
	var low, fix []string
	if known && watches < fewWatches {
		low = append(low, fmt.Sprintf("of %d directories", watches))
		fix = append(fix, "fs.inotify.max_user_watches=524288")
	}
	if also && instances < fewInstances {
		low = append(low, fmt.Sprintf("by %d programs", instances))
		fix = append(fix, "fs.inotify.max_user_instances=512")
	}
	if len(low) == 0 {
		return good("")
	}
	return warning("this machine allows watching "+strings.Join(low, ", ")+", which live reload soon uses up",
		"`sudo sysctl "+strings.Join(fix, " ")+"`; to keep it, put that into /etc/sysctl.d/60-inotify.conf")
}

// kernelNumber reads a number below /proc/sys.
func kernelNumber(files fs.FS, name string) (n int, known bool) {
	text, err := untrusted.ReadFileFS(files, "proc/sys/"+name, untrusted.MaxText)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}

// windowsDrive is a path of WSL that lies on a drive of Windows.
var windowsDrive = lazyregexp.New(`^/mnt/[a-z](/|$)`)

// checkDrive looks whether Linux inside Windows reaches the project over a network file
// system, which containers see slowly and without notices of changes.
func checkDrive(o Options) Finding {
	switch {
	case !o.Machine.WSL:
		return nothing()
	case !windowsDrive.MatchString(o.Project.Dir):
		return good("")
	}
	return warning("the project is on a Windows drive, so builds are slow and live edits may not show",
		"clone it inside the Linux file system, for example below ~/")
}

// longAgo is how old a lock is that no project needs any more.
const longAgo = 30 * 24 * time.Hour

// checkState looks at what devup keeps of its own: locks of runs that were killed, and
// of projects unused for long.
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
		return ofProjects("a devup was killed or interrupted while it worked on %s", killed,
			"the next `devup up` or `devup down` there finishes what it left")
	case len(old) > 0:
		return ofProjects("devup keeps locks that were unused for a month, of %s", names(old), "").
			fixed(Fix{Does: "remove these locks", Safe: true, Do: func(context.Context) error { return removeLocks(old) }})
	}
	return good("")
}

// ofProjects is a warning about projects: one is named in the sentence, several below it.
func ofProjects(sentence string, names []string, hint string) Finding {
	if len(names) == 1 {
		return warning(fmt.Sprintf(sentence, "project "+names[0]), hint)
	}
	return warning(fmt.Sprintf(sentence, fmt.Sprintf("%d projects", len(names))), hint).with(names)
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
