package project

import (
	"maps"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/symbol"
)

// What Compose lets through and the engine would refuse, after half of the project is
// up and without a file and a line.

var (
	containerNames  = lazyregexp.New(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)
	restartPolicies = lazyregexp.New(`^(|no|always|unless-stopped|on-failure(:\d+)?)$`)
	exposed         = lazyregexp.New(`^\d{1,5}(-\d{1,5})?(/(tcp|udp|sctp))?$`)
	windowsPath     = lazyregexp.New(`^[a-zA-Z]:[\\/]`)
)

// valueChecks refuses what Compose lets through and no engine takes.
type valueChecks struct{ *loading }

// checkValues checks all services.
func (l valueChecks) checkValues(p *Project) error {
	owner := map[string]string{} // of a container's name
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		for _, check := range []func(string, types.ServiceConfig) *fail.Error{l.checkNames, l.checkMounts, l.checkAddresses} {
			if e := check(name, s); e != nil {
				return e
			}
		}
		if other := owner[s.ContainerName]; s.ContainerName != "" && other != "" {
			e := composefile.Failure(nil, l.set.Files, []string{"services", name, "container_name"}, "service %s has the container_name %s, which service %s has too", name, s.ContainerName, other)
			return composefile.WithHint(e, "take one of the two away")
		}
		owner[s.ContainerName] = name
	}
	for _, name := range slices.Sorted(maps.Keys(p.Networks)) {
		for i, pool := range p.Networks[name].Ipam.Config {
			if _, err := netip.ParsePrefix(pool.Subnet); pool.Subnet != "" && err != nil && !symbol.HasToken(pool.Subnet) {
				e := composefile.Failure(err, l.set.Files, []string{"networks", name, "ipam", "config", strconv.Itoa(i), "subnet"}, "network %s: invalid subnet %q", name, pool.Subnet)
				return composefile.WithHint(e, "for example "+composefile.Example("subnet"))
			}
		}
	}
	return nil
}

func (l valueChecks) checkNames(name string, s types.ServiceConfig) *fail.Error {
	keys := func(key string) []string { return []string{"services", name, key} }
	if s.ContainerName != "" && !containerNames.MatchString(s.ContainerName) {
		return composefile.WithHint(composefile.Failure(nil, l.set.Files, keys("container_name"), "service %s: container_name %q is not allowed", name, s.ContainerName),
			`use letters, digits, ".", "_" and "-", at least two of them`)
	}
	if !restartPolicies.MatchString(s.Restart) && !symbol.HasToken(s.Restart) {
		return composefile.WithHint(composefile.Failure(nil, l.set.Files, keys("restart"), "service %s: unknown restart policy %q", name, s.Restart),
			"use no, always, unless-stopped or on-failure, with a limit if you like: on-failure:3")
	}
	for i, port := range s.Expose {
		if !exposed.MatchString(port) {
			return composefile.WithHint(composefile.Failure(nil, l.set.Files, append(keys("expose"), strconv.Itoa(i)), "service %s: expose %q is not a port", name, port), "for example "+composefile.Example("expose"))
		}
	}
	return nil
}

func (l valueChecks) checkMounts(name string, s types.ServiceConfig) *fail.Error {
	for _, mount := range s.Volumes {
		target := mount.Target
		if target == "" || symbol.HasToken(target) || path.IsAbs(target) || windowsPath.MatchString(target) {
			continue
		}
		keys := []string{"services", name, "volumes"}
		list := composefile.Target(composefile.NodeAt(l.set.Files, keys))
		if list != nil {
			i := slices.IndexFunc(list.Content, mountsAt(target))
			if i >= 0 {
				keys = append(keys, strconv.Itoa(i))
			}
		}
		return composefile.WithHint(composefile.Failure(nil, l.set.Files, keys, "service %s: mount target %q is not an absolute path", name, target), "write an absolute path, for example "+path.Join("/app", target))
	}
	return nil
}

func (l valueChecks) checkAddresses(name string, s types.ServiceConfig) *fail.Error {
	for _, network := range slices.Sorted(maps.Keys(s.Networks)) {
		n := s.Networks[network]
		if n == nil {
			continue
		}
		for _, address := range []struct{ key, value string }{{"ipv4_address", n.Ipv4Address}, {"ipv6_address", n.Ipv6Address}} {
			if _, err := netip.ParseAddr(address.value); address.value != "" && err != nil && !symbol.HasToken(address.value) {
				return composefile.WithHint(composefile.Failure(err, l.set.Files, []string{"services", name, "networks", network, address.key}, "service %s: %s %q is not an IP address", name, address.key, address.value),
					"for example "+composefile.Example(address.key))
			}
		}
	}
	return nil
}

// mountsAt tells whether an entry of volumes, in either form, mounts at the target.
func mountsAt(target string) func(*yaml.Node) bool {
	return func(n *yaml.Node) bool {
		if _, v := composefile.Child(n, "target"); v != nil {
			return v.Value == target
		}
		parts := strings.Split(n.Value, ":")
		return slices.ContainsFunc(parts[min(1, len(parts)-1):], func(part string) bool {
			return part != "" && path.Clean(part) == path.Clean(target)
		})
	}
}
