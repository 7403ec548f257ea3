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

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
)

// copyOut copies a file or a directory out of a container, for "-" as an archive to stdout.
func copyOut(ctx context.Context, env *command.Env, t copying) error {
	from := t.source
	if t.follow {
		resolved, found, err := t.inside(ctx, t.source)
		if err != nil {
			return err
		}
		if found != nil {
			from = resolved
		}
	}
	got, err := t.api.CopyFromContainer(ctx, t.container.ID, client.CopyFromContainerOptions{SourcePath: from})
	switch {
	case errdefs.IsNotFound(err):
		return fail.New(fail.Failed, "", "%s has no file or directory %s", t.container.Name, t.source)
	case err != nil:
		return fmt.Errorf("copy out of %s: %w", t.container.Name, err)
	}
	defer got.Content.Close()
	if t.target == "-" {
		_, err := io.Copy(env.Out, got.Content)
		return err
	}
	dir, name, err := landing(t.target, path.Base(path.Clean("/"+t.source)), got.Stat.Mode.IsDir(), strings.HasSuffix(t.source, "/."))
	if err != nil {
		return err
	}
	if err := unpack(got.Content, dir, name, t.owners); err != nil {
		return fmt.Errorf("copy to %s: %w", t.target, err)
	}
	copiedOver(env, t)
	return nil
}

// landing says in which directory of this machine what is copied goes and under which name:
// as with cp, into a directory that exists, else under the name that is given. The name is
// "." for what goes right into the directory.
func landing(target, base string, directory, contents bool) (dir, name string, err error) {
	info, err := os.Stat(target)
	switch {
	case err == nil && info.IsDir() && directory && contents:
		return target, ".", nil
	case err == nil && info.IsDir():
		return target, base, nil
	case err == nil && directory:
		return "", "", fail.New(fail.Failed, "", "a directory cannot be copied over the file %s", target)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", "", fail.Wrap(err, fail.Denied, "", "%s cannot be read", target)
	case err != nil && !directory && strings.HasSuffix(filepath.ToSlash(target), "/"):
		return "", "", fail.New(fail.Failed, "create it first", "there is no directory %s", target)
	}
	dir, name = filepath.Split(filepath.Clean(target))
	if dir == "" {
		dir = "."
	}
	if _, err := os.Stat(dir); err != nil {
		return "", "", fail.New(fail.Failed, "create it first", "there is no directory %s", dir)
	}
	return dir, name, nil
}

// unpack writes an archive of one file or one directory into a directory, under another name.
// Nothing of it can leave the directory.
func unpack(archive io.Reader, dir, name string, owners bool) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	reader := tar.NewReader(archive)
	first := ""
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		entry := path.Clean(header.Name)
		if first == "" {
			first = entry
		}
		header.Name = renamed(entry, first, name)
		if header.Typeflag == tar.TypeLink {
			header.Linkname = renamed(path.Clean(header.Linkname), first, name)
		}
		if err := unpackOne(root, header, reader, owners); err != nil {
			return err
		}
	}
}

// renamed is the name of an entry when the first of its archive is called otherwise.
func renamed(entry, first, name string) string {
	if first == "." {
		return path.Join(name, entry)
	}
	return path.Join(name, strings.TrimPrefix(strings.TrimPrefix(entry, first), "/"))
}

func unpackOne(root *os.Root, h *tar.Header, content io.Reader, owners bool) error {
	name, mode := filepath.FromSlash(h.Name), h.FileInfo().Mode().Perm()
	var err error
	switch h.Typeflag {
	case tar.TypeDir:
		if name == "." {
			return nil
		}
		if err = root.Mkdir(name, mode|0o700); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	case tar.TypeReg:
		err = unpackFile(root, name, mode, content)
	case tar.TypeSymlink:
		if err = makeRoom(root, name); err == nil {
			err = root.Symlink(h.Linkname, name)
		}
	case tar.TypeLink:
		if err = makeRoom(root, name); err == nil {
			err = root.Link(filepath.FromSlash(h.Linkname), name)
		}
	default:
		return nil // devices and pipes stay where they are
	}
	if err != nil || !owners {
		return err
	}
	return root.Lchown(name, h.Uid, h.Gid)
}

// makeRoom makes room for an entry: what is no directory goes.
func makeRoom(root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.IsDir() {
		return err
	}
	return root.Remove(name)
}

func unpackFile(root *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	if info, err := root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if err := root.Remove(name); err != nil {
			return err
		}
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		_ = file.Close() // the copy's error says more
		return err
	}
	if err := file.Chmod(mode); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
