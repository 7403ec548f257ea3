package engineconfig

import (
	"cmp"
	"maps"
	"net/netip"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// Endpoint is one network of a container.
type Endpoint struct {
	Network  string
	Settings *network.EndpointSettings
}

// JoinLater gives the networks that a container joins after it was created, as engines
// before API 1.44 take one at creation.
func JoinLater(p *types.Project, c Container) ([]Endpoint, error) {
	_, later, err := endpoints(p, c)
	return later, err
}

// endpoints are the networks of a container by priority, as Compose orders
// them: those that are named when it is made, and those that it joins after
// that, as engines before API 1.44 take one at creation. A service that joins
// another namespace (network_mode) has none.
func endpoints(p *types.Project, c Container) (now, later []Endpoint, err error) {
	s := c.Service
	if s.NetworkMode != "" {
		return nil, nil, nil
	}
	var list []Endpoint
	for i, key := range s.NetworksByPriority() {
		n := s.Networks[key]
		settings := &network.EndpointSettings{
			Aliases: []string{plan.ContainerName(p, s, c.Number)}, Links: links(p, c),
		}
		if n.ServiceNameAliasEnabled() {
			settings.Aliases = append(settings.Aliases, s.Name)
		}
		mac := ""
		if i == 0 {
			mac = s.MacAddress
		}
		if n != nil {
			mac = cmp.Or(n.MacAddress, mac)
			if err := fillEndpoint(settings, s.Name, n); err != nil {
				return nil, nil, err
			}
		}
		if mac != "" {
			if err := settings.MacAddress.UnmarshalText([]byte(mac)); err != nil {
				return nil, nil, fail.Wrap(err, fail.Config, "write it as 02:42:ac:11:00:03", "service %s: invalid mac_address %q", s.Name, mac)
			}
		}
		list = append(list, Endpoint{Network: p.Networks[key].Name, Settings: settings})
	}
	if len(list) > 1 && c.API != "" && versions.LessThan(c.API, "1.44") {
		return list[:1], list[1:], nil
	}
	return list, nil, nil
}

// interfaceName is the driver option by which the engine hears what a network's
// interface is to be called in the container.
const interfaceName = "com.docker.network.endpoint.ifname"

func fillEndpoint(settings *network.EndpointSettings, service string, n *types.ServiceNetworkConfig) error {
	settings.Aliases = append(settings.Aliases, n.Aliases...)
	settings.DriverOpts = n.DriverOpts
	if n.InterfaceName != "" {
		settings.DriverOpts = map[string]string{interfaceName: n.InterfaceName}
		maps.Copy(settings.DriverOpts, n.DriverOpts)
	}
	settings.GwPriority = n.GatewayPriority
	ipam := &network.EndpointIPAMConfig{}
	for _, a := range []struct {
		text string
		addr *netip.Addr
	}{{n.Ipv4Address, &ipam.IPv4Address}, {n.Ipv6Address, &ipam.IPv6Address}} {
		if a.text == "" {
			continue
		}
		addr, err := addressOf(service, a.text)
		if err != nil {
			return err
		}
		*a.addr = addr
		settings.IPAMConfig = ipam
	}
	for _, text := range n.LinkLocalIPs {
		addr, err := addressOf(service, text)
		if err != nil {
			return err
		}
		ipam.LinkLocalIPs = append(ipam.LinkLocalIPs, addr)
		settings.IPAMConfig = ipam
	}
	return nil
}

func addressOf(service, text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return addr, fail.Wrap(err, fail.Config, "write an address such as 172.28.0.10 or fd00::10", "service %s: invalid address %q", service, text)
	}
	return addr, nil
}

// links are legacy links: on a user network they only add names. Compose gives
// a linked container three of them.
func links(p *types.Project, c Container) []string {
	var list []string
	number := strconv.Itoa(c.Number)
	for _, link := range c.Service.Links {
		name, alias, ok := strings.Cut(link, ":")
		if !ok {
			alias = name
		}
		other, ok := p.AllServices()[name]
		if !ok {
			continue
		}
		for n := 1; n <= other.GetScale(); n++ {
			to := plan.ContainerName(p, other, n) + ":"
			list = append(list, to+alias, to+name+"-"+number, to+p.Name+"-"+name+"-"+number)
		}
	}
	for _, link := range c.Service.ExternalLinks {
		name, alias, ok := strings.Cut(link, ":")
		if !ok {
			alias = name
		}
		list = append(list, name+":"+alias)
	}
	return list
}
