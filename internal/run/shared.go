package run

import (
	"context"
	"fmt"
	"maps"
	"net/netip"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

func (a *applier) createNetwork(ctx context.Context, op plan.Op) error {
	n := a.project.Networks[op.Key]
	ipam, err := ipamOf(op.Key, n.Ipam)
	if err != nil {
		return err
	}
	api := a.engine.ClientVersion()
	if n.EnableIPv4 != nil && !*n.EnableIPv4 && versions.LessThan(api, "1.48") {
		return older("network "+op.Key, "enable_ipv4: false", "28", api, "1.48")
	}
	if versions.LessThan(api, "1.44") {
		// Such an engine would make a second network of the name.
		if there, err := a.engine.NetworkInspect(ctx, n.Name, client.NetworkInspectOptions{}); err == nil && there.Network.Name == n.Name {
			a.adopted(event.Network, n.Name, there.Network.Labels)
			return nil
		}
	}
	_, err = a.engine.NetworkCreate(ctx, n.Name, client.NetworkCreateOptions{
		Driver: n.Driver, Options: n.DriverOpts, IPAM: ipam,
		Internal: n.Internal, Attachable: n.Attachable, EnableIPv4: n.EnableIPv4, EnableIPv6: n.EnableIPv6,
		Labels: a.shared(n.Labels, plan.LabelNetwork, op),
	})
	if errdefs.IsConflict(err) { // made by somebody since the look, or without our label: it serves
		if there, err := a.engine.NetworkInspect(ctx, n.Name, client.NetworkInspectOptions{}); err == nil {
			a.adopted(event.Network, n.Name, there.Network.Labels)
		}
		return nil
	}
	return err
}

// adopted warns of a network or volume that was there without this project
// having made it. It is used as it is, whatever the files say of it.
func (a *applier) adopted(kind event.Kind, name string, labels map[string]string) {
	owner := labels[plan.LabelProject]
	if owner == a.project.Name {
		return
	}
	by := "and not by a project"
	if owner != "" {
		by = "by project " + owner
	}
	a.options.Sink(event.Event{
		Kind: event.Note, ID: "adopted " + name, Name: name, State: event.Warning,
		Text: fmt.Sprintf("the %s %s was there, made %s: it is used as it is (`external: true` says that this is meant)", kind, name, by),
	})
}

func (a *applier) createVolume(ctx context.Context, op plan.Op) error {
	v := a.project.Volumes[op.Key]
	made, err := a.engine.VolumeCreate(ctx, client.VolumeCreateOptions{
		Name: v.Name, Driver: v.Driver, DriverOpts: v.DriverOpts,
		Labels: a.shared(v.Labels, plan.LabelVolume, op),
	})
	if err == nil { // also for a volume that was there
		a.adopted(event.Volume, v.Name, made.Volume.Labels)
	}
	return err
}

// shared are the labels of a network or volume.
func (a *applier) shared(own types.Labels, label string, op plan.Op) map[string]string {
	labels := maps.Clone(map[string]string(own))
	if labels == nil {
		labels = map[string]string{}
	}
	labels[plan.LabelProject] = a.project.Name
	labels[plan.LabelWorkingDir] = a.project.WorkingDir
	labels[label] = op.Key
	maps.Copy(labels, op.Labels)
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
			return nil, fail.Wrap(err, fail.Config, "write a subnet as 172.28.0.0/16 and addresses as 172.28.0.1", "network %s has an ipam entry that is no address: %v", key, err)
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
