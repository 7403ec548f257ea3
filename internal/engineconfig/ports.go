package engineconfig

import (
	"net/netip"
	"strconv"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// exposedPorts are the ports that a service exposes or publishes.
func exposedPorts(s types.ServiceConfig) (network.PortSet, error) {
	set := network.PortSet{}
	for _, expose := range s.Expose {
		ports, err := network.ParsePortRange(expose)
		if err != nil {
			return nil, fail.Wrap(err, fail.Config, "write a port number, such as \"8080\", \"53/udp\" or \"8000-8010\"", "service %s: invalid port %q under expose", s.Name, expose)
		}
		for port := range ports.All() {
			set[port] = struct{}{}
		}
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

// portBindings say which host ports lead to which of the service's.
func portBindings(s types.ServiceConfig, number int) (network.PortMap, error) {
	bindings := network.PortMap{}
	for _, p := range s.Ports {
		port, err := portOf(s.Name, p)
		if err != nil {
			return nil, err
		}
		binding := network.PortBinding{HostPort: project.HostPort(p, number)}
		if p.HostIP != "" {
			if binding.HostIP, err = netip.ParseAddr(p.HostIP); err != nil {
				return nil, fail.Wrap(err, fail.Config, "write an IP address of this machine, such as 127.0.0.1", "service %s: invalid IP address %q under ports", s.Name, p.HostIP)
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
		return network.Port{}, fail.Wrap(err, fail.Config, "write HOST:CONTAINER, such as \"8080:80\"", "service %s: invalid port %d/%s", service, p.Target, protocol)
	}
	return port, nil
}
