// Package untrusted handles what comes from a clone. A repository chooses the names, the
// kinds, the sizes and the bytes of its files, and it may be hostile:
//
//   - [ReadFile], [Open], [FS] and [ReadEntry] read its files: regular ones only, never
//     blocking on a pipe or a device, and at most as many bytes as the caller allows. The null
//     device is a file without content: sandboxes put it over files that are to be hidden.
//   - [Text], [Lines], [Name] and [SafeJSON] make its text safe to print on a terminal.
//   - [Arguments] makes its names safe to copy into a shell, in commands that devup proposes.
//
// The package does not decide where a path may lead. A caller that must stay inside a
// directory opens an [os.Root] and reads through [FS].
package untrusted

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/docker/go-units"
)

// Limits for the files that a clone is made of, in bytes. A file that people write by
// hand is a thousand times smaller.
const (
	MaxText = 4 << 20  // configuration, env files, Dockerfiles, sources
	MaxLock = 64 << 20 // lock files of package managers
)

// ErrNotRegular is the error for a directory, pipe, socket or device where a file is needed.
var ErrNotRegular = errors.New("not a regular file")

// ErrOutside is the error for a path that leaves its directory, by ".." or by a link.
var ErrOutside = errors.New("leads out of the directory")

// InRoot is an error of an [os.Root] in the words of this package: one that says that a path
// escapes, for which package os exports no value, becomes a [*fs.PathError] around
// [ErrOutside]. Other errors stay as they are.
func InRoot(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok && strings.HasSuffix(at.Err.Error(), "path escapes from parent") {
		return &fs.PathError{Op: "open", Path: at.Path, Err: ErrOutside}
	}
	return err
}

// LimitError is the error for a file with more bytes than the caller allows. Its value is
// the limit in bytes.
type LimitError int64

// Error says the limit in a unit that people read.
func (e LimitError) Error() string {
	return fmt.Sprintf("larger than %s, the most that devup reads of it", units.BytesSize(float64(e)))
}

// ReadFile reads a regular file of at most limit bytes. Links are followed; what they lead
// to must be a regular file too. It never blocks. The error is a [*fs.PathError] around
// [ErrNotRegular], a [LimitError] or the file system's own.
func ReadFile(name string, limit int64) ([]byte, error) {
	file, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file, name, limit)
}

// Open opens a regular file for reading and never blocks. The errors are those of
// [ReadFile]. The caller bounds what it reads, and closes the file.
func Open(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	return regular(file, name, false)
}

// FS gives the files below root. Like [Open], it opens regular files and directories only
// and never blocks. A link that leads out of root gives [ErrOutside]. The caller closes root
// after the last use.
func FS(root *os.Root) fs.FS { return rootFS{root} }

// DirFS gives the files below a directory, like [FS], and follows links out of it. It is for
// directories from which nothing leaves the machine and nothing is shown as it is.
func DirFS(dir string) fs.FS { return dirFS{os.DirFS(dir), dir} }

// ReadGiven reads at most limit bytes of a file that the user named on the command line,
// which may be a pipe, as in `--env-file <(command)`. It blocks until the pipe ends. The
// errors are those of [ReadFile].
func ReadGiven(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file, name, limit)
}

// ReadFileFS reads a regular file of at most limit bytes from fsys, which should be made by
// [FS]. The errors are those of [ReadFile].
func ReadFileFS(fsys fs.FS, name string, limit int64) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file, name, limit)
}

type rootFS struct{ root *os.Root }

func (r rootFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := r.root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, InRoot(err)
	}
	return regular(file, name, true)
}

type dirFS struct {
	fs.FS
	dir string
}

func (d dirFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := os.OpenFile(filepath.Join(d.dir, filepath.FromSlash(name)), os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	return regular(file, name, true)
}

func (d dirFS) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(d.FS, name) }
func (d dirFS) ReadDir(name string) ([]fs.DirEntry, error) { return readDir(d, name, -1) }

// ReadSome lists at most so many entries of a directory: those that the system gives first.
func (d dirFS) ReadSome(name string, most int) ([]fs.DirEntry, error) { return readDir(d, name, most) }

// readDir lists a directory, up to a bound where most is positive, by what Open gives: the
// functions of package os would wait for a writer where the name is that of a pipe.
func readDir(fsys fs.FS, name string, most int) ([]fs.DirEntry, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	dir, ok := file.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.ErrUnsupported}
	}
	list, err := dir.ReadDir(most)
	if errors.Is(err, io.EOF) { // an empty one, read up to a bound
		err = nil
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}

func (r rootFS) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(r.root.FS(), name) }
func (r rootFS) Lstat(name string) (fs.FileInfo, error)     { return fs.Lstat(r.root.FS(), name) }
func (r rootFS) ReadLink(name string) (string, error)       { return fs.ReadLink(r.root.FS(), name) }
func (r rootFS) ReadDir(name string) ([]fs.DirEntry, error) { return readDir(r, name, -1) }

// ReadSome is as that of a dirFS.
func (r rootFS) ReadSome(name string, most int) ([]fs.DirEntry, error) { return readDir(r, name, most) }

// regular closes a file that is not regular, or not a directory where those are allowed.
func regular(file *os.File, name string, directories bool) (*os.File, error) {
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() && (!directories || !info.IsDir()) && !isNull(info) {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	if err != nil {
		_ = file.Close() // nothing was read
		return nil, err
	}
	return file, nil
}

// read reads a file to its end, and one byte more than the limit to see that it is over it.
func read(file io.Reader, name string, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = &fs.PathError{Op: "read", Path: name, Err: LimitError(limit)}
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}
