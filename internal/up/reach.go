package up

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/project"
)

// withEgress gives the services that are built here, the ones under
// development, what this machine needs to reach the outside: environment where
// the service sets none, and files. An image from a registry gets the proxies that
// Docker's own settings have for it, as Compose gives them. Credentials reach only
// services with x-devup.egress, and those that the user allows.
func withEgress(p *project.Project, s egress.Settings, files Mounts) error {
	if s.Empty() {
		return nil
	}
	peers := slices.Sorted(maps.Keys(p.AllServices())) // not those of this run: NO_PROXY must not depend on it
	for _, name := range p.ServiceNames() {
		service := p.Services[name]
		has := func(variable string) bool { _, ok := service.Environment[variable]; return ok }
		asks := p.Extensions[name].Egress
		grant := s.Image(has, peers, asks)
		if service.Build != nil {
			extension := p.Extensions[name]
			grant = s.For(p.Dockerfile(name)+"\n"+extension.Language()).Container(has, peers, asks)
		}
		if len(grant.Env)+len(grant.Proxy)+len(grant.Files) == 0 {
			continue
		}
		if note := unreadable(service, grant, os.Geteuid()); note != "" {
			p.Notes = append(p.Notes, note)
		}
		service, err := granted(service, grant, files)
		if err != nil {
			return err
		}
		p.Services[name] = service
	}
	return nil
}

// granted is a service with a grant applied; the original is not touched.
func granted(s types.ServiceConfig, g egress.Grant, files Mounts) (types.ServiceConfig, error) {
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
		source, err := files.keep(file, userOf(s))
		if err != nil {
			return s, err
		}
		s.Volumes = append(s.Volumes, types.ServiceVolumeConfig{Type: types.VolumeTypeBind, Source: source, Target: file.Target, ReadOnly: true})
	}
	return s, nil
}

// unreadable says that the user of the service's containers cannot read their credentials,
// which only root may give away; empty where that is not so. own is the ID of devup's user,
// negative where users have none.
func unreadable(s types.ServiceConfig, g egress.Grant, own int) string {
	user := userOf(s)
	secret := slices.ContainsFunc(g.Files, func(f egress.File) bool { return f.Mode&0o044 == 0 })
	if !secret || user == 0 || own <= 0 || user == own {
		return ""
	}
	return fmt.Sprintf("%s: user %d cannot read the credentials of x-devup.egress, which belong to user %d; run devup as root, or change user", s.Name, user, own)
}

// userOf is the ID of the user that the service's containers run as, where the service says
// it as a number; 0 otherwise, as for root.
func userOf(s types.ServiceConfig) int {
	user, _, _ := strings.Cut(s.User, ":")
	id, err := strconv.ParseUint(user, 10, 31)
	if err != nil {
		return 0
	}
	return int(id)
}
