package engineconfig

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/mount"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// mountsOf are a service's volumes, secrets and configs: those that the engine's
// older notation can express in that one, as Compose does it. That notation
// alone knows SELinux labels and has the engine make a bind's source where the
// engine runs. kept names existing anonymous volumes by target; each is mounted
// again, also where only the image asks for it (VOLUME).
func mountsOf(p *types.Project, s types.ServiceConfig, image string, kept map[string]string) (binds []string, mounts []mount.Mount, err error) {
	used := map[string]bool{}
	for _, v := range lastOfTarget(s.Volumes) {
		used[v.Target] = true
		if text, ok := bind(p, v); ok {
			binds = append(binds, text)
			continue
		}
		m := mountOf(p, v)
		if IsMask(s, v) {
			m.VolumeOptions = &mount.VolumeOptions{Labels: map[string]string{
				plan.LabelProject: p.Name, plan.LabelWorkingDir: p.WorkingDir, plan.LabelMask: s.Name + ":" + v.Target,
			}}
			if image != "" {
				m.VolumeOptions.Labels[plan.LabelMasked] = image
			}
		}
		if name := kept[v.Target]; name != "" && v.Type == types.VolumeTypeVolume && v.Source == "" {
			m.Source = name
		}
		mounts = append(mounts, m)
	}
	for _, target := range slices.SortedFunc(maps.Keys(kept), byDepth) {
		if !used[target] {
			used[target] = true
			mounts = append(mounts, mount.Mount{Type: mount.TypeVolume, Source: kept[target], Target: target})
		}
	}
	files, err := mountedFiles(p, s)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		if !used[f.target] {
			used[f.target] = true
			mounts = append(mounts, mount.Mount{Type: mount.TypeBind, Source: f.path, Target: f.target, ReadOnly: true, BindOptions: &mount.BindOptions{}})
		}
	}
	return binds, mounts, nil
}

// mountedFiles are those of a service's secrets and configs that are files on this machine. The
// others are copied, which the engine refuses where the root is read-only.
func mountedFiles(p *types.Project, s types.ServiceConfig) ([]file, error) {
	files, err := filesOf(p, s)
	for _, f := range files {
		if f.path == "" && s.ReadOnly {
			return nil, fail.New(fail.Config, "leave out read_only, or put the value into the image",
				"service %s: %s has to be copied into its container, which is read_only, and the engine sees no files of this machine", s.Name, f.target)
		}
	}
	return slices.DeleteFunc(files, func(f file) bool { return f.path == "" }), err
}

func byDepth(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

// lastOfTarget leaves out volumes over whose target a later one is mounted.
func lastOfTarget(volumes []types.ServiceVolumeConfig) []types.ServiceVolumeConfig {
	last := map[string]int{}
	for i, v := range volumes {
		last[v.Target] = i
	}
	var kept []types.ServiceVolumeConfig
	for i, v := range volumes {
		if last[v.Target] == i {
			kept = append(kept, v)
		}
	}
	return kept
}

// bind is SOURCE:TARGET:OPTIONS, for the volumes that this can express.
func bind(p *types.Project, v types.ServiceVolumeConfig) (string, bool) {
	options := []string{"rw"}
	if v.ReadOnly {
		options[0] = "ro"
	}
	source := v.Source
	switch v.Type {
	case types.VolumeTypeBind:
		if v.Bind != nil {
			// A label is possible in this notation only, so it goes before the rest.
			if v.Bind.SELinux == "" && (!bool(v.Bind.CreateHostPath) || v.Bind.Propagation != "" || v.Bind.Recursive != "") {
				return "", false
			}
			options = append(options, v.Bind.SELinux, v.Bind.Propagation)
		}
	case types.VolumeTypeVolume:
		named, ok := p.Volumes[source]
		if !ok || v.Volume != nil && (len(v.Volume.Labels) > 0 || v.Volume.Subpath != "" || v.Volume.NoCopy) {
			return "", false
		}
		source = named.Name
	default:
		return "", false
	}
	if strings.Contains(strings.TrimPrefix(source, drive(source)), ":") || strings.Contains(v.Target, ":") {
		return "", false // a colon ends a part
	}
	options = slices.DeleteFunc(options, func(o string) bool { return o == "" })
	return source + ":" + v.Target + ":" + strings.Join(options, ","), true
}

// drive is the C: that a Windows path begins with, or empty.
func drive(path string) string {
	if len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') {
		return path[:2]
	}
	return ""
}

// IsMask says whether a volume is anonymous and lies inside a bind mount of its
// service: it keeps what the image holds there in sight.
func IsMask(s types.ServiceConfig, v types.ServiceVolumeConfig) bool {
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
		m.BindOptions = bindOptions(v.Bind)
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

func bindOptions(b *types.ServiceVolumeBind) *mount.BindOptions {
	if b == nil {
		return nil
	}
	return &mount.BindOptions{
		Propagation: mount.Propagation(b.Propagation), CreateMountpoint: bool(b.CreateHostPath),
		NonRecursive: b.Recursive == "disabled", ReadOnlyNonRecursive: b.Recursive == "writable", ReadOnlyForceRecursive: b.Recursive == "readonly",
	}
}

// MountPoint is where a mount lies inside the source of a bind mount.
type MountPoint struct {
	Source string // of the bind mount, on this machine
	Path   string // below it, in this machine's notation
}

// MountPoints are the mounts of a service inside the sources of its bind mounts, other
// bind mounts aside.
func MountPoints(s types.ServiceConfig) []MountPoint {
	var points []MountPoint
	for _, bind := range s.Volumes {
		for _, v := range s.Volumes {
			if bind.Type != types.VolumeTypeBind || v.Type == types.VolumeTypeBind {
				continue
			}
			if relative, ok := inside(bind.Target, v.Target); ok && relative != "." {
				points = append(points, MountPoint{bind.Source, filepath.FromSlash(relative)})
			}
		}
	}
	return points
}

// inside says whether a container path lies in a directory, or is it.
func inside(directory, target string) (relative string, ok bool) {
	relative, err := filepath.Rel(directory, target)
	if err != nil || slices.Contains(strings.Split(filepath.ToSlash(relative), "/"), "..") {
		return "", false
	}
	return relative, true
}
