//go:build !windows

package doctor

import (
	"os"

	"golang.org/x/sys/unix"
)

// FreeSpace gives the room that the file system of dir has for this user.
func FreeSpace(dir string) (Space, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return Space{}, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	block := int64(stat.Bsize)
	return Space{Free: int64(stat.Bavail) * block, Total: int64(stat.Blocks) * block}, nil
}
