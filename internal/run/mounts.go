package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/mount"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// mountsOf are a service's volumes, secrets and configs. carry names existing
// anonymous volumes by target; each is mounted again, also where only the image
// asks for it (VOLUME).
func mountsOf(p *types.Project, s types.ServiceConfig, carry map[string]string) ([]mount.Mount, error) {
	var mounts []mount.Mount
	used := map[string]bool{}
	for _, v := range s.Volumes {
		m := mountOf(p, v)
		if mask(s, v) {
			m.VolumeOptions = &mount.VolumeOptions{Labels: map[string]string{
				plan.LabelProject: p.Name, plan.LabelWorkingDir: p.WorkingDir, plan.LabelMask: s.Name + ":" + v.Target,
			}}
		}
		if name := carry[v.Target]; name != "" && v.Type == types.VolumeTypeVolume && v.Source == "" {
			m.Source = name
		}
		used[v.Target] = true
		mounts = append(mounts, m)
	}
	for target, name := range carry {
		if !used[target] {
			mounts = append(mounts, mount.Mount{Type: mount.TypeVolume, Source: name, Target: target})
		}
	}
	slices.SortStableFunc(mounts[len(s.Volumes):], func(a, b mount.Mount) int {
		return len(a.Target) - len(b.Target)
	})
	files, err := fileMounts(p, s)
	return append(mounts, files...), err
}

// mask says whether a volume is anonymous and lies inside a bind mount of its
// service: it keeps what the image holds there in sight.
func mask(s types.ServiceConfig, v types.ServiceVolumeConfig) bool {
	if v.Type != types.VolumeTypeVolume || v.Source != "" {
		return false
	}
	return slices.ContainsFunc(s.Volumes, func(b types.ServiceVolumeConfig) bool {
		_, under := inside(b.Target, v.Target)
		return b.Type == types.VolumeTypeBind && under
	})
}

func mountOf(p *types.Project, v types.ServiceVolumeConfig) mount.Mount {
	m := mount.Mount{Type: mount.Type(v.Type), Source: v.Source, Target: v.Target, ReadOnly: v.ReadOnly, Consistency: mount.Consistency(v.Consistency)}
	switch v.Type {
	case types.VolumeTypeVolume:
		if named, ok := p.Volumes[v.Source]; ok {
			m.Source = named.Name
		}
		if v.Volume != nil {
			m.VolumeOptions = &mount.VolumeOptions{NoCopy: v.Volume.NoCopy, Subpath: v.Volume.Subpath, Labels: v.Volume.Labels}
		}
	case types.VolumeTypeBind:
		if v.Bind != nil {
			m.BindOptions = &mount.BindOptions{Propagation: mount.Propagation(v.Bind.Propagation)}
		}
	case types.VolumeTypeTmpfs:
		if v.Tmpfs != nil {
			m.TmpfsOptions = &mount.TmpfsOptions{SizeBytes: int64(v.Tmpfs.Size), Mode: os.FileMode(v.Tmpfs.Mode)}
		}
	case types.VolumeTypeImage:
		if v.Image != nil {
			m.ImageOptions = &mount.ImageOptions{Subpath: v.Image.SubPath}
		}
	}
	return m
}

// fileMounts are secrets and configs that are files. A value from the
// environment or from the file itself would have to be written somewhere;
// that is refused by name until it is supported.
func fileMounts(p *types.Project, s types.ServiceConfig) ([]mount.Mount, error) {
	var mounts []mount.Mount
	for _, secret := range s.Secrets {
		source := p.Secrets[secret.Source]
		target := secret.Target
		if target == "" {
			target = secret.Source
		}
		if !path.IsAbs(target) {
			target = path.Join("/run/secrets", target)
		}
		if source.File == "" {
			return nil, unsupportedSource(s.Name, "secret", secret.Source)
		}
		mounts = append(mounts, mount.Mount{Type: mount.TypeBind, Source: source.File, Target: target, ReadOnly: true})
	}
	for _, config := range s.Configs {
		source := p.Configs[config.Source]
		target := config.Target
		if target == "" {
			target = "/" + config.Source
		}
		if source.File == "" {
			return nil, unsupportedSource(s.Name, "config", config.Source)
		}
		mounts = append(mounts, mount.Mount{Type: mount.TypeBind, Source: source.File, Target: target, ReadOnly: true})
	}
	return mounts, nil
}

func unsupportedSource(service, kind, name string) error {
	return fail.New(fail.Config, fmt.Sprintf("put the value into a file and name it as `file:` of the %s", kind),
		"service %s uses the %s %s, which is not a file; devup supports files only", service, kind, name)
}

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
