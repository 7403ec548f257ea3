// Package ports decides which host port each published port of a project gets,
// given what the config wants, what others hold, and what it was the last time
// ([Assign], pure), and finds out who holds a port of this machine ([Listening]).
package ports

import "github.com/devup-cli/devup/internal/project"

// Holder is somebody who holds a host port.
type Holder struct {
	Port      int
	Protocol  string // "tcp" or "udp"
	HostIP    string // address that is bound; empty or a wildcard address means all
	Container string // name of the container that publishes the port, or empty
	Project   string // Compose project of that container, or empty
	Process   string // name of the process on the host, or empty where it is not known
	PID       int    // its process id; 0 where it is not known
}

// Move is a port that does not get the host port that its config asks for.
type Move struct {
	Port   project.Port
	To     int    // host port that it gets instead
	Holder Holder // who has the wanted one
}

// Assign decides the host port of every wanted port.
func Assign(wanted []project.Port, taken []Holder, remembered map[project.PortKey]int) (map[project.PortKey]int, []Move, error) {
	return nil, nil, nil
}
