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
	Why     untrusted.Inert // where the source calls localhost
	Ports   []portPair
	Aliases []string // the names by which the other services know the members
}

// portPair is a port of the host and the one in the container that it leads to.
type portPair struct{ Host, Container int }

// loopbacks are the networks that devup.yaml gives to services. One of which devup.yaml has a
// part already stays as it is there: ports and names are added to no service that exists.
func loopbacks(repo detect.Repository, o Options) []detect.Loopback {
	return slices.DeleteFunc(slices.Clone(repo.Loopbacks), func(l detect.Loopback) bool {
		has, lacks := false, false
		for _, name := range append(slices.Clip(l.Members), l.Name) {
			s, _ := find(repo, name)
			_, marked := o.Marked[or(s.Compose, name)]
			has, lacks = has || marked, lacks || !marked
		}
		return has && lacks
	})
}

// loopbackOf is the network that a service shares; the zero value for its own.
func loopbackOf(all []detect.Loopback, service string) detect.Loopback {
	i := slices.IndexFunc(all, func(l detect.Loopback) bool { return slices.Contains(l.Members, service) })
	if i < 0 {
		return detect.Loopback{}
	}
	return all[i]
}

// hostOf is what a service in a network calls another one. In one network it is localhost, the
// name that a server with a list of hosts knows.
func hostOf(s detect.Service, shared detect.Loopback) string {
	if slices.Contains(shared.Members, s.Name) {
		return "localhost"
	}
	return key(s)
}

func newLoopbackView(repo detect.Repository, l detect.Loopback) loopbackView {
	v := loopbackView{Key: l.Name}
	for _, name := range l.Members {
		s, _ := find(repo, name)
		v.Aliases = append(v.Aliases, key(s))
		if s.Port.Number != 0 {
			v.Ports = append(v.Ports, portPair{s.HostPort, s.Port.Number})
		}
	}
	last := len(v.Aliases) - 1
	v.Members = untrusted.Comment(strings.Join(v.Aliases[:last], ", ") + " and " + v.Aliases[last])
	if len(l.Calls) > 0 {
		e := l.Calls[0]
		v.Why = untrusted.Comment(fmt.Sprintf("%s:%d has %s", e.File, e.Line, e.Text))
	}
	return v
}
