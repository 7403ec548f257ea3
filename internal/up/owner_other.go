//go:build !unix

package up

import "io/fs"

// ours is true where the home directory of a user is closed to others by its own rules.
func ours(fs.FileInfo) bool { return true }
