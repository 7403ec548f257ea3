package up

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// withEgress gives the services that are built here, the ones under
// development, what this machine needs to reach the outside: environment where
// the service sets none, and files. An image from a registry gets the proxies that
// Docker's own settings have for it, as Compose gives them.
func withEgress(p *project.Project, s egress.Settings, dir string) error {
	if s.Empty() {
		return nil
	}
	peers := slices.Sorted(maps.Keys(p.AllServices())) // not those of this run: NO_PROXY must not depend on it
	for _, name := range p.ServiceNames() {
		service := p.Services[name]
		has := func(variable string) bool { _, ok := service.Environment[variable]; return ok }
		grant := s.Image(has, peers)
		if service.Build != nil {
			grant = s.Container(has, peers)
		}
		if len(grant.Env)+len(grant.Proxy)+len(grant.Files) == 0 {
			continue
		}
		service, err := granted(service, grant, dir)
		if err != nil {
			return err
		}
		p.Services[name] = service
	}
	return nil
}

// granted is a service with a grant applied; the original is not touched.
func granted(s types.ServiceConfig, g egress.Grant, dir string) (types.ServiceConfig, error) {
	s.Environment = maps.Clone(s.Environment)
	if s.Environment == nil {
		s.Environment = types.MappingWithEquals{}
	}
	for _, values := range []map[string]string{g.Env, g.Proxy} {
		for name, value := range values {
			s.Environment[name] = &value
		}
	}
	s.Volumes = slices.Clone(s.Volumes)
	for _, file := range g.Files {
		source, err := keep(dir, file)
		if err != nil {
			return s, err
		}
		s.Volumes = append(s.Volumes, types.ServiceVolumeConfig{Type: types.VolumeTypeBind, Source: source, Target: file.Target, ReadOnly: true})
	}
	return s, nil
}

// keep writes a file under a name that holds its content's hash: a container
// that has it mounted never sees it change, and a new content is a new mount,
// which replaces the container. The folder lets nobody else in.
func keep(dir string, f egress.File) (string, error) {
	sum := sha256.Sum256(f.Content)
	name := filepath.Join(dir, hex.EncodeToString(sum[:8])+"-"+f.Name)
	if info, err := os.Stat(name); err == nil && info.Size() == int64(len(f.Content)) {
		return name, nil
	}
	if dir == "" {
		return "", fail.New(fail.Denied, "set HOME or XDG_STATE_HOME",
			"there is no home folder to keep this machine's certificates and package indexes in, which the containers read from there")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unwritable(err, dir)
	}
	half, err := os.CreateTemp(dir, ".half-*")
	if err != nil {
		return "", unwritable(err, dir)
	}
	defer os.Remove(half.Name()) // gone already after the rename
	_, err = half.Write(f.Content)
	if chmod := half.Chmod(f.Mode); err == nil {
		err = chmod
	}
	if closing := half.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(half.Name(), name)
	}
	if err != nil {
		return "", unwritable(err, dir)
	}
	return name, nil
}

func unwritable(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fail.Wrap(err, fail.DiskFull, "free some space there, or set XDG_STATE_HOME to a folder on another disk", "no space is left for %s, where containers read this machine's certificates and package indexes from", dir)
	}
	return fail.Wrap(err, fail.Denied, "make the folder writable, or set XDG_STATE_HOME to another one",
		"cannot write to %s, where containers read this machine's certificates and package indexes from: %v", dir, err)
}
