// Package packages installs the packages of services into volumes, where an image would have to
// be exported and copied for each change: [Apply] says of a project which services have theirs
// there, and [Engine.Install] installs what is missing.
//
// Each installation has volumes of its own, named by the key of what decides about it. A new one
// begins as a copy of the newest other one, where that is complete, and is marked when it is complete. So one that fails, or is
// killed at any point, changes nothing that a container has, and leaves nothing that anything
// would use. Docker Compose mounts such a volume again as it does an anonymous one.
//
// The package starts no container of a service, and builds only what installations begin with.
package packages

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/plan"
)

// Install is an installation that a service has to have.
type Install struct {
	Service     string
	Key         string
	Packages    *build.Packages
	Directories []string // where the service mounts what is installed
	images      []string // the IDs of the images of containers that have it
	previous    string   // the key of another one, the newest; empty for none
}

// Apply makes the services of a project, a copy of the caller's own, have their packages in
// volumes: those whose Dockerfile can be built without them, and that keep them in anonymous
// volumes below a bind mount. read reads how a service installs its packages; nil for one that
// stays as it is. fixed says that only images which are here may be used.
func Apply(p *types.Project, o plan.Observed, fixed bool, read func(service string) *build.Packages) []Install {
	var all []Install
	volumes := types.Volumes{}
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		s := p.Services[name]
		i := Install{Service: name, Directories: directories(s)}
		if !plan.HasPackages(s) || !slices.ContainsFunc(i.Directories, plan.HoldsPackages) || imageOfCompose(o, name) {
			continue
		}
		if i.Packages = read(name); i.Packages == nil {
			continue
		}
		i.Key = plan.Digest([]byte(i.Packages.Key + "\n" + strings.Join(i.Directories, "\n")))
		i.observe(p, o)
		if fixed && len(i.images) == 0 {
			if i.previous == "" {
				continue
			}
			i.Key = i.previous // nothing may be installed: its packages are those of the last time
			i.observe(p, o)
		}
		p.Services[name] = i.mount(p, s, volumes)
		all = append(all, i)
	}
	maps.Copy(volumes, p.Volumes)
	p.Volumes = volumes // the loaded project keeps its own
	return all
}

// directories are where a service keeps what its image holds in anonymous volumes.
func directories(s types.ServiceConfig) []string {
	var all []string
	for _, v := range s.Volumes {
		if engineconfig.IsMask(s, v) {
			all = append(all, path.Clean(v.Target))
		}
	}
	slices.Sort(all)
	return all
}

// imageOfCompose reports whether Docker Compose made a container of the service, which has its
// packages in its image.
func imageOfCompose(o plan.Observed, service string) bool {
	return slices.ContainsFunc(o.Of(service), func(c plan.Container) bool { return c.Fields == "" })
}

// observe notes which containers have the installation, and the newest other one.
func (i *Install) observe(p *types.Project, o plan.Observed) {
	for _, c := range o.Of(i.Service) { // those of an installation itself are there before it is complete
		if !slices.ContainsFunc(i.Directories, func(directory string) bool { return !c.Has(i.volume(p, i.Key, directory)) }) {
			i.images = append(i.images, c.Image)
		}
	}
	i.previous = ""
	newest := ""
	for _, v := range o.Volumes {
		complete := !slices.ContainsFunc(i.Directories, func(directory string) bool {
			_, ok := o.Volume(i.volume(p, v.Image, directory))
			return !ok
		})
		if complete && v.Image != i.Key && v.Created >= newest {
			i.previous, newest = v.Image, v.Created
		}
	}
}

// volume is the name of the volume with a directory of an installation.
func (i *Install) volume(p *types.Project, key, directory string) string {
	return p.Name + "_" + i.volumeKey(key, directory)
}

func (i *Install) volumeKey(key, directory string) string {
	return i.Service + "-packages-" + plan.Digest([]byte(key + " " + directory))[:12]
}

// mount is the service with its packages in volumes, which it adds to those of the project.
func (i *Install) mount(p *types.Project, s types.ServiceConfig, volumes types.Volumes) types.ServiceConfig {
	own := *s.Build
	own.Args = types.MappingWithEquals(i.Packages.InVolume())
	slim := s
	slim.Build, slim.Image, slim.Volumes = &own, plan.SlimImage(p, s), slices.Clone(s.Volumes)
	for at, v := range s.Volumes {
		if !engineconfig.IsMask(s, v) {
			continue
		}
		directory := path.Clean(v.Target)
		v.Source = i.volumeKey(i.Key, directory)
		slim.Volumes[at] = v
		volumes[v.Source] = types.VolumeConfig{
			Name: i.volume(p, i.Key, directory), Labels: types.Labels{plan.LabelMask: i.Service + ":" + directory, plan.LabelMasked: i.Key},
		}
	}
	return slim
}
