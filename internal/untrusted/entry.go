package untrusted

import (
	"io/fs"
	"os"
)

// ReadEntry reads a regular file of at most limit bytes below root. Unlike [ReadFileFS] it
// follows no link at the end of the name: one counts as not regular. The errors are those
// of [ReadFile].
func ReadEntry(root *os.Root, name string, limit int64) ([]byte, error) {
	file, err := OpenEntry(root, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file, name, limit)
}

// OpenEntry is [Open] for a file below root, from which no link leads out. A link at the end
// of the name counts as not regular.
func OpenEntry(root *os.Root, name string) (*os.File, error) {
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
	opened, err := file.Stat()
	if err == nil && !os.SameFile(entry, opened) { // a link took its place in between
		err = notRegular
	}
	if err != nil {
		_ = file.Close() // nothing was read
		return nil, err
	}
	return file, nil
}
