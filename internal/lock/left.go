package lock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Left is a lock that no process holds.
type Left struct {
	Project string
	Killed  bool      // its last holder was killed or called off
	Since   time.Time // when it was released; of a killed holder, when it was last taken or released before

	file string
}

// Leftovers are the locks of a directory that no process holds, by name. A directory that does
// not exist holds none.
func Leftovers(dir string) ([]Left, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.lock"))
	if err != nil {
		return nil, err
	}
	var all []Left
	for _, file := range files {
		info, err := os.Lstat(file)
		if err != nil {
			continue // another process was quicker
		}
		one := fileAt(file)
		if free, err := one.TryLock(); err != nil || !free {
			_ = one.Close()
			continue
		}
		_, err = os.Lstat(file + ".busy")
		_ = one.Close()
		all = append(all, Left{Project: projectOf(file), Killed: err == nil, Since: info.ModTime(), file: file})
	}
	return all, nil
}

// projectOf takes the engine's hash off the name of a lock.
func projectOf(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".lock")
	return name[:max(0, strings.LastIndexByte(name, '-'))]
}

// Remove removes the lock's files. A lock that is held again is left; a devup that
// waits for it in the same moment takes a new file ([Acquire] checks). On Windows a file that
// is open cannot be removed, so that the lock is let go first there, which is as safe: a
// file that was opened since then stays too.
func (l Left) Remove() error {
	one := fileAt(l.file)
	defer func() { _ = one.Close() }()
	if free, err := one.TryLock(); err != nil || !free {
		return err
	}
	if runtime.GOOS == "windows" {
		_ = one.Close()
	}
	err := os.Remove(l.file)
	if also := os.Remove(l.file + ".busy"); also != nil && !errors.Is(also, fs.ErrNotExist) {
		err = errors.Join(err, also)
	}
	return err
}
