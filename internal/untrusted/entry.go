package untrusted

import (
	"io/fs"
	"os"
)

// ReadEntry reads a regular file of at most limit bytes below root. Unlike [ReadFileFS] it
// follows no link at the end of the name: one counts as not regular. The errors are those
// of [ReadFile].
func ReadEntry(root *os.Root, name string, limit int64) ([]byte, error) {
	entry, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	notRegular := &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	if !entry.Mode().IsRegular() {
		return nil, notRegular
	}
	file, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	opened, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !os.SameFile(entry, opened) { // a link took its place in between
		return nil, notRegular
	}
	return read(file, name, limit)
}
