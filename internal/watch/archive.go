package watch

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// identity is a user and a group as containers count them.
type identity struct{ uid, gid int }

// writer makes the archive that a container gets.
type writer struct {
	out     *tar.Writer
	from    roots
	owner   func(target string) identity
	windows bool           // the host has no executable bits, so everything is executable, as in an image that was built there
	unread  map[string]any // host paths that could not be read, and why
	sent    int            // how many files and links went out
}

// pack writes the files of the pairs as an archive for a container's root. A path
// that went away meanwhile is left out, as is one that cannot be read, which the
// map names with its error, and what is neither file, directory nor link. No link leads out of
// the directories that files are read from.
func pack(to io.Writer, pairs []Pair, from roots, owner func(target string) identity, windows bool) (sent int, unread map[string]any, err error) {
	w := &writer{out: tar.NewWriter(to), from: from, owner: owner, windows: windows, unread: map[string]any{}}
	for _, p := range pairs {
		if err := w.put(p); err != nil {
			return w.sent, w.unread, fmt.Errorf("pack %s: %w", p.Host, err)
		}
	}
	return w.sent, w.unread, w.out.Close()
}

// put adds one path. The error is that of the archive's reader, never of the file.
func (w *writer) put(p Pair) error {
	root, name, err := w.from.of(p.Host)
	if err != nil {
		w.addMissed(p.Host, err)
		return nil
	}
	info, err := root.Lstat(name)
	if err != nil {
		w.addMissed(p.Host, err)
		return nil
	}
	h := &tar.Header{
		Name: strings.TrimPrefix(p.Target, "/"), Mode: int64(info.Mode().Perm()), ModTime: info.ModTime(),
		Format: tar.FormatPAX, // keeps parts of seconds: reloaders compare times, and rounded ones may lie in the future
	}
	id := w.owner(p.Target)
	h.Uid, h.Gid = id.uid, id.gid
	if w.windows {
		h.Mode |= 0o111
	}
	var file *os.File
	switch mode := info.Mode(); {
	case mode.IsDir():
		h.Typeflag, h.Name = tar.TypeDir, h.Name+"/"
	case mode&fs.ModeSymlink != 0:
		h.Typeflag = tar.TypeSymlink
		if h.Linkname, err = root.Readlink(name); err != nil {
			w.addMissed(p.Host, err)
			return nil
		}
	case mode.IsRegular():
		h.Typeflag = tar.TypeReg
		if file, err = untrusted.OpenEntry(root, name); err != nil {
			w.addMissed(p.Host, err)
			return nil
		}
		defer file.Close()
		if now, err := file.Stat(); err == nil {
			h.Size = now.Size()
		}
	default:
		return nil
	}
	if err := w.out.WriteHeader(h); err != nil {
		return err
	}
	if h.Typeflag != tar.TypeDir {
		w.sent++
	}
	if file == nil {
		return nil
	}
	return w.content(file, h.Size)
}

// content writes exactly as many bytes as the header says. A file that is written
// at this moment may have fewer or more: that it changed will be reported, and then it
// goes out again. One that cannot be read to its end fails the archive: filled up it
// would seem whole.
func (w *writer) content(file io.Reader, size int64) error {
	n, err := io.Copy(w.out, io.LimitReader(file, size))
	if err != nil || n == size {
		return err
	}
	_, err = io.CopyN(w.out, zeros{}, size-n)
	return err
}

// addMissed remembers a path that could not be read. One that went away is no miss.
func (w *writer) addMissed(name string, err error) {
	if !errors.Is(err, fs.ErrNotExist) {
		w.unread[name] = err
	}
}

// zeros is a reader of zero bytes without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
