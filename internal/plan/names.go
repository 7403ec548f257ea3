package plan

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/platforms"
)

// ContainerName is the name that Compose would give the container.
func ContainerName(p *types.Project, s types.ServiceConfig, number int) string {
	if s.ContainerName != "" && number == 1 {
		return s.ContainerName
	}
	return fmt.Sprintf("%s-%s-%d", p.Name, s.Name, number)
}

// HostName is the name of the container of a service whose namespaces or volumes another
// one shares, also where the service is no part of the run.
func HostName(p *types.Project, service string) string {
	s, ok := p.AllServices()[service]
	if !ok {
		s.Name = service
	}
	return ContainerName(p, s, 1)
}

// ImageName is the reference of a service's image: its image, or the name that
// Compose gives to what it builds.
func ImageName(p *types.Project, s types.ServiceConfig) string {
	if s.Image != "" {
		return s.Image
	}
	return p.Name + "-" + s.Name
}

// HasPackages reports whether a service is built, under a name that Compose gives its image, and
// keeps packages of Node in anonymous volumes.
func HasPackages(s types.ServiceConfig) bool {
	return s.Build != nil && s.Image == "" && s.PullPolicy == "" &&
		slices.ContainsFunc(anonymousTargets(s), HoldsPackages)
}

// HoldsPackages reports whether a directory of a container is one for packages of Node.
func HoldsPackages(directory string) bool { return path.Base(directory) == "node_modules" }

// SlimImage is the name of a service's image without its packages, which are in a volume. It is
// not the one that Compose gives to what it builds.
func SlimImage(p *types.Project, s types.ServiceConfig) string {
	return p.Name + "-" + s.Name + ":devup"
}

// BaseImage is the name of what the packages for a [SlimImage] are installed in.
func BaseImage(slim string) string { return slim + "-base" }

// ImageID is the ID of a service's image among those that the engine has: by name and, in
// containerd's store, also by "NAME PLATFORM".
func ImageID(images map[string]string, p *types.Project, s types.ServiceConfig) string {
	name := ImageName(p, s)
	platform, err := platforms.Parse(s.Platform)
	if err != nil { // none, or one that creating the container complains about
		return images[name]
	}
	return cmp.Or(images[name+" "+platforms.Format(platform)], images[name])
}

// ShortID is the first part of an ID that is enough to name it.
func ShortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(12, len(id))]
}
