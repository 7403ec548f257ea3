package run

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// createOptions turns a service into the engine's words for one container.
// Networks after the first are connected separately: engines before API 1.44
// take one at creation.
func createOptions(p *types.Project, s types.ServiceConfig, number int, labels map[string]string, carry map[string]string) (client.ContainerCreateOptions, error) {
	config, err := containerConfig(p, s, labels)
	if err != nil {
		return client.ContainerCreateOptions{}, err
	}
	host, err := hostConfig(p, s, carry)
	if err != nil {
		return client.ContainerCreateOptions{}, err
	}
	networks, err := endpoints(p, s)
	if err != nil {
		return client.ContainerCreateOptions{}, err
	}
	opts := client.ContainerCreateOptions{Config: config, HostConfig: host, Name: plan.ContainerName(p, s, number)}
	if len(networks) > 0 {
		first := networks[0]
		opts.NetworkingConfig = &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{first.name: first.settings}}
	}
	if s.Platform != "" {
		opts.Platform = platform(s.Platform)
	}
	return opts, nil
}

func containerConfig(p *types.Project, s types.ServiceConfig, labels map[string]string) (*container.Config, error) {
	exposed, err := exposedPorts(s)
	if err != nil {
		return nil, err
	}
	c := &container.Config{
		Hostname: s.Hostname, Domainname: s.DomainName, User: s.User,
		Tty: s.Tty, OpenStdin: s.StdinOpen, ExposedPorts: exposed,
		Env: environment(s), Cmd: []string(s.Command), Entrypoint: []string(s.Entrypoint),
		Healthcheck: healthcheck(s.HealthCheck), Image: plan.ImageName(p, s),
		WorkingDir: s.WorkingDir, Labels: labels, StopSignal: s.StopSignal,
	}
	if s.StopGracePeriod != nil {
		seconds := int(math.Ceil(time.Duration(*s.StopGracePeriod).Seconds()))
		c.StopTimeout = &seconds
	}
	return c, nil
}

// environment is NAME=value, sorted. A variable without a value was not set
// where devup runs either, and stays unset.
func environment(s types.ServiceConfig) []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		if value := s.Environment[name]; value != nil {
			env = append(env, name+"="+*value)
		}
	}
	return env
}

func healthcheck(h *types.HealthCheckConfig) *container.HealthConfig {
	if h == nil {
		return nil
	}
	if h.Disable {
		return &container.HealthConfig{Test: []string{"NONE"}}
	}
	config := &container.HealthConfig{
		Test: h.Test, Interval: duration(h.Interval), Timeout: duration(h.Timeout),
		StartPeriod: duration(h.StartPeriod), StartInterval: duration(h.StartInterval),
	}
	if h.Retries != nil {
		config.Retries = int(min(*h.Retries, math.MaxInt32))
	}
	return config
}

func duration(d *types.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return time.Duration(*d)
}

func exposedPorts(s types.ServiceConfig) (network.PortSet, error) {
	set := network.PortSet{}
	for _, expose := range s.Expose {
		port, err := network.ParsePort(expose)
		if err != nil {
			return nil, fail.Wrap(err, fail.Config, "write a port number, such as \"8080\" or \"53/udp\"", "service %s exposes %q, which is no port", s.Name, expose)
		}
		set[port] = struct{}{}
	}
	for _, p := range s.Ports {
		port, err := portOf(s.Name, p)
		if err != nil {
			return nil, err
		}
		set[port] = struct{}{}
	}
	return set, nil
}

func portBindings(s types.ServiceConfig) (network.PortMap, error) {
	bindings := network.PortMap{}
	for _, p := range s.Ports {
		port, err := portOf(s.Name, p)
		if err != nil {
			return nil, err
		}
		binding := network.PortBinding{HostPort: p.Published}
		if p.HostIP != "" {
			if binding.HostIP, err = netip.ParseAddr(p.HostIP); err != nil {
				return nil, fail.Wrap(err, fail.Config, "write an IP address of this machine, such as 127.0.0.1", "service %s publishes on %q, which is no IP address", s.Name, p.HostIP)
			}
		}
		bindings[port] = append(bindings[port], binding)
	}
	return bindings, nil
}

