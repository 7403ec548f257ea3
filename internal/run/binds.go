package run

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/owner"
)

// prepareBinds creates the host directories that mounting would otherwise have the engine
// make as root: missing sources of bind mounts, and mount points of other mounts that lie
// inside a bind source. They get the owner of the directory they are made in. What is left
// to the engine:
//
//   - a source that this process may not make: the engine may live elsewhere and know the
//     path (Docker Desktop's own socket)
//   - a mount point behind a link, which means another place in the container than here
func prepareBinds(s types.ServiceConfig) error {
	for _, bind := range s.Volumes {
		if bind.Type == types.VolumeTypeBind && (bind.Bind == nil || bind.Bind.CreateHostPath) {
			if err := makeSource(bind.Source); err != nil && !errors.Is(err, fs.ErrPermission) {
				return denied(err, s.Name, bind.Source)
			}
		}
	}
	for _, m := range engineconfig.MountPoints(s) {
		if err := makeMountPoint(m.Source, m.Path); err != nil {
			return denied(err, s.Name, filepath.Join(m.Source, m.Path))
		}
	}
	return nil
}

// likelyFiles are the sources of bind mounts that are not there and are called like a
// file. They are made as folders all the same, as the engine would: a name proves nothing.
func likelyFiles(s types.ServiceConfig) []string {
	var names []string
	for _, bind := range s.Volumes {
		if bind.Type != types.VolumeTypeBind || bind.Bind != nil && !bind.Bind.CreateHostPath {
			continue
		}
		if ext := filepath.Ext(bind.Source); ext == "" || ext == ".d" {
			continue
		}
		if _, err := os.Stat(bind.Source); errors.Is(err, fs.ErrNotExist) {
			names = append(names, bind.Source)
		}
	}
	return names
}

// makeSource makes the directory of a bind mount and those above it where they are
// missing. It goes through links, as the engine does, and leaves one that leads nowhere.
func makeSource(name string) error {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Lstat(name); err == nil {
		return nil
	}
	parent := filepath.Dir(name)
	if parent == name {
		return nil
	}
	if err := makeSource(parent); err != nil {
		return err
	}
	return makeMountPoint(parent, filepath.Base(name))
}

// makeMountPoint makes a directory below another one, and those between them. It follows
// no link and does nothing where there is one, or where the upper one cannot be opened.
func makeMountPoint(above, name string) error {
	root, err := os.OpenRoot(above)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	made := "."
	for part := range strings.SplitSeq(name, string(filepath.Separator)) {
		parent := made
		made = filepath.Join(made, part)
		switch entry, err := root.Lstat(made); {
		case err == nil && entry.IsDir():
			continue
		case err == nil:
			return nil // a link, or what the engine says is in the way
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := makeIn(root, made, parent); err != nil {
			return err
		}
	}
	return nil
}

// makeIn makes a directory with the owner of its parent. One that appears meanwhile stays
// as it is.
func makeIn(root *os.Root, name, parent string) error {
	info, err := root.Lstat(parent)
	if err != nil {
		return err
	}
	err = root.Mkdir(name, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return owner.Inherit(root, name, info)
}

func denied(err error, service, folder string) error {
	return fail.Wrap(err, fail.Denied, "make the folder yourself, or give yourself the right to write there",
		"service %s needs the folder %s, which cannot be made: %v", service, folder, err)
}
