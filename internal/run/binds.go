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

// prepareBinds creates the host directories that the engine would otherwise create as root:
// missing sources of bind mounts, and mount points of other mounts inside a bind source.
// They get the owner of their parent. The engine still has to create:
//
//   - a source that this process may not create: the engine may run elsewhere and know the
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

// missingFiles are the sources of bind mounts that do not exist and have a file's name.
// They become directories all the same, as the engine would do it: a name proves nothing.
func missingFiles(s types.ServiceConfig) []string {
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

// makeSource creates the directory of a bind mount and its missing parents. It follows
// links, as the engine does, and leaves a link that leads nowhere.
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

// makeMountPoint creates a directory below another one, and those between them. It does
// nothing where a link is in the way, or where the upper one cannot be opened.
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

// makeIn creates a directory with the owner of its parent. One that appears in the meantime
// stays as it is.
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

func denied(err error, service, directory string) error {
	return fail.Wrap(err, fail.Denied, "create it, or change the permissions of the directory above",
		"service %s: cannot create the directory %q: %v", service, directory, err)
}
