// Package ports decides which host port each published port of a project gets,
// and finds out who holds a port of this machine.
//
// [Assign] is the decision: pure, and the same for the same input. [Decide] is
// what a command calls: it assigns, probes whether the outcome can be had, and
// assigns again with what it learned. Nothing is reserved; between a probe and
// the engine's own bind another program may take a port.
package ports

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/devup-cli/devup/internal/project"
)

// Holder is what holds a host port.
type Holder struct {
	Port      int
	Protocol  string // "tcp" or "udp"
	HostIP    string // address that is bound; empty or a wildcard address means all
	Container string // name of the container that publishes the port, or empty
	Project   string // Compose project of that container, or empty
	Dir       string // directory that this project was started from, or empty
	Service   string // service of the very project that asks, which got the port first; or empty
	Process   string // name of the process on the host, or empty where it is not known
	PID       int    // its process id; 0 where it is not known
}

// String says who it is: "container shop-web-1 of project shop in /home/ann/shop".
func (h Holder) String() string {
	switch {
	case h.Service != "":
		return "service " + h.Service
	case h.Container != "" && h.Project != "" && h.Dir != "":
		return fmt.Sprintf("container %s of project %s in %s", h.Container, h.Project, h.Dir)
	case h.Container != "" && h.Project != "":
		return fmt.Sprintf("container %s of project %s", h.Container, h.Project)
	case h.Container != "":
		return "container " + h.Container
	case h.Process != "":
		return fmt.Sprintf("%s (process %d)", h.Process, h.PID)
	default:
		return "another program"
	}
}

// Move is a port that does not get the host port that its config asks for.
type Move struct {
	Port   project.Port
	To     int    // host port that it gets instead
	Holder Holder // who has the wanted one; zero when it is free again and the port stays where it was
}

// String is the sentence for display.
func (m Move) String() string {
	if m.Holder == (Holder{}) {
		return fmt.Sprintf("%s: stays on port %d, where it was the last time; `devup up --strict-ports` takes %d again", m.Port.Service, m.To, m.Port.Wanted)
	}
	return fmt.Sprintf("%s: port %d is held by %s, so it is %d", m.Port.Service, m.Port.Wanted, m.Holder, m.To)
}

// overlap reports whether two addresses cannot both have the same port. 127.0.0.1 and
// ::1 could, but "localhost" would then mean one or the other.
func overlap(a, b string) bool {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX != nil || errY != nil || x.IsUnspecified() || y.IsUnspecified() {
		return true
	}
	return x == y || slices.Contains(loopbacks, x) && slices.Contains(loopbacks, y)
}
