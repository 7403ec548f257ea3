package build

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/tonistiigi/fsutil"

	"github.com/devup-cli/devup/internal/untrusted"
)

// contextDir is the directory of a build context, open while its files are sent. A process
// in a container that has the directory mounted may put a link in the place of anything in
// it at any moment, and what is sent comes into an image: all is read below the directory
// that was opened, and no link leads out of it. The path of the directory itself is the
// configuration's and may lead through links, as with Docker Compose.
type contextDir struct {
	fsutil.FS // the files that a build gets
	root      *os.Root
	close     func() error
}

// open opens the directory of the context. The caller closes it after the build.
func (s Spec) open() (*contextDir, error) {
	root, err := os.OpenRoot(s.Context)
	if err != nil {
		return nil, err
	}
	below := fsutil.NewRoot(root)
	files, err := s.sent(entries{fsutil.NewRootFS(below), root})
	if err != nil {
		_ = below.Close() // it was only read
		return nil, err
	}
	return &contextDir{files, root, below.Close}, nil
}

// Close closes the directory. No file can be read afterwards.
func (c *contextDir) Close() error { return c.close() }

// entries opens regular files only, where the library follows links that stay in the
// directory and waits for the writer of a pipe.
type entries struct {
	fsutil.FS
	root *os.Root
}

// Open opens a file for reading.
func (e entries) Open(name string) (io.ReadCloser, error) {
	return untrusted.OpenEntry(e.root, filepath.FromSlash(strings.TrimLeft(filepath.ToSlash(name), "/")))
}
