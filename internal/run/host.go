package run

import (
	"iter"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// hostConfig is the part of a container that touches the machine it runs on.
func hostConfig(p *types.Project, s types.ServiceConfig, carry map[string]string) (*container.HostConfig, error) {
	bindings, err := portBindings(s)
	if err != nil {
		return nil, err
	}
	mounts, err := mountsOf(p, s, carry)
	if err != nil {
		return nil, err
	}
	dns, err := addresses(s.Name, s.DNS)
	if err != nil {
		return nil, err
	}
	h := &container.HostConfig{
		PortBindings: bindings, Mounts: mounts, Tmpfs: tmpfs(s),
		NetworkMode:   container.NetworkMode(networkMode(p, s)),
		RestartPolicy: restartPolicy(s), LogConfig: logging(s),
		CapAdd: s.CapAdd, CapDrop: s.CapDrop, GroupAdd: s.GroupAdd,
		DNS: dns, DNSOptions: s.DNSOpts, DNSSearch: s.DNSSearch, ExtraHosts: s.ExtraHosts.AsList(":"),
		IpcMode: container.IpcMode(namespace(p, s.Ipc)), PidMode: container.PidMode(namespace(p, s.Pid)),
		UTSMode: container.UTSMode(s.Uts), UsernsMode: container.UsernsMode(s.UserNSMode), CgroupnsMode: container.CgroupnsMode(s.Cgroup),
		Privileged: s.Privileged, ReadonlyRootfs: s.ReadOnly, SecurityOpt: s.SecurityOpt, StorageOpt: s.StorageOpt,
		Sysctls: s.Sysctls, ShmSize: int64(s.ShmSize), Runtime: s.Runtime, Isolation: container.Isolation(s.Isolation),
		Annotations: s.Annotations, OomScoreAdj: int(s.OomScoreAdj), Init: s.Init,
		VolumesFrom: volumesFrom(p, s), Links: links(p, s), Resources: resources(s),
	}
	return h, nil
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
	other := p.Services[name]
	return types.ContainerPrefix + plan.ContainerName(p, other, 1)
}

func volumesFrom(p *types.Project, s types.ServiceConfig) []string {
	var list []string
	for _, from := range s.VolumesFrom {
		if name, ok := strings.CutPrefix(from, types.ContainerPrefix); ok {
			list = append(list, name)
			continue
		}
		name, mode, hasMode := strings.Cut(from, ":")
		entry := plan.ContainerName(p, p.Services[name], 1)
		if hasMode {
			entry += ":" + mode
		}
		list = append(list, entry)
	}
	return list
}

// links are legacy links: on a user network they only add a name.
func links(p *types.Project, s types.ServiceConfig) []string {
	var list []string
	for _, link := range s.Links {
		name, alias, ok := strings.Cut(link, ":")
		if !ok {
			alias = name
		}
		list = append(list, plan.ContainerName(p, p.Services[name], 1)+":"+alias)
	}
	return append(list, s.ExternalLinks...)
}

func restartPolicy(s types.ServiceConfig) container.RestartPolicy {
	if s.Restart == "" && s.Deploy != nil && s.Deploy.RestartPolicy != nil {
		policy := s.Deploy.RestartPolicy
		mode := map[string]string{"none": "no", "on-failure": "on-failure"}[policy.Condition]
		if mode == "" {
			mode = "always"
		}
		r := container.RestartPolicy{Name: container.RestartPolicyMode(mode)}
		if policy.MaxAttempts != nil && mode == "on-failure" {
			r.MaximumRetryCount = int(min(*policy.MaxAttempts, 1<<31-1))
		}
		return r
	}
	name, count, _ := strings.Cut(s.Restart, ":")
	retries, _ := strconv.Atoi(count) // the loader has checked the form
	return container.RestartPolicy{Name: container.RestartPolicyMode(name), MaximumRetryCount: retries}
}

func logging(s types.ServiceConfig) container.LogConfig {
	if s.Logging == nil {
		return container.LogConfig{}
	}
	return container.LogConfig{Type: s.Logging.Driver, Config: s.Logging.Options}
}

func resources(s types.ServiceConfig) container.Resources {
	r := container.Resources{
		CgroupParent: s.CgroupParent, CPUShares: s.CPUShares, CPUPeriod: s.CPUPeriod, CPUQuota: s.CPUQuota,
		CPURealtimePeriod: s.CPURTPeriod, CPURealtimeRuntime: s.CPURTRuntime, CpusetCpus: s.CPUSet,
		NanoCPUs: int64(float64(s.CPUS) * 1e9), Memory: int64(s.MemLimit), MemoryReservation: int64(s.MemReservation),
		MemorySwap: int64(s.MemSwapLimit), DeviceCgroupRules: s.DeviceCgroupRules,
	}
	if s.OomKillDisable {
		r.OomKillDisable = &s.OomKillDisable
	}
	if s.PidsLimit != 0 {
		r.PidsLimit = &s.PidsLimit
	}
	for _, d := range s.Devices {
		r.Devices = append(r.Devices, container.DeviceMapping{PathOnHost: d.Source, PathInContainer: d.Target, CgroupPermissions: d.Permissions})
	}
	for name, u := range s.Ulimits {
		limit := &container.Ulimit{Name: name, Soft: int64(u.Soft), Hard: int64(u.Hard)}
		if u.Single != 0 {
			limit.Soft, limit.Hard = int64(u.Single), int64(u.Single)
		}
		r.Ulimits = append(r.Ulimits, limit)
	}
	if s.Deploy != nil && s.Deploy.Resources.Limits != nil {
		limits := s.Deploy.Resources.Limits
		if limits.NanoCPUs != 0 {
			r.NanoCPUs = int64(float64(limits.NanoCPUs) * 1e9)
		}
		if limits.MemoryBytes != 0 {
			r.Memory = int64(limits.MemoryBytes)
		}
	}
	return r
}

func addresses(service string, list []string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range list {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fail.Wrap(err, fail.Config, "", "service %s names a DNS server that is no IP address: %q", service, text)
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

func splitSlash(text string) iter.Seq[string] { return strings.SplitSeq(text, "/") }

func joinComma(list []string) string { return strings.Join(list, ",") }

// inside says whether a container path lies in a folder, or is it.
func inside(folder, target string) (relative string, ok bool) {
	relative, err := filepath.Rel(folder, target)
	if err != nil || slices.Contains(strings.Split(filepath.ToSlash(relative), "/"), "..") {
		return "", false
	}
	return relative, true
}
