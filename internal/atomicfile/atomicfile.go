// Package atomicfile puts files in the place of others in one step: whoever reads, and
// whoever comes after a kill in the middle, finds the old content or the new one.
package atomicfile

import (
	"os"
	"path/filepath"
)

// Replace makes content that of the file. It keeps the mode of the file that is there; a
// new one is for its owner alone. The folder must be there. The error is one of the file
// system; then the file is as it was.
func Replace(name string, content []byte) error {
	half, err := os.CreateTemp(filepath.Dir(name), halfOf(name))
	if err != nil {
		return err
	}
	defer os.Remove(half.Name()) // gone already after the rename
	if before, err := os.Stat(name); err == nil {
		_ = half.Chmod(before.Mode().Perm()) // else it is for its owner alone
	}
	_, err = half.Write(content)
	if synced := half.Sync(); err == nil {
		err = synced
	}
	if closed := half.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(half.Name(), name)
}

// halfOf is how the file is called until it is written whole.
func halfOf(name string) string { return ".half-" + filepath.Base(name) + "-*" }

// Sweep removes what somebody has left who was killed in a [Replace] of the file. It must
// not run beside one. What cannot be removed is no hindrance.
func Sweep(name string) {
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), halfOf(name))) // the pattern is right, or finds nothing
	for _, name := range left {
		_ = os.Remove(name)
	}
}
