// Package plan decides what has to happen so that the engine runs what the
// project asks for. It is pure: no context, no clock, no engine. The order of
// use is: package run observes the engine, [Make] (or [Down], [StopAll],
// [RestartAll]) compares that with the project, and package run applies the
// [Plan]. Every operation carries its causes, so that each decision can be
// printed.
package plan

import (
	"strings"
)

// Action is what an operation does to its resource.
type Action string

// The actions. Their text is part of the JSON output.
const (
	CreateNetwork   Action = "create-network"
	RecreateNetwork Action = "recreate-network" // disconnect Detach, then replace it
	RemoveNetwork   Action = "remove-network"
	CreateVolume    Action = "create-volume"
	RemoveVolume    Action = "remove-volume"
	Create          Action = "create"   // create a container and start it
	Recreate        Action = "recreate" // replace a container, keeping its volumes
	Rename          Action = "rename"   // finish a replacement that was interrupted
	Start           Action = "start"
	Stop            Action = "stop"
	Kill            Action = "kill"
	RestartOnly     Action = "restart"
	Remove          Action = "remove" // stop where needed, then remove
	Await           Action = "await"  // wait until the containers Names meet Condition
)

// NotCreated is the cause of an [Op] that makes a container where there is none.
const NotCreated = "not created yet"

// Op is one operation. The zero value means nothing.
type Op struct {
	Action      Action
	Name        string            // the resource's name on the engine
	Service     string            // the service of a container; empty for networks and volumes
	Key         string            // the key of a network or volume in the project; of a mask volume, what it is for
	Number      int               // the number of a container in its service, from 1
	Causes      []string          // why, each a few words; no secret value is ever among them
	After       []int             // indexes of the operations that must have succeeded first
	AfterEnd    []int             // indexes of the operations that must have ended first, with or without an error
	Old         Container         // the container that exists, for every action but Create
	KeepVolumes map[string]string // Create, Recreate: mount target -> existing anonymous volume to mount there again
	Condition   string            // Await: "service_healthy" or "service_completed_successfully"
	Names       []string          // Await: the containers
	Optional    bool              // Await: it is no failure when the condition is never met
	Detach      []string          // RecreateNetwork: IDs of the project's containers in it
	Rejoin      []string          // RecreateNetwork: those of Detach that are not replaced, and join the new one
	Declared    *Declared         // Create, Recreate: of a service that shares another one's container, whose ID counts for [LabelHash]
	Hosts       map[string]string // with Declared: the containers of these services that are there now, by service
	NoStart     bool              // Create, Recreate, Rename: leave the container created
	PreStart    bool              // Create, Recreate, Rename, Start: run the service's pre_start hooks before the start
	Labels      map[string]string // of what is made: the hashes that say what it was made from
	Drop        []string          // Remove: anonymous volumes that go with the container, sorted
	Signal      string            // Kill: what is sent, as the user wrote it
	Disposable  bool              // RemoveVolume: nothing is lost, the volume holds only what an image holds
}

// Title is the name of the operation's resource for a user. A mask volume's own name
// is 64 hex digits; what it is for says more.
func (op Op) Title() string {
	if op.Disposable {
		return op.Key
	}
	return op.Name
}

// Plan is a list of operations in an order that respects After: an operation
// only waits for earlier ones. The zero Plan does nothing.
type Plan struct {
	Ops []Op
	// Orphans are containers that carry the project's name but belong to no
	// service of it, by name. They are reported and left alone.
	Orphans []string
}

// Empty reports whether nothing has to be done. A plan that only awaits is empty.
func (p *Plan) Empty() bool {
	for _, op := range p.Ops {
		if op.Action != Await {
			return false
		}
	}
	return true
}

// String is the plan for display, one operation a line.
func (p *Plan) String() string {
	lines := p.Lines()
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// Lines is the plan as text: an operation in each line.
func (p *Plan) Lines() []string {
	var lines []string
	for _, op := range p.Ops {
		if op.Action == Await {
			continue
		}
		line := string(op.Action) + " " + op.Title()
		if len(op.Causes) > 0 {
			line += ": " + strings.Join(op.Causes, "; ")
		}
		lines = append(lines, line)
	}
	return lines
}

// Lost are the names of the volumes that may hold data and that the plan removes, as often
// as it does.
func (p *Plan) Lost() []string {
	var lost []string
	for _, op := range p.Ops {
		lost = append(lost, op.Drop...)
		if op.Action == RemoveVolume && !op.Disposable {
			lost = append(lost, op.Name)
		}
	}
	return lost
}

// add appends an operation and gives its index.
func (p *Plan) add(op Op) int {
	p.Ops = append(p.Ops, op)
	return len(p.Ops) - 1
}
