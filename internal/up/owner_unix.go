//go:build unix

package up

import (
	"io/fs"
	"os"
	"syscall"
)

// ours tells whether what info describes belongs to the user of this process.
func ours(info fs.FileInfo) bool {
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(status.Uid) == os.Geteuid()
}
