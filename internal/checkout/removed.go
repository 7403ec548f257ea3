package checkout

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// mountRoots are directories below which others than this machine have theirs: homes that a
// container does not see, disks that are not mounted. With each, how many directories below it
// have to be there before what is missing further down was removed.
var mountRoots = []struct {
	path  string
	below int
}{
	{"/run/media", 2},
	{"/media", 2},
	{"/mnt", 2}, // the directory of a disk stays there when it is not mounted
	{"/Volumes", 1},
	{"/host_mnt", 1},
	{"/home", 1},
	{"/Users", 1},
	{"/workspaces", 1},
	{"/workspace", 1},
	{"/", 1},
}

// Removed tells whether a directory was removed from this machine, and not that it lies on one
// whose engine this is, seen from a container, or on a disk that is not there.
func Removed(dir string) bool { return removedWhere(missing, dir) }

// removedWhere is [Removed] on a machine that misses those directories.
func removedWhere(missing func(string) bool, dir string) bool {
	if !filepath.IsAbs(dir) || !missing(dir) {
		return false
	}
	contained := !missing("/.dockerenv") || !missing("/run/.containerenv")
	if parent := filepath.Dir(dir); contained && (missing(parent) || filepath.Dir(filepath.Dir(parent)) == filepath.Dir(parent)) {
		return false // the engine may be that of the host, and the directory too: /srv is there in both
	}
	for missing(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	if missing(dir) {
		return false // a disk of Windows that is not there
	}
	for _, root := range mountRoots {
		rest, err := filepath.Rel(root.path, dir)
		if err != nil || rest == ".." || strings.HasPrefix(rest, "../") {
			continue
		}
		return rest != "." && strings.Count(filepath.ToSlash(rest), "/")+1 >= root.below
	}
	return true // a disk of Windows
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
