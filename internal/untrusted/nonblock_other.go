//go:build !unix

package untrusted

import "io/fs"

// nonblock is not needed where no path of a clone can name a pipe.
const nonblock = 0

// isNull tells of the null device, which no path of a clone can name here.
func isNull(fs.FileInfo) bool { return false }
