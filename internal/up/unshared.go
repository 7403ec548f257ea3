package up

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Most that is copied of one bind mount, in files and in bytes.
const (
	mostCopied      = 1000
	mostCopiedBytes = 16 << 20
)

// copyMounts replaces the bind mounts of this machine's files where the engine can mount none:
// the files are copied into the containers before they start, and those of the project are
// watched. What a container writes into a directory stays in a volume. A path that is no file of
// the project's may be one of the engine's, and stays. The names are those of the services that
// have such files.
func copyMounts(p *project.Project, files Mounts) (services []string, err error) {
	configs, volumes := types.Configs{}, types.Volumes{}
	maps.Copy(configs, p.Configs) // the loaded project keeps its own
	maps.Copy(volumes, p.Volumes)
	p.Configs, p.Volumes = configs, volumes
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		own := false
		var kept []types.ServiceVolumeConfig
		for _, v := range s.Volumes {
			source, of := sourceOf(p, files, v)
			if of == elsewhere {
				kept = append(kept, v)
				continue
			}
			c := copier{project: p, service: &s, private: of == credentials}
			directory, err := c.add(source, v.Target)
			if err != nil {
				return nil, err
			}
			if directory && !v.ReadOnly {
				kept = append(kept, written(p, name, v.Target))
			}
			if of == inProject {
				own = true
				watched(&s, v)
			}
		}
		s.Volumes = kept
		p.Services[name] = s
		if own {
			services = append(services, name)
			p.Notes = append(p.Notes, name+": files are copied into the container instead of mounted, because the engine does not share this machine's files; what the container writes stays there, in a volume")
		}
	}
	return services, nil
}

// written is the volume for what a container writes into a directory that is not mounted.
func written(p *project.Project, service, target string) types.ServiceVolumeConfig {
	key := service + "_" + plan.Digest([]byte(target))[:8]
	p.Volumes[key] = types.VolumeConfig{Name: p.Name + "_" + key}
	return types.ServiceVolumeConfig{Type: types.VolumeTypeVolume, Source: key, Target: target}
}

// place is where the source of a mount lies.
type place int

const (
	elsewhere   place = iota // not on this machine, or no file of the project's
	inProject                // in the project's directory
	settings                 // certificates and settings that devup keeps for containers
	credentials              // credentials that devup keeps for this project
)

// sourceOf is the file or directory that a mount leads to, links resolved, and where it lies. No
// link leads out of the project.
func sourceOf(p *project.Project, files Mounts, v types.ServiceVolumeConfig) (string, place) {
	source, err := filepath.EvalSymlinks(v.Source)
	if err != nil || v.Type != types.VolumeTypeBind {
		return "", elsewhere
	}
	kept := filepath.Join(files.StateDir, top)
	for _, at := range []struct {
		dir   string
		place place
	}{{filepath.Join(kept, files.dir()), credentials}, {filepath.Join(kept, public), settings}, {p.WorkingDir, inProject}} {
		dir, err := filepath.EvalSymlinks(at.dir)
		if err != nil || at.place != inProject && files.StateDir == "" {
			continue
		}
		if relative, err := filepath.Rel(dir, source); err == nil && filepath.IsLocal(relative) {
			return source, at.place
		}
	}
	return "", elsewhere
}

// watched makes an edit of what was copied show in the container.
func watched(s *types.ServiceConfig, v types.ServiceVolumeConfig) {
	develop := types.DevelopConfig{}
	if s.Develop != nil {
		develop = *s.Develop
	}
	develop.Watch = append(slices.Clone(develop.Watch), types.Trigger{Path: v.Source, Target: v.Target, Action: types.WatchActionSync})
	s.Develop = &develop
}

// copier copies files into the containers of one service, as configs.
type copier struct {
	project *project.Project
	service *types.ServiceConfig
	private bool // only the container's user may read them
	files   int
	bytes   int
}

// add copies a file, or the files of a directory, and says which of the two it was.
func (c *copier) add(source, target string) (directory bool, err error) {
	info, err := os.Stat(source)
	if err != nil {
		return false, err
	}
	if info.IsDir() {
		return true, c.addDirectory(source, target)
	}
	content, err := untrusted.ReadFile(source, mostCopiedBytes)
	if err != nil {
		return false, c.refused(source, err)
	}
	c.put(content, target, info.Mode())
	return false, nil
}

func (c *copier) addDirectory(source, target string) error {
	root, err := os.OpenRoot(source)
	if err != nil {
		return c.refused(source, err)
	}
	defer root.Close()
	fsys := untrusted.FS(root)
	return fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := untrusted.ReadFileFS(fsys, name, mostCopiedBytes)
		if err != nil {
			return c.refused(source, err)
		}
		info, err := entry.Info()
		if err != nil {
			return c.refused(source, err)
		}
		c.put(content, path.Join(target, name), info.Mode())
		if c.files > mostCopied || c.bytes > mostCopiedBytes {
			return c.refused(source, errors.New("there is too much in it"))
		}
		return nil
	})
}

// put adds a file. The name of the config has the content's digest, so that another content
// is a change of the service.
func (c *copier) put(content []byte, target string, mode fs.FileMode) {
	c.files, c.bytes = c.files+1, c.bytes+len(content)
	key := plan.Digest(content) + " " + target
	c.project.Configs[key] = types.ConfigObjConfig{Name: key, Content: string(content)}
	ref := types.ServiceConfigObjConfig{Source: key, Target: target}
	permissions := types.FileMode(mode.Perm())
	if runtime.GOOS == "windows" {
		permissions = 0o755 // no file has rights there that containers know, and any may be a program
	}
	if c.private {
		permissions, ref.UID = 0o400, strconv.Itoa(userOf(*c.service))
	}
	ref.Mode = &permissions
	c.service.Configs = append(slices.Clone(c.service.Configs), ref)
	c.service.PreStart = slices.Clone(c.service.PreStart)
	for i, hook := range c.service.PreStart { // which has the mounts of its service
		c.service.PreStart[i].Configs = append(slices.Clone(hook.Configs), ref)
	}
}

func (c *copier) refused(source string, err error) error {
	return fail.Wrap(err, fail.Config, "keep it in a named volume, or in the image",
		"service %s: %s cannot be mounted, as the engine does not share this machine's files, and cannot be copied: %v", c.service.Name, source, err)
}
