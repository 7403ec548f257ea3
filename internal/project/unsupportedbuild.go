package project

import (
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// unsupportedBuild are the values of a build section that no builder of an engine
// carries out. Each gives what stands there, or nothing where it can be done.
var unsupportedBuild = []struct {
	key, why, hint string
	value          func(*types.BuildConfig) string
}{
	{
		"network", "BuildKit builds in the engine's own network, or in host or none, and joins no other", "set it to host or none, or remove it; a server that the build needs is reached by its published port with network: host",
		func(b *types.BuildConfig) string {
			if slices.Contains([]string{"", "default", "host", "none"}, b.Network) {
				return ""
			}
			return b.Network
		},
	},
	{
		"isolation", "it is about containers of Windows, which devup does not build", "remove it",
		func(b *types.BuildConfig) string {
			if b.Isolation == "default" {
				return ""
			}
			return b.Isolation
		},
	},
	{
		"extra_hosts", "a build takes addresses only", "write an IP address, or host-gateway for the engine's machine",
		func(b *types.BuildConfig) string {
			for _, name := range slices.Sorted(maps.Keys(b.ExtraHosts)) {
				for _, address := range b.ExtraHosts[name] {
					if address != "host-gateway" && net.ParseIP(strings.Trim(address, "[]")) == nil {
						return name + "=" + address
					}
				}
			}
			return ""
		},
	},
	{
		"additional_contexts", "OCI layouts are not supported", "use a folder, docker-image:// or an address",
		func(b *types.BuildConfig) string {
			for _, name := range slices.Sorted(maps.Keys(b.AdditionalContexts)) {
				if strings.HasPrefix(b.AdditionalContexts[name], "oci-layout://") {
					return name + "=" + b.AdditionalContexts[name]
				}
			}
			return ""
		},
	},
}

// refuseBuild gives the first value of a build section that no builder carries
// out, with its file and line, and notes what a build leaves aside.
func (l *loading) refuseBuild(p *Project) error {
	for _, name := range p.ServiceNames() {
		b := p.Services[name].Build
		if b == nil {
			continue
		}
		for _, u := range unsupportedBuild {
			value := u.value(b)
			if value == "" {
				continue
			}
			e := fail.New(fail.Config, u.hint, "service %s says build.%s: %s, and %s", name, u.key, value, u.why)
			e.Service = name
			e.File, e.Line = locate(l.sources, "services", name, "build", u.key)
			return e
		}
		for _, s := range b.Secrets {
			if s.UID != "" || s.GID != "" || s.Mode != nil {
				l.notes = append(l.notes, "uid, gid and mode of the build secret "+s.Source+" of "+name+" have no effect: in a build they are said at the RUN --mount that uses it")
			}
		}
	}
	return nil
}

// defaultPlatform gives the services without a platform that of
// DOCKER_DEFAULT_PLATFORM. Those whose build lists platforms take one of the list.
func (l *loading) defaultPlatform(p *Project) error {
	wanted := l.env["DOCKER_DEFAULT_PLATFORM"]
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if s.Platform == "" {
			s.Platform = wanted
		}
		if s.Build != nil && len(s.Build.Platforms) > 0 && s.Platform != "" && !slices.Contains(s.Build.Platforms, s.Platform) {
			e := fail.New(fail.Config, "add it to build.platforms, or change platform (or DOCKER_DEFAULT_PLATFORM)", "service %s runs on %s, and its build makes %s only", name, s.Platform, strings.Join(s.Build.Platforms, ", "))
			e.Service = name
			e.File, e.Line = locate(l.sources, "services", name, "build", "platforms")
			return e
		}
		p.Services[name] = s
	}
	return nil
}
