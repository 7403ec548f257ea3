package detect

import (
	"fmt"
	"slices"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
)

// dataPorts are the ports on which a data service listens.
type dataPorts struct {
	key   string
	ports []int
}

// listener is a port on which a member of a network listens.
type listener struct {
	name string
	port int
	of   *candidate // nil for a data service
}

// listeners are all ports on which something in the network listens.
func (l *loopback) listeners() []listener {
	var all []listener
	for _, c := range l.members {
		all = append(all, listener{c.Name, c.Port.Number, c}, listener{c.Name, c.Forward, nil})
	}
	for _, d := range l.data {
		for _, port := range d.ports {
			all = append(all, listener{d.key, port, nil})
			for _, r := range l.relays {
				if r.To == port {
					all = append(all, listener{d.key, r.From, nil})
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(a listener) bool { return a.port == 0 })
}

// has says whether something in the network listens on a port.
func (l *loopback) has(port int) bool {
	return slices.ContainsFunc(l.listeners(), func(a listener) bool { return a.port == port })
}

// conflict names two of two networks that listen on the same port, as a clause; empty where
// none do. With move, and where that leaves no conflict, it moves those that can be moved to
// their ports of the host.
func (l *loopback) conflict(other *loopback, move bool) string {
	moved := map[*candidate]string{} // why
	for _, a := range l.listeners() {
		for _, b := range other.listeners() {
			if a.port != b.port {
				continue
			}
			stays, moves := a, b
			if !b.moves(l, other) {
				stays, moves = b, a
			}
			if !move || !moves.moves(l, other) {
				return fmt.Sprintf("%s and %s both listen on port %d", a.name, b.name, a.port)
			}
			moved[moves.of] = fmt.Sprintf("%s listens on %d in the network that they share", stays.name, stays.port)
		}
	}
	for c, why := range moved {
		c.Port = stack.PortAt(c.HostPort, Evidence{Text: why})
		c.Note(c.Port.Evidence)
	}
	return ""
}

// moves says whether the service may listen on its port of the host instead, which no other
// service has, and nothing in the networks.
func (a listener) moves(networks ...*loopback) bool {
	c := a.of
	return c != nil && c.Frontend && c.Stack.Commands != nil && c.Port.Evidence.File == "" &&
		!slices.ContainsFunc(networks, func(l *loopback) bool { return l.has(c.HostPort) })
}

func newDataPorts(key string, of *dataservice.Service) dataPorts {
	d := dataPorts{key, []int{of.Port}}
	for _, extra := range of.Extra {
		d.ports = append(d.ports, extra.Port)
	}
	return d
}
