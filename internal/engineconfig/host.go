package engineconfig

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// hostConfig is the part of a container that touches the machine it runs on.
func hostConfig(p *types.Project, c Container) (*container.HostConfig, error) {
	s := c.Service
	bindings, err := portBindings(s, c.Number)
	if err != nil {
		return nil, err
	}
	binds, mounts, err := mountsOf(p, s, c.Image, c.Volumes)
	if err != nil {
		return nil, err
	}
	dns, err := addresses(s.Name, s.DNS)
	if err != nil {
		return nil, err
	}
	options, unconfined, err := security(p, s)
	if err != nil {
		return nil, err
	}
	h := &container.HostConfig{
		PortBindings: bindings, Binds: binds, Mounts: mounts, Tmpfs: tmpfs(s), VolumeDriver: s.VolumeDriver,
		NetworkMode:   container.NetworkMode(networkMode(p, s)),
		RestartPolicy: restartPolicy(s), LogConfig: logging(s),
		CapAdd: s.CapAdd, CapDrop: s.CapDrop, GroupAdd: s.GroupAdd,
		DNS: dns, DNSOptions: s.DNSOpts, DNSSearch: s.DNSSearch, ExtraHosts: hosts(s.ExtraHosts),
		IpcMode: container.IpcMode(namespace(p, s.Ipc)), PidMode: container.PidMode(namespace(p, s.Pid)),
		UTSMode: container.UTSMode(s.Uts), UsernsMode: container.UsernsMode(s.UserNSMode), CgroupnsMode: container.CgroupnsMode(s.Cgroup),
		Privileged: s.Privileged, ReadonlyRootfs: s.ReadOnly, SecurityOpt: options, StorageOpt: s.StorageOpt,
		Sysctls: s.Sysctls, ShmSize: int64(s.ShmSize), Runtime: s.Runtime, Isolation: container.Isolation(s.Isolation),
		Annotations: s.Annotations, OomScoreAdj: int(s.OomScoreAdj), Init: s.Init,
		VolumesFrom: volumesFrom(p, s), Links: links(p, c), Resources: resources(s),
	}
	if unconfined {
		h.MaskedPaths, h.ReadonlyPaths = []string{}, []string{}
	}
	return h, nil
}

// hosts are NAME:ADDRESS, by name; several addresses of a name in their order.
func hosts(list types.HostsList) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(list)) {
		for _, address := range list[name] {
			all = append(all, name+":"+address)
		}
	}
	return all
}

// networkMode is the mode, a container of the service to share with, or the
// first network: the engine wants to hear that one in both places.
func networkMode(p *types.Project, s types.ServiceConfig) string {
	if s.NetworkMode != "" {
		return namespace(p, s.NetworkMode)
	}
	if keys := s.NetworksByPriority(); len(keys) > 0 {
		return p.Networks[keys[0]].Name
	}
	return "none"
}

// namespace turns service:NAME into the container of that service.
func namespace(p *types.Project, mode string) string {
	name, ok := strings.CutPrefix(mode, types.ServicePrefix)
	if !ok {
		return mode
	}
	return types.ContainerPrefix + plan.HostName(p, name)
}

func volumesFrom(p *types.Project, s types.ServiceConfig) []string {
	var list []string
	for _, from := range s.VolumesFrom {
		if name, ok := strings.CutPrefix(from, types.ContainerPrefix); ok {
			list = append(list, name)
			continue
		}
		name, mode, hasMode := strings.Cut(from, ":")
		entry := plan.HostName(p, name)
		if hasMode {
			entry += ":" + mode
		}
		list = append(list, entry)
	}
	return list
}

// restartPolicy is what `deploy` says, else `restart`. The engine counts
// attempts for on-failure only.
func restartPolicy(s types.ServiceConfig) container.RestartPolicy {
	if s.Deploy != nil && s.Deploy.RestartPolicy != nil {
		policy := s.Deploy.RestartPolicy
		r := container.RestartPolicy{Name: restartMode(policy.Condition)}
		if policy.MaxAttempts != nil && r.Name == container.RestartPolicyOnFailure {
			r.MaximumRetryCount = int(min(*policy.MaxAttempts, 1<<31-1))
		}
		return r
	}
	name, count, _ := strings.Cut(s.Restart, ":")
	retries, _ := strconv.Atoi(count) // the loader has checked the form
	return container.RestartPolicy{Name: restartMode(name), MaximumRetryCount: retries}
}

// restartMode is a condition in the engine's word for it.
func restartMode(condition string) container.RestartPolicyMode {
	switch condition {
	case "none":
		return container.RestartPolicyDisabled
	case "any":
		return container.RestartPolicyAlways
	default:
		return container.RestartPolicyMode(condition)
	}
}

func logging(s types.ServiceConfig) container.LogConfig {
	if s.Logging == nil {
		return container.LogConfig{}
	}
	return container.LogConfig{Type: s.Logging.Driver, Config: s.Logging.Options}
}

func addresses(service string, list []string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range list {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fail.Wrap(err, fail.Config, "write an IP address such as 1.1.1.1", "service %s: invalid DNS server %q", service, text)
		}
		addrs = append(addrs, addr)
	}
	return addrs, nil
}

func tmpfs(s types.ServiceConfig) map[string]string {
	mounts := map[string]string{}
	for _, entry := range s.Tmpfs {
		target, options, _ := strings.Cut(entry, ":")
		mounts[target] = options
	}
	return mounts
}
