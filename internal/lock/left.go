package lock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Left is a lock that nobody holds.
type Left struct {
	Project string
	Killed  bool      // its last holder was killed or called off
	Since   time.Time // when it was released; of a killed holder, when it was last taken or released before

	file string
}

// Leftovers are the locks of a folder that nobody holds, by name. A folder that is not
// there holds none.
func Leftovers(dir string) ([]Left, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.lock"))
	if err != nil {
		return nil, err
	}
	var all []Left
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			continue // somebody else was quicker
		}
		one := flock.New(file)
		if free, err := one.TryLock(); err != nil || !free {
			_ = one.Close()
			continue
		}
		_, err = os.Stat(file + ".busy")
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

// Remove removes the lock's files. It is for locks of long ago: a devup that takes this
// lock in the same moment would hold one that the next does not see. A lock that
// somebody holds again is left.
func (l Left) Remove() error {
	one := flock.New(l.file)
	defer func() { _ = one.Close() }()
	if free, err := one.TryLock(); err != nil || !free {
		return err
	}
	err := os.Remove(l.file)
	if also := os.Remove(l.file + ".busy"); also != nil && !errors.Is(also, fs.ErrNotExist) {
		err = errors.Join(err, also)
	}
	return err
}
