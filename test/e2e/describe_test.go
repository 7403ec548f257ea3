//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
)

// hexName is a name that the engine makes up.
var hexName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// passing are labels that say who made a resource and when, not what it is.
func passing(name string) bool {
	switch strings.TrimPrefix(name, "com.docker.compose.") {
	case "version", "config-hash", "replace":
		return true
	}
	return strings.HasPrefix(name, "dev.devup.")
}

func describeContainer(c container.InspectResponse) []string {
	var lines []string
	say := func(field string, value any) { lines = append(lines, line("container "+c.Name[1:], field, value)...) }
	slices.Sort(c.Config.Env)
	maps.DeleteFunc(c.Config.Labels, func(name, _ string) bool { return passing(name) })
	for name, value := range c.Config.Labels {
		switch name {
		case "com.docker.compose.depends_on": // a set
			parts := strings.Split(value, ",")
			slices.Sort(parts)
			c.Config.Labels[name] = strings.Join(parts, ",")
		case "com.docker.compose.image": // another one on each engine
			c.Config.Labels[name], _, _ = strings.Cut(value, ":")
		}
	}
	if strings.HasPrefix(c.ID, c.Config.Hostname) {
		c.Config.Hostname = ""
	}
	fields(*c.Config, func(name string, value any) { say("Config."+name, value) })
	h := c.HostConfig
	slices.Sort(h.Binds)
	slices.Sort(h.Links)
	slices.Sort(h.ExtraHosts)
	slices.SortFunc(h.Ulimits, func(a, b *container.Ulimit) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(h.Mounts, func(a, b mount.Mount) int { return strings.Compare(a.Target, b.Target) })
	for _, paths := range []*[]string{&h.MaskedPaths, &h.ReadonlyPaths} {
		if len(*paths) > 0 {
			*paths = []string{"those of the engine"}
		}
	}
	for i, m := range h.Mounts {
		if m.BindOptions != nil && *m.BindOptions == (mount.BindOptions{}) {
			h.Mounts[i].BindOptions = nil // no wish, said at length
		}
	}
	fields(*h, func(name string, value any) {
		if name != "Resources" {
			say("HostConfig."+name, value)
			return
		}
		fields(value, func(name string, value any) { say("HostConfig."+name, value) })
	})
	for _, m := range c.Mounts {
		if m.Type == mount.TypeVolume {
			m.Source = "" // where the engine has it
		}
		if hexName.MatchString(m.Name) {
			m.Name = "anonymous"
		}
		say("Mounts["+m.Destination+"]", m)
	}
	for name, n := range c.NetworkSettings.Networks {
		lines = append(lines, describeEndpoint(c, name, n)...)
	}
	return lines
}

// describeEndpoint leaves out what the engine gave: it keeps hardware addresses that the
// projects ask for, which begin alike.
func describeEndpoint(c container.InspectResponse, name string, n *network.EndpointSettings) []string {
	aliases := slices.DeleteFunc(n.Aliases, func(a string) bool { return strings.HasPrefix(c.ID, a) })
	slices.Sort(aliases)
	slices.Sort(n.Links)
	kept := map[string]any{"IPAMConfig": n.IPAMConfig, "Links": n.Links, "Aliases": aliases, "DriverOpts": n.DriverOpts, "GwPriority": n.GwPriority}
	if n.IPAMConfig != nil && reflect.DeepEqual(*n.IPAMConfig, network.EndpointIPAMConfig{}) {
		delete(kept, "IPAMConfig") // no wish, said at length
	}
	if strings.HasPrefix(n.MacAddress.String(), "02:42:00:13:71") {
		kept["MacAddress"] = n.MacAddress
	}
	var lines []string
	for field, value := range kept {
		lines = append(lines, line("container "+c.Name[1:], "Networks["+name+"]."+field, value)...)
	}
	return lines
}

func describeNetwork(n network.Summary) []string {
	maps.DeleteFunc(n.Labels, func(name, _ string) bool { return passing(name) || name == "com.docker.compose.project.working_dir" })
	ipam := n.IPAM
	if len(ipam.Config) == 1 && !strings.Contains(ipam.Config[0].Subnet.String(), "10.213.") {
		ipam.Config = nil // the engine's choice
	}
	kept := map[string]any{
		"Driver": n.Driver, "Scope": n.Scope, "EnableIPv4": n.EnableIPv4, "EnableIPv6": n.EnableIPv6, "IPAM": ipam,
		"Internal": n.Internal, "Attachable": n.Attachable, "Options": n.Options, "Labels": n.Labels,
	}
	var lines []string
	for field, value := range kept {
		lines = append(lines, line("network "+n.Name, field, value)...)
	}
	return lines
}

func describeVolume(v volume.Volume) []string {
	maps.DeleteFunc(v.Labels, func(name, _ string) bool { return passing(name) || name == "com.docker.compose.project.working_dir" })
	return slices.Concat(
		line("volume "+v.Name, "Driver", v.Driver), line("volume "+v.Name, "Options", v.Options), line("volume "+v.Name, "Labels", v.Labels),
	)
}

// fields calls say with every field of a struct.
func fields(of any, say func(name string, value any)) {
	v := reflect.ValueOf(of)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			say(f.Name, v.Field(i).Interface())
		}
	}
}

// line is a resource's field and its value as JSON; nothing for a value that says
// nothing.
func line(resource, field string, value any) []string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // values of the API always marshal
	}
	switch string(raw) {
	case "null", `""`, "0", "false", "[]", "{}":
		return nil
	}
	return []string{fmt.Sprintf("%s %s %s", resource, field, raw)}
}
