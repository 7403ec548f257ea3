package execcmd

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// copyIn copies a file, a directory or, for "-", an archive on stdin into a container.
func copyIn(ctx context.Context, env *command.Env, t copying) error {
	resolved, found, err := t.inside(ctx, t.target)
	if err != nil {
		return err
	}
	directory := found != nil && found.Mode.IsDir()
	if t.archive != nil {
		if !directory {
			return t.noDirectory(t.target)
		}
		return t.upload(ctx, resolved, t.archive())
	}
	info, err := localSource(t.source, t.follow)
	if err != nil {
		return err
	}
	dir, name := resolved, filepath.Base(absolutePath(t.source))
	switch {
	case directory && info.IsDir() && contentsOnly(t.source):
		name = "."
	case directory:
	case found != nil && info.IsDir():
		return fail.New(fail.Failed, "", "%s is a directory, and %s in %s is not", t.source, t.target, t.container.Name)
	case !info.IsDir() && strings.HasSuffix(t.target, "/"):
		return t.noDirectory(t.target)
	default:
		dir, name = path.Split(path.Clean(resolved))
	}
	reader, writer := io.Pipe()
	var packing errgroup.Group
	packing.Go(func() error {
		err := pack(writer, t.source, name, t.follow)
		_ = writer.CloseWithError(err) // it never fails
		return err
	})
	err = t.upload(ctx, dir, reader)
	_ = reader.Close() // nothing reads what is still packed, and that ends it
	if packed := packing.Wait(); packed != nil && !errors.Is(packed, io.ErrClosedPipe) {
		err = fmt.Errorf("copy %s: %w", t.source, packed) // the engine only says that the archive ended
	}
	if err == nil {
		copiedOver(env, t)
	}
	return err
}

// upload unpacks an archive in a directory of the container.
func (t copying) upload(ctx context.Context, dir string, content io.Reader) error {
	if dir == "" {
		dir = "."
	}
	_, err := t.api.CopyToContainer(ctx, t.container.ID, client.CopyToContainerOptions{DestinationPath: dir, Content: content, CopyUIDGID: t.owners})
	switch {
	case errdefs.IsNotFound(err):
		return t.noDirectory(dir)
	case err != nil:
		return fmt.Errorf("copy into %s: %w", t.container.Name, err)
	}
	return nil
}

func (t copying) noDirectory(dir string) error {
	return fail.New(fail.Failed, "create it first", "%s has no directory %s", t.container.Name, dir)
}

// contentsOnly tells whether a path means what is in the directory: it ends in "/.".
func contentsOnly(p string) bool {
	return p == "." || strings.HasSuffix(filepath.ToSlash(p), "/.")
}

func absolutePath(p string) string {
	if full, err := filepath.Abs(p); err == nil {
		return full
	}
	return p
}

// localSource looks at what is to be copied.
func localSource(source string, follow bool) (fs.FileInfo, error) {
	look := os.Lstat
	if follow || contentsOnly(source) || strings.HasSuffix(source, "/") {
		look = os.Stat
	}
	info, err := look(source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail.New(fail.Failed, "", "there is no file or directory %s", source)
	case err != nil:
		return nil, fail.Wrap(err, fail.Denied, "", "%s cannot be read", source)
	}
	return info, nil
}

// pack writes a file or a directory as a tar archive in which it has another name. What takes
// the place of a directory meanwhile leads nowhere else: a container may have it mounted.
func pack(to io.Writer, source, name string, follow bool) error {
	if resolved, err := filepath.EvalSymlinks(source); err == nil && (follow || contentsOnly(source) || strings.HasSuffix(source, "/")) {
		source = resolved
	}
	info, err := os.Lstat(source)
	if err != nil {
		return err
	}
	above, base := source, "."
	if !info.IsDir() {
		above, base = filepath.Split(absolutePath(source))
	}
	root, err := os.OpenRoot(above)
	if err != nil {
		return err
	}
	defer root.Close()
	archive := tar.NewWriter(to)
	err = fs.WalkDir(untrusted.FS(root), base, func(file string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(base, filepath.FromSlash(file))
		if err != nil {
			return err
		}
		return packOne(archive, root, filepath.FromSlash(file), path.Join(name, filepath.ToSlash(below)))
	})
	if err != nil {
		return err
	}
	return archive.Close()
}

func packOne(archive *tar.Writer, root *os.Root, file, name string) error {
	info, err := root.Lstat(file)
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = root.Readlink(file); err != nil {
			return err
		}
	}
	if info.Mode()&fs.ModeSocket != 0 {
		return nil // an archive cannot hold it
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = name
	if info.IsDir() {
		header.Name += "/"
	}
	if err := archive.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	content, err := untrusted.OpenEntry(root, file)
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = io.CopyN(archive, content, info.Size()) // a file that grows meanwhile is copied as it was
	return err
}
