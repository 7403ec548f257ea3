package engineconfig

import (
	"maps"
	"net/netip"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// Network gives the options that create a network of the project. labels are the plan's.
// What the engine is too old for is an error that names it.
func Network(p *types.Project, key string, labels map[string]string, api string) (client.NetworkCreateOptions, error) {
	n := p.Networks[key]
	ipam, err := ipamOf(key, n.Ipam)
	if err != nil {
		return client.NetworkCreateOptions{}, err
	}
	if n.EnableIPv4 != nil && !*n.EnableIPv4 && api != "" && versions.LessThan(api, "1.48") {
		return client.NetworkCreateOptions{}, tooOld("network "+key, "enable_ipv4: false", "28", api, "1.48")
	}
	return client.NetworkCreateOptions{
		Driver: n.Driver, Options: n.DriverOpts, IPAM: ipam,
		Internal: n.Internal, Attachable: n.Attachable, EnableIPv4: n.EnableIPv4, EnableIPv6: n.EnableIPv6,
		Labels: sharedLabels(p, n.Labels, map[string]string{plan.LabelNetwork: key, plan.LabelVersion: plan.ComposeVersion}, labels),
	}, nil
}

// Volume gives the options that create a volume of the project. labels are the plan's.
func Volume(p *types.Project, key string, labels map[string]string) client.VolumeCreateOptions {
	v := p.Volumes[key]
	return client.VolumeCreateOptions{
		Name: v.Name, Driver: v.Driver, DriverOpts: v.DriverOpts,
		Labels: sharedLabels(p, v.Labels, map[string]string{plan.LabelVolume: key, plan.LabelVersion: plan.ComposeVersion}, labels),
	}
}

// sharedLabels are the labels of a network or volume; the last set of a label wins.
func sharedLabels(p *types.Project, own map[string]string, more ...map[string]string) map[string]string {
	labels := maps.Clone(own)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[plan.LabelProject] = p.Name
	labels[plan.LabelWorkingDir] = p.WorkingDir
	for _, set := range more {
		maps.Copy(labels, set)
	}
	return labels
}

func ipamOf(key string, c types.IPAMConfig) (*network.IPAM, error) {
	if c.Driver == "" && len(c.Config) == 0 && len(c.Options) == 0 {
		return nil, nil
	}
	ipam := &network.IPAM{Driver: c.Driver, Options: c.Options}
	for _, pool := range c.Config {
		converted, err := poolOf(*pool)
		if err != nil {
			return nil, fail.Wrap(err, fail.Config, "write a subnet as 172.28.0.0/16 and addresses as 172.28.0.1", "network %s: invalid ipam entry: %v", key, err)
		}
		ipam.Config = append(ipam.Config, converted)
	}
	return ipam, nil
}

func poolOf(pool types.IPAMPool) (network.IPAMConfig, error) {
	var c network.IPAMConfig
	var err error
	if pool.Subnet != "" {
		if c.Subnet, err = netip.ParsePrefix(pool.Subnet); err != nil {
			return c, err
		}
	}
	if pool.IPRange != "" {
		if c.IPRange, err = netip.ParsePrefix(pool.IPRange); err != nil {
			return c, err
		}
	}
	if pool.Gateway != "" {
		if c.Gateway, err = netip.ParseAddr(pool.Gateway); err != nil {
			return c, err
		}
	}
	for name, text := range pool.AuxiliaryAddresses {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return c, err
		}
		if c.AuxAddress == nil {
			c.AuxAddress = map[string]netip.Addr{}
		}
		c.AuxAddress[name] = addr
	}
	return c, nil
}
