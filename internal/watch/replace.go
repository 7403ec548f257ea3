package watch

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

// Replace changes a project, a copy of the caller's own, so that services that devup
// scaffolded get their source by syncing instead of by a bind mount: the mounts of what their
// image is built from become rules of develop.watch with initial_sync, and the
// anonymous volumes below go with them, because nothing hides the image's own
// directories there any more. The project's Notes say so. Other services and other
// mounts stay as they are; the names are those of the services that were changed.
func Replace(p *project.Project) (services []string) {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		build := buildOf(p, s)
		if p.Extensions[name].Stack == "" || build == nil {
			continue
		}
		sources, rest := ownMounts(s, build)
		if len(sources) == 0 {
			continue
		}
		if s.Develop == nil {
			s.Develop = &types.DevelopConfig{}
		}
		for _, v := range sources {
			s.Develop.Watch = append(s.Develop.Watch, types.Trigger{Path: v.Source, Target: v.Target, Action: types.WatchActionSync, InitialSync: true})
		}
		s.Volumes = rest
		p.Services[name] = s
		services = append(services, name)
		p.Notes = append(p.Notes, fmt.Sprintf("%s: its files are copied into the container instead of mounted, because the engine does not share this machine's files or does so slowly", name))
	}
	return services
}

// buildOf is how the image of a service is built: by itself, or for another service, whose
// image it names. It is nil for an image that is pulled.
func buildOf(p *project.Project, s types.ServiceConfig) *types.BuildConfig {
	for _, name := range p.ServiceNames() {
		if other := p.Services[name]; s.Build == nil && s.Image != "" && other.Image == s.Image && other.Build != nil {
			return other.Build
		}
	}
	return s.Build
}

// ownMounts parts a service's volumes: bind mounts of what its image is built from,
// and the rest without the anonymous volumes below those.
func ownMounts(s types.ServiceConfig, build *types.BuildConfig) (own, rest []types.ServiceVolumeConfig) {
	for _, v := range s.Volumes {
		if _, ok := inside(filepath.Clean(build.Context), filepath.Clean(v.Source)); v.Type == types.VolumeTypeBind && ok {
			own = append(own, v)
		}
	}
	for _, v := range s.Volumes {
		isOwn := slices.ContainsFunc(own, func(o types.ServiceVolumeConfig) bool { return o.Type == v.Type && o.Target == v.Target })
		mask := v.Type == types.VolumeTypeVolume && v.Source == "" && slices.ContainsFunc(own, func(o types.ServiceVolumeConfig) bool {
			return strings.HasPrefix(path.Clean(v.Target), path.Clean(o.Target)+"/")
		})
		if !isOwn && !mask {
			rest = append(rest, v)
		}
	}
	return own, rest
}
