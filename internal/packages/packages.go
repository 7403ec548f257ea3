// Package packages installs the packages of services into a volume of their project, where an
// image would have to be exported and copied for each change: [Apply] says of a project which
// services have theirs there, and [Run] installs what is missing.
//
// In the volume each service has a directory, and there each installation, by the key of what
// decides about it. What a container has mounted is never replaced: a new installation begins as
// hard links to the last one, adds what is new, and gets its name when it is complete. A file
// names the last complete one. So an installation that fails, or is killed at any point, leaves
// nothing behind that anything would use.
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

// volumeKey is the key of the volume in the project.
const volumeKey = "devup-packages"

// Install is an installation that a service has to have.
type Install struct {
	Service     string
	Key         string
	Packages    *build.Packages
	Directories []string // where the service mounts what is installed
	inUse       []string // the keys of its containers
	images      []string // these, each with the ID of the container's image
}

// Apply makes the services of a project, a copy of the caller's own, have their packages in a
// volume: those whose Dockerfile can be built without them, and that keep them in anonymous volumes below
// a bind mount. read reads how a service installs its packages; nil for one that stays as it is.
// fixed says that only images which are here may be used.
func Apply(p *types.Project, containers []plan.Container, fixed bool, read func(service string) *build.Packages) []Install {
	var all []Install
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		s := p.Services[name]
		if s.Build == nil || s.Image != "" || s.PullPolicy != "" {
			continue
		}
		i := Install{Service: name, Directories: directories(s)}
		composes := i.observe(containers)
		if composes || fixed && len(i.inUse) == 0 || !slices.ContainsFunc(i.Directories, holdsPackages) {
			continue
		}
		if i.Packages = read(name); i.Packages == nil {
			continue
		}
		i.Key = plan.Digest([]byte(i.Packages.Key + "\n" + strings.Join(i.Directories, "\n")))
		p.Services[name] = i.mount(p, s)
		all = append(all, i)
	}
	if len(all) > 0 {
		volumes := types.Volumes{volumeKey: {Name: p.Name + "_" + volumeKey, Labels: types.Labels{plan.LabelMask: "packages"}}}
		maps.Copy(volumes, p.Volumes) // the loaded project keeps its own
		p.Volumes = volumes
	}
	return all
}

// directories are where a service keeps what its image holds in anonymous volumes.
func directories(s types.ServiceConfig) []string {
	var all []string
	for _, v := range s.Volumes {
		if engineconfig.IsShadow(s, v) {
			all = append(all, path.Clean(v.Target))
		}
	}
	slices.Sort(all)
	return all
}

// observe notes which installations the containers of the service have. composes says that one
// is of Docker Compose, which has its packages in its image.
func (i *Install) observe(containers []plan.Container) (composes bool) {
	for _, c := range containers {
		if c.Service != i.Service {
			continue
		}
		composes = composes || c.Fields == "" && !c.OneOff
		if c.Packages != "" {
			i.inUse, i.images = append(i.inUse, c.Packages), append(i.images, c.Packages+" "+c.Image)
		}
	}
	return composes
}

func holdsPackages(directory string) bool { return path.Base(directory) == "node_modules" }

// mount is the service with its packages in the volume.
func (i *Install) mount(p *types.Project, s types.ServiceConfig) types.ServiceConfig {
	own := *s.Build
	own.Args = types.MappingWithEquals(i.Packages.InVolume())
	s.Build, s.Image = &own, plan.SlimImage(p, s)
	s.Volumes = slices.Clone(s.Volumes)
	for at, v := range s.Volumes {
		if engineconfig.IsShadow(p.Services[i.Service], v) {
			s.Volumes[at] = types.ServiceVolumeConfig{
				Type: types.VolumeTypeVolume, Source: volumeKey, Target: v.Target, ReadOnly: v.ReadOnly,
				Volume: &types.ServiceVolumeVolume{NoCopy: true, Subpath: path.Join(i.Service, i.Key, entry(v.Target))},
			}
		}
	}
	labels := maps.Clone(s.CustomLabels)
	if labels == nil {
		labels = types.Labels{}
	}
	labels[plan.LabelPackages] = i.Key
	s.CustomLabels = labels
	return s
}

// entry is the name of a mounted directory in an installation.
func entry(directory string) string {
	return strings.ReplaceAll(strings.Trim(path.Clean(directory), "/"), "/", "_")
}

// there reports whether a container of the service has the installation, and runs the image
// that the next one will have: then it was complete.
func (i *Install) there(image string) bool { return slices.Contains(i.images, i.Key+" "+image) }
