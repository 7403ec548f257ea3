package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// roofs are folders below which others than this machine have theirs: homes that a
// container does not see, disks that are not mounted. With each, how many folders below it
// have to be there before what is missing further down was removed.
var roofs = []struct {
	path  string
	below int
}{
	{"/run/media", 2},
	{"/media", 2},
	{"/mnt", 1},
	{"/Volumes", 1},
	{"/host_mnt", 1},
	{"/home", 1},
	{"/Users", 1},
	{"/workspaces", 1},
	{"/workspace", 1},
	{"/", 1},
}

// folderGone says that a folder was removed from this machine, and not that it lies on one
// whose engine this is, seen from a container.
func folderGone(dir string) bool {
	if !filepath.IsAbs(dir) || !missing(dir) {
		return false
	}
	for missing(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	for _, roof := range roofs {
		rest, err := filepath.Rel(roof.path, dir)
		if err != nil || rest == ".." || strings.HasPrefix(rest, "../") {
			continue
		}
		return rest != "." && strings.Count(filepath.ToSlash(rest), "/")+1 >= roof.below
	}
	return true // a disk of Windows
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
