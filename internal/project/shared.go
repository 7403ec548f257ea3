package project

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Services may share one network: its owner publishes the ports, and its members
// (network_mode: service:OWNER) listen on them. A port belongs to the service that
// listens on it: a member that names it in x-devup.port or in its variable PORT, else
// the owner.

// networkOwner is the service whose network a service is in; empty where it has its own, or
// that of a container outside of the project.
func networkOwner(services types.Services, service string) string {
	owner := ""
	for range services { // an owner may be a member of another network
		next, member := strings.CutPrefix(services[service].NetworkMode, types.ServicePrefix)
		if !member {
			return owner
		}
		owner, service = next, next
	}
	return "" // a circle
}

// Listened are the ports of a service as the config has them: those that it publishes, and
// those on which it listens in the network of another one of [Project.Services]. It leaves
// out those on which a member of its own network listens.
func (p *Project) Listened(service string) []types.ServicePortConfig {
	owner := networkOwner(p.Services, service)
	if owner == "" {
		owner = service
	}
	listeners := listenersOf(p)
	var ports []types.ServicePortConfig
	for _, c := range p.Services[owner].Ports {
		if listenerOf(listeners, owner, int(c.Target)) == service {
			ports = append(ports, c)
		}
	}
	return ports
}

// Neighbors are the ports on which other services listen in the network that a service is in,
// sorted.
func Neighbors(p *Project, service string) []int {
	services := p.Running()
	owner := cmp.Or(networkOwner(services, service), service)
	var ports []int
	for port, member := range listenersOf(p) {
		if port.owner == owner && member != service {
			ports = append(ports, port.target)
		}
	}
	slices.Sort(ports)
	return ports
}

// Listener is the service that listens on a port which the container of a service publishes.
func Listener(p *Project, publisher string, target int) string {
	return listenerOf(listenersOf(p), publisher, target)
}

// shared is a port in the network of a service.
type shared struct {
	owner  string
	target int
}

// listenersOf are the members that listen on the ports of other services' networks. Of
// several members that name one port it is the first by name.
func listenersOf(p *Project) map[shared]string {
	services := p.Running()
	var members []string
	for name := range services {
		if strings.HasPrefix(services[name].NetworkMode, types.ServicePrefix) {
			members = append(members, name)
		}
	}
	slices.Sort(members)
	var found map[shared]string
	for _, name := range members {
		owner := networkOwner(services, name)
		for _, target := range targetsOf(services[name], p.Extensions[name]) {
			if found == nil {
				found = map[shared]string{}
			}
			if _, taken := found[shared{owner, target}]; !taken && owner != "" {
				found[shared{owner, target}] = name
			}
		}
	}
	return found
}

// targetsOf are the ports that a member of a network says it listens on.
func targetsOf(s types.ServiceConfig, x ServiceExtension) []int {
	if len(x.Targets) > 0 {
		return x.Targets
	}
	if value := s.Environment["PORT"]; value != nil {
		if n, err := strconv.Atoi(*value); err == nil {
			return []int{n}
		}
	}
	return nil
}

// listenerOf is the service that listens on a port of an owner's network.
func listenerOf(listeners map[shared]string, owner string, target int) string {
	if member, found := listeners[shared{owner, target}]; found {
		return member
	}
	return owner
}
