//go:build !unix

package owner

import "io/fs"

// Of gives the user and the group of a file. known is false where the system has none.
func Of(fs.FileInfo) (uid, gid int, known bool) { return 0, 0, false }
