package project

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Key identifies the port.
func (p Port) Key() PortKey {
	return PortKey{Service: p.Publisher(), Target: p.Target, Protocol: p.Protocol, Index: p.Index, Copy: p.Copy}
}

// Publisher is the service whose container publishes the port.
func (p Port) Publisher() string { return cmp.Or(p.Owner, p.Service) }

// PublishedPorts lists the ports that the services publish, by the name of the service that
// publishes them, container, and then in the order of the config. Services on the host's own
// network publish none.
func (p *Project) PublishedPorts() []Port { return portsOf(p, p.Services) }

// OtherPorts is [Project.PublishedPorts] of the services that Options.Services
// left out. Their URLs are still referred to by those that remain.
func (p *Project) OtherPorts() []Port { return portsOf(p, p.others) }

// AllPorts lists the ports that all services publish, also those that were left out.
func (p *Project) AllPorts() []Port { return portsOf(p, p.Running()) }

// PortsOf lists the published ports on which the first container of a service listens, also
// of one that was left out.
func (p *Project) PortsOf(service string) []Port {
	return listenedBy(p, service, p.Running(), listenersOf(p))
}

func listenedBy(p *Project, service string, services types.Services, listeners map[shared]string) []Port {
	owner := cmp.Or(networkOwner(services, service), service)
	ports := published(services[owner], p.Extensions[owner].FixedPort)
	attribute(p, ports, listeners)
	return slices.DeleteFunc(ports, func(port Port) bool { return port.Service != service })
}

// attribute gives ports of their publisher to the services that listen on them. The first port of a
// service of a stack speaks HTTP, whatever is usual on its number.
func attribute(p *Project, ports []Port, listeners map[shared]string) {
	seen := map[PortKey]bool{}
	for i, port := range ports {
		if member := listenerOf(listeners, port.Service, port.Target); member != port.Service {
			ports[i].Service, ports[i].Owner = member, port.Service
		}
		of := PortKey{Service: ports[i].Service, Protocol: port.Protocol, Copy: port.Copy}
		ports[i].HTTP = port.HTTP || p.Extensions[of.Service].Stack != "" && !seen[of]
		seen[of] = true
	}
}

func portsOf(p *Project, services types.Services) []Port {
	var ports []Port
	listeners := listenersOf(p)
	for _, name := range slices.Sorted(maps.Keys(services)) {
		s := services[name]
		first := published(s, p.Extensions[name].FixedPort)
		ports = append(ports, first...)
		for number := 1; number < s.GetScale(); number++ {
			ports = append(ports, copies(s, first, number)...)
		}
	}
	attribute(p, ports, listeners)
	return ports
}

// copies are the ports of another container of a service than its first: those that were
// decided, else the next of a range, as far as it goes, else what the first has asked for.
func copies(s types.ServiceConfig, first []Port, number int) []Port {
	ports := slices.Clone(first)
	for i := range ports {
		ports[i].Copy, ports[i].Wanted = number, WantedPort(HostPort(s.Ports[i], number+1), number+1)
	}
	return ports
}

