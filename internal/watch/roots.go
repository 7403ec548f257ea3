package watch

import (
	"io/fs"
	"os"
	"path/filepath"
)

// roots are the directories that files are read from, open since the watch began: a process
// in a container that has the checkout mounted may put a link in the place of any directory
// in it, and what is read there goes into a container.
type roots map[string]*os.Root

// openRoots opens the directories of the rules. One that cannot be opened has no files.
func openRoots(rules []Rule) roots {
	all := roots{}
	for _, r := range rules {
		base := r.above()
		if _, known := all[base]; known || !r.syncs() {
			continue
		}
		if root, err := os.OpenRoot(base); err == nil {
			all[base] = root
		}
	}
	return all
}

// above is the directory that the rule's files are read from: the project's, or the one that
// a watched path outside of it lies in.
func (r Rule) above() string {
	if _, ok := inside(r.project, r.Path); ok {
		return r.project
	}
	return dirOf(r.Path)
}

// of gives the nearest directory that a file lies in, and its name there.
func (r roots) of(name string) (*os.Root, string, error) {
	for base := dirOf(name); ; base = dirOf(base) {
		if root, ok := r[base]; ok {
			relative, err := filepath.Rel(base, name)
			return root, relative, err
		}
		if base == dirOf(base) {
			break
		}
	}
	if root, ok := r[name]; ok { // the whole project is watched
		return root, ".", nil
	}
	return nil, "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// close closes the directories. No file is read afterwards.
func (r roots) close() {
	for _, root := range r {
		_ = root.Close() // it was only read
	}
}
