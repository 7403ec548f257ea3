//go:build unix

package owner

import (
	"io/fs"
	"syscall"
)

// Of gives the user and the group of a file. known is false where the system has none.
func Of(info fs.FileInfo) (uid, gid int, known bool) {
	stat, known := info.Sys().(*syscall.Stat_t)
	if !known {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}