// WantedPort is the host port that a published value asks for in the container of that
// number, from 1: the next of a range, as far as it goes, else its first; 0 for any.
func WantedPort(published string, number int) int {
	first := firstPort(published)
	if _, last, ranged := strings.Cut(published, "-"); ranged && first+number-1 <= firstPort(last) {
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
	if !Bridged(s.NetworkMode) {
		return nil
	}
	seen := map[PortKey]int{}
	ports := make([]Port, 0, len(s.Ports))
	for _, c := range s.Ports {
		port := Port{
			Service:  s.Name,
			Target:   int(c.Target),
			Protocol: cmp.Or(c.Protocol, "tcp"),
			Wanted:   firstPort(c.Published),
			HostIP:   c.HostIP,
			Fixed:    fixed,
			HTTP:     c.AppProtocol == "http" || c.AppProtocol == "https",
		}
		first := port.Key()
		port.Index = seen[first]
		seen[first]++
		ports = append(ports, port)
	}
	return ports
}

// Bridged tells whether publishing a port means anything in the network mode.
func Bridged(mode string) bool {
	return mode != "host" && mode != "none" && !strings.HasPrefix(mode, types.ServicePrefix) && !strings.HasPrefix(mode, types.ContainerPrefix)
}

// firstPort is the host port of a published value: a number, the first of a range,
// or 0 for any.
func firstPort(published string) int {
	first, _, _ := strings.Cut(published, "-")
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 || n > 65535 {
		return 0
	}
	return n
}

// PrimaryPorts finds the host port that the URL of each service names, by the name that the
// service has in variables. It is that of the first web port, else of the first TCP port. A
// host port that is not decided is the wanted one; 0 is one that the config leaves open.
func (p *Project) PrimaryPorts(hostPorts map[PortKey]int) map[string]int {
	all := map[string]int{}
	services := p.Running()
	listeners := listenersOf(p)
	for _, name := range slices.Sorted(maps.Keys(services)) {
		port, ok := primaryPortOf(services[name], listenedBy(p, name, services, listeners), hostPorts)
		if _, clash := all[EnvName(name)]; ok && !clash {
			all[EnvName(name)] = port
		}
	}
	return all
}

func primaryPortOf(s types.ServiceConfig, ports []Port, hostPorts map[PortKey]int) (port int, ok bool) {
	if s.NetworkMode == "host" {
		for _, c := range s.Ports {
			return int(c.Target), true
		}
		return 0, false
	}
	var best *Port
	for _, candidate := range ports {
		if candidate.Protocol == "tcp" && (best == nil || candidate.Web() && !best.Web()) {
			best = &candidate
		}
	}
	if best == nil {
		return 0, false
	}
	return best.HostPortIn(hostPorts), true
}

// HostPortIn is the host port that is decided for the port, else the wanted one.
func (p Port) HostPortIn(hostPorts map[PortKey]int) int {
	if n := hostPorts[p.Key()]; n != 0 {
		return n
	}
	return p.Wanted
}

// Running are the services of the project, also those that were not selected:
// they may run from an earlier up, and what refers to them must not change. It is not to be
// written to.
func (p *Project) Running() types.Services {
	if len(p.others) == 0 {
		return p.Services
	}
	all := maps.Clone(p.others)
	maps.Copy(all, p.Services)
	return all
}

// Without is a copy of the project that does not start the named services. They stay among
// [Project.Running]: a port on which one of them listens does not become another one's.
func (p *Project) Without(names ...string) *Project {
	return p.Edit(func(own *Project) {
		own.others = maps.Clone(p.Running())
		own.Project = own.WithServicesDisabled(names...)
		maps.DeleteFunc(own.others, func(name string, _ types.ServiceConfig) bool {
			_, starts := own.Services[name]
			return starts
		})
	})
}

// SetHostPorts puts decided host ports into the ports of a service, and hostIP where the
// config names no address.
func SetHostPorts(s *types.ServiceConfig, hostPorts map[PortKey]int, hostIP string) {
	first := published(*s, false)
	for number := 1; number < s.GetScale(); number++ {
		for i, port := range copies(*s, first, number) {
			if n := hostPorts[port.Key()]; n != 0 {
				if s.Ports[i].Extensions == nil {
					s.Ports[i].Extensions = types.Extensions{}
				}
				list, _ := s.Ports[i].Extensions[hostPortsKey].([]string)
				s.Ports[i].Extensions[hostPortsKey] = append(list, strconv.Itoa(n))
			}
		}
	}
	for i, port := range first {
		if n := hostPorts[port.Key()]; n != 0 {
			s.Ports[i].Published = strconv.Itoa(n)
		}
		if s.Ports[i].HostIP == "" {
			s.Ports[i].HostIP = hostIP
		}
	}
}
