//go:build unix

package cli

import (
	"os"
	"syscall"
)

// ownerOf is the user and group of a folder; root where that cannot be found out.
func ownerOf(name string) (uid, gid int) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, 0
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(owner.Uid), int(owner.Gid)
	}
	return 0, 0
}