func portOf(service string, p types.ServicePortConfig) (network.Port, error) {
	protocol := p.Protocol
	if protocol == "" {
		protocol = "tcp"
	}
	port, err := network.ParsePort(strconv.Itoa(int(p.Target)) + "/" + protocol)
	if err != nil {
		return network.Port{}, fail.Wrap(err, fail.Config, "write HOST:CONTAINER, such as \"8080:80\"", "service %s has a port that is none: %d/%s", service, p.Target, protocol)
	}
	return port, nil
}

// endpoint is one network of a container.
type endpoint struct {
	name     string
	settings *network.EndpointSettings
}

// endpoints are the networks of a service by priority, as Compose orders them.
// A service that joins another namespace (network_mode) has none.
func endpoints(p *types.Project, s types.ServiceConfig) ([]endpoint, error) {
	if s.NetworkMode != "" {
		return nil, nil
	}
	var list []endpoint
	for _, key := range s.NetworksByPriority() {
		n := s.Networks[key]
		settings := &network.EndpointSettings{}
		if n.ServiceNameAliasEnabled() {
			settings.Aliases = []string{s.Name}
		}
		if n != nil {
			if err := fillEndpoint(settings, s.Name, n); err != nil {
				return nil, err
			}
		}
		list = append(list, endpoint{name: p.Networks[key].Name, settings: settings})
	}
	return list, nil
}

func fillEndpoint(settings *network.EndpointSettings, service string, n *types.ServiceNetworkConfig) error {
	settings.Aliases = append(settings.Aliases, n.Aliases...)
	settings.DriverOpts = n.DriverOpts
	settings.GwPriority = n.GatewayPriority
	if n.MacAddress != "" {
		if err := settings.MacAddress.UnmarshalText([]byte(n.MacAddress)); err != nil {
			return fail.Wrap(err, fail.Config, "", "service %s has a mac_address that is none: %q", service, n.MacAddress)
		}
	}
	ipam := &network.EndpointIPAMConfig{}
	for _, a := range []struct {
		text string
		addr *netip.Addr
	}{{n.Ipv4Address, &ipam.IPv4Address}, {n.Ipv6Address, &ipam.IPv6Address}} {
		if a.text == "" {
			continue
		}
		addr, err := netip.ParseAddr(a.text)
		if err != nil {
			return fail.Wrap(err, fail.Config, "", "service %s has an address that is none: %q", service, a.text)
		}
		*a.addr = addr
		settings.IPAMConfig = ipam
	}
	return nil
}

func platform(text string) *ocispec.Platform {
	parts := [3]string{}
	copy(parts[:], slices.Collect(splitSlash(text)))
	return &ocispec.Platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]}
}

// labelsOf are the labels of a container: the service's own, Compose's, devup's.
func labelsOf(p *types.Project, s types.ServiceConfig, number int, image string, inputs string) (map[string]string, error) {
	print, err := plan.FingerprintOf(s)
	if err != nil {
		return nil, err
	}
	labels := maps.Clone(map[string]string(s.Labels))
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, s.CustomLabels)
	maps.Copy(labels, map[string]string{
		plan.LabelProject: p.Name, plan.LabelService: s.Name, plan.LabelNumber: strconv.Itoa(number),
		plan.LabelOneOff: "False", plan.LabelHash: print.Hash, plan.LabelImage: image,
		plan.LabelWorkingDir: p.WorkingDir, plan.LabelFiles: joinComma(p.ComposeFiles),
		plan.LabelDependsOn: dependsOn(s), plan.LabelFields: print.Label(),
	})
	if inputs != "" {
		labels[plan.LabelInputs] = inputs
	}
	return labels, nil
}

// dependsOn is Compose's notation: service:condition:restart, comma-separated.
func dependsOn(s types.ServiceConfig) string {
	var list []string
	for _, name := range plan.Dependencies(s) {
		d := s.DependsOn[name]
		condition := d.Condition
		if condition == "" {
			condition = types.ServiceConditionStarted
		}
		list = append(list, fmt.Sprintf("%s:%s:%t", name, condition, d.Restart))
	}
	return joinComma(list)
}
