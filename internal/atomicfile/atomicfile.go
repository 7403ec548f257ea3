// Package atomicfile puts files in the place of others in one step: a reader, and
// what comes after a kill in the middle, finds the old content or the new one. No link
// is followed at the end of a name: it is replaced itself.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Keep is the mode for [ReplaceIn] that keeps that of the file there. A new one is for its
// owner alone.
const Keep fs.FileMode = 0

// Replace makes content that of the file, which keeps its mode. The directory must exist.
// The error is one of the file system; then the file is as it was.
func Replace(name string, content []byte) error {
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer root.Close()
	return ReplaceIn(root, filepath.Base(name), content, Keep)
}

// ReplaceIn is [Replace] for a file below root, from which no link leads out. The file has
// the given mode afterwards.
func ReplaceIn(root *os.Root, name string, content []byte, mode fs.FileMode) error {
	half, err := createHalf(root, name)
	if err != nil {
		return err
	}
	defer func() { _ = root.Remove(half.name) }() // gone already after the rename
	if mode == Keep {
		if before, err := root.Lstat(name); err == nil && before.Mode().IsRegular() {
			mode = before.Mode().Perm()
		}
	}
	if mode != Keep {
		_ = half.Chmod(mode) // else it is for its owner alone
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
	return root.Rename(half.name, name)
}

// half is a file that is not written whole yet. Its name is relative to the root.
type half struct {
	*os.File
	name string
}

// mostTries bounds the search for a name that no file has.
const mostTries = 100

// createHalf makes the file that is to take the place of name.
func createHalf(root *os.Root, name string) (half, error) {
	for try := 0; ; try++ {
		path := filepath.Join(filepath.Dir(name), halfOf(name)+fmt.Sprint(rand.Uint32()))
		file, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil || !errors.Is(err, fs.ErrExist) || try == mostTries {
			return half{file, path}, err
		}
	}
}

// halfOf is how the name of the file begins until it is written whole.
func halfOf(name string) string { return ".half-" + filepath.Base(name) + "-" }

// Sweep removes what a killed [ReplaceIn] has left of the file, which lies directly in
// root. It must not run during another one. What cannot be removed stays.
func Sweep(root *os.Root, name string) {
	entries, _ := fs.ReadDir(root.FS(), ".") // without them, they stay
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), halfOf(name)) {
			_ = root.Remove(entry.Name())
		}
	}
}
