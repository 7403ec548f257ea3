package project

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Key identifies the port.
func (p Port) Key() PortKey {
	return PortKey{Service: p.Service, Target: p.Target, Protocol: p.Protocol, Index: p.Index, Copy: p.Copy}
}

// PublishedPorts lists the ports that the services publish, by service name,
// container, and then in the order of the config. Services on the host's own
// network publish none.
func (p *Project) PublishedPorts() []Port { return p.portsOf(p.Services) }

// OtherPorts is [Project.PublishedPorts] of the services that Options.Services
// left out. Their URLs are still referred to by those that remain.
func (p *Project) OtherPorts() []Port { return p.portsOf(p.others) }

func (p *Project) portsOf(services types.Services) []Port {
	var ports []Port
	for _, name := range sortedKeys(services) {
		s := services[name]
		first := published(s, p.Extensions[name].FixedPort)
		ports = append(ports, first...)
		for number := 1; number < s.GetScale(); number++ {
			ports = append(ports, copies(s, first, number)...)
		}
	}
	return ports
}

// copies are the ports of another container of a service than its first: the
// next of a range, as far as it goes, else what the first has asked for.
func copies(s types.ServiceConfig, first []Port, number int) []Port {
	ports := slices.Clone(first)
	for i := range ports {
		ports[i].Copy, ports[i].Wanted = number, WantedPort(s.Ports[i].Published, number+1)
	}
	return ports
}

// WantedPort is the host port that a published value asks for in the container of that
// number, from 1: the next of a range, as far as it goes, else its first; 0 for any.
func WantedPort(published string, number int) int {
	first := wish(published)
	if _, last, ranged := strings.Cut(published, "-"); ranged && first+number-1 <= wish(last) {
		return first + number - 1
	}
	return first
}

// hostPortsKey is where a resolved port has the host ports of the containers
// after the first. As an extension it is no part of what a container is made of.
const hostPortsKey = "x-devup-host-ports"

// HostPort is the published port of the container of that number, from 1, of a
// service. In a project that is not resolved it is what the config says.
func HostPort(c types.ServicePortConfig, number int) string {
	list, ok := c.Extensions[hostPortsKey].([]string)
	if !ok || number < 2 || number-2 >= len(list) {
		return c.Published
	}
	return list[number-2]
}

// published lists the ports of one service, one for each entry of s.Ports and
// in that order; none when the service has no network of its own.
func published(s types.ServiceConfig, fixed bool) []Port {
	if !bridged(s.NetworkMode) {
		return nil
	}
	seen := map[PortKey]int{}
	ports := make([]Port, 0, len(s.Ports))
	for _, c := range s.Ports {
		port := Port{
			Service:  s.Name,
			Target:   int(c.Target),
			Protocol: orDefault(c.Protocol, "tcp"),
			Wanted:   wish(c.Published),
			HostIP:   c.HostIP,
			Fixed:    fixed,
		}
		first := port.Key()
		port.Index = seen[first]
		seen[first]++
		ports = append(ports, port)
	}
	return ports
}

// bridged tells whether publishing a port means anything in the network mode.
func bridged(mode string) bool {
	return mode != "host" && mode != "none" && !strings.HasPrefix(mode, types.ServicePrefix) && !strings.HasPrefix(mode, types.ContainerPrefix)
}

// wish is the host port of a published value: a number, the first of a range,
// or 0 for any.
func wish(published string) int {
	first, _, _ := strings.Cut(published, "-")
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 || n > 65535 {
		return 0
	}
	return n
}

// entrance is the port of a service that its URL names.
type entrance struct {
	service string
	port    int // on the host
}

// entrances finds the entrance of every service that has one, by the name that
// the service has in variables. It is the first web port, else the first TCP
// port. A host port that is not decided is the wanted one.
func (p *Project) entrances(hostPorts map[PortKey]int) map[string]entrance {
	all := map[string]entrance{}
	services := p.running()
	for _, name := range sortedKeys(services) {
		port, ok := hostEntrance(services[name], hostPorts)
		if _, clash := all[EnvName(name)]; ok && !clash {
			all[EnvName(name)] = entrance{service: name, port: port}
		}
	}
	return all
}

func hostEntrance(s types.ServiceConfig, hostPorts map[PortKey]int) (port int, ok bool) {
	if s.NetworkMode == "host" {
		for _, c := range s.Ports {
			return int(c.Target), true
		}
		return 0, false
	}
	var best *Port
	for _, candidate := range published(s, false) {
		if candidate.Protocol == "tcp" && (best == nil || candidate.Web() && !best.Web()) {
			best = &candidate
		}
	}
	if best == nil {
		return 0, false
	}
	return hostPort(*best, hostPorts), true
}

func hostPort(p Port, hostPorts map[PortKey]int) int {
	if n := hostPorts[p.Key()]; n != 0 {
		return n
	}
	return p.Wanted
}

// running are the services of the project, also those that were not selected:
// they may run from an earlier up, and what refers to them must not change.
func (p *Project) running() types.Services {
	all := types.Services{}
	maps.Copy(all, p.others)
	maps.Copy(all, p.Services)
	return all
}
