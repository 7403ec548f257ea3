package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/untrusted"
)

// loopbackView is a service in devup.yaml that holds the network of others.
type loopbackView struct {
	Key     string
	Members untrusted.Inert // "api and web"
	Why     untrusted.Inert // where the source calls localhost; empty where none does
	Hidden  untrusted.Inert // where it listens on 127.0.0.1 alone; empty where none does
	Command []string
	Ports   []portPair
	Data    []string // ports of data services: "127.0.0.1:5432:5432"
	Aliases []string // the names by which the other services know the members
}

// portPair is a port of the host and the one in the container that it leads to.
type portPair struct{ Host, Container int }

// loopbacks are the networks that devup.yaml gives to services. One of which devup.yaml has a
// part already stays as it is there: ports and names are added to no service that exists.
func loopbacks(repo detect.Repository, o Options) []detect.Loopback {
	return slices.DeleteFunc(slices.Clone(repo.Loopbacks), func(l detect.Loopback) bool {
		has, lacks := false, false
		for _, name := range slices.Concat(l.Members, l.Data, []string{l.Name}) {
			s, _ := find(repo, name)
			_, marked := o.Marked[or(s.Compose, name)]
			has, lacks = has || marked, lacks || !marked
		}
		return has && lacks
	})
}

// loopbackOf is the network that a service shares; the zero value for its own.
func loopbackOf(all []detect.Loopback, service string) detect.Loopback {
	i := slices.IndexFunc(all, func(l detect.Loopback) bool {
		return slices.Contains(l.Members, service) || slices.Contains(l.Data, service)
	})
	if i < 0 {
		return detect.Loopback{}
	}
	return all[i]
}

// inside is the host and port at which a service in a network calls another one. In one network it is at
// localhost, the name that a server with a list of hosts knows.
func inside(s detect.Service, shared detect.Loopback) string {
	if slices.Contains(shared.Members, s.Name) {
		return fmt.Sprintf("localhost:%d", s.Port.Number)
	}
	return fmt.Sprintf("%s:%d", key(s), reached(s))
}

func newLoopbackView(repo detect.Repository, l detect.Loopback) loopbackView {
	v := loopbackView{Key: l.Name}
	var forwards []string
	for _, name := range l.Members {
		s, _ := find(repo, name)
		v.Aliases = append(v.Aliases, key(s))
		if s.Port.Number != 0 {
			v.Ports = append(v.Ports, portPair{s.HostPort, reached(s)})
		}
		if s.Forward != 0 {
			forwards = append(forwards, forward(s.Forward, s.Port.Number))
		}
	}
	for _, r := range l.Relays {
		forwards = append(forwards, forward(r.From, r.To))
	}
	for _, need := range repo.Data {
		if slices.Contains(l.Data, need.Key) {
			v.Aliases, v.Data = append(v.Aliases, need.Key), append(v.Data, newDataView(need, l).Ports...)
		}
	}
	last := len(v.Aliases) - 1
	v.Members = untrusted.Comment(strings.TrimPrefix(strings.Join(v.Aliases[:last], ", ")+" and "+v.Aliases[last], " and "))
	if len(l.Calls) > 0 {
		v.Why = untrusted.Comment(fmt.Sprintf("%s:%d has %s", l.Calls[0].File, l.Calls[0].Line, l.Calls[0].Text))
	}
	if len(l.Hidden) > 0 {
		v.Hidden = untrusted.Comment(fmt.Sprintf("%s:%d %s", l.Hidden[0].File, l.Hidden[0].Line, l.Hidden[0].Text))
	}
	v.Command = []string{"sleep", "infinity"}
	if len(forwards) > 0 {
		v.Command = []string{"sh", "-c", strings.Join(append(forwards, "wait"), " ")}
	}
	return v
}

// reached is the port at which other networks reach a service.
func reached(s detect.Service) int {
	if s.Forward != 0 {
		return s.Forward
	}
	return s.Port.Number
}

// forward is a shell command that passes connections to a port on to one on the loopback. Not
// each busybox has tcpsvd.
func forward(from, to int) string {
	there := fmt.Sprintf("'nc 127.0.0.1 %d || nc ::1 %d'", to, to) // localhost may be either
	return fmt.Sprintf("{ tcpsvd -c 100 0 %d sh -c %s || nc -ll -p %d -e sh -c %s; } &", from, there, from, there)
}
