package run

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// prepareBinds makes the host folders that mounting would otherwise have the
// engine make as root: missing sources of bind mounts, and mount points of other
// mounts that lie inside a bind source. They get the owner of the folder they
// are made in. A source that this process may not make is left to the engine,
// which may live elsewhere and know the path (Docker Desktop's own socket).
func prepareBinds(s types.ServiceConfig) error {
	for _, bind := range s.Volumes {
		if bind.Type != types.VolumeTypeBind {
			continue
		}
		if bind.Bind == nil || bind.Bind.CreateHostPath {
			if err := makeFolder(bind.Source); err != nil && !errors.Is(err, fs.ErrPermission) {
				return denied(err, s.Name, bind.Source)
			}
		}
		for _, v := range s.Volumes {
			relative, ok := inside(bind.Target, v.Target)
			if !ok || relative == "." || v.Type == types.VolumeTypeBind {
				continue
			}
			point := filepath.Join(bind.Source, filepath.FromSlash(relative))
			if err := makeFolder(point); err != nil {
				return denied(err, s.Name, point)
			}
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

// makeFolder makes a folder that is missing, and the folders above it, each with
// the owner of the one it is made in.
func makeFolder(name string) error {
	if _, err := os.Stat(name); err == nil || !os.IsNotExist(err) {
		return err
	}
	parent := filepath.Dir(name)
	if parent == name {
		return nil
	}
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(name, 0o755); err != nil && !os.IsExist(err) {
		return err
	}
	return inheritOwner(name, parent)
}

func denied(err error, service, folder string) error {
	return fail.Wrap(err, fail.Denied, "make the folder yourself, or give yourself the right to write there",
		"service %s needs the folder %s, which cannot be made: %v", service, folder, err)
}

// inside says whether a container path lies in a folder, or is it.
func inside(folder, target string) (relative string, ok bool) {
	relative, err := filepath.Rel(folder, target)
	if err != nil || slices.Contains(strings.Split(filepath.ToSlash(relative), "/"), "..") {
		return "", false
	}
	return relative, true
}
