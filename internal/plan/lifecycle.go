package plan

import (
	"maps"
	"slices"
	"strings"
)

// The actions of commands that change what runs and make nothing.
const (
	Pause   Action = "pause"
	Unpause Action = "unpause"
)

// StartAll starts the stopped containers of the services, those that others depend on
// first. No services means all. Only what exists is started: nothing is made.
func StartAll(o Observed, services []string) *Plan {
	var stopped []Container
	for _, c := range selected(o, services) {
		if c.State == "created" || c.State == "exited" {
			stopped = append(stopped, c)
		}
	}
	return dependenciesFirst(o, stopped, Start, "")
}

// KillAll sends a signal to the running containers of the services, all at once. No
// services means all. A signal that a process may survive is named as the cause.
func KillAll(o Observed, services []string, signal string) *Plan {
	op := Op{Action: Kill, Signal: signal}
	if !op.Fatal() {
		op.Causes = []string{"signal " + signal}
	}
	return each(o, services, func(c Container) bool { return c.Up() || c.State == "paused" }, op)
}

// Fatal reports whether the signal of a Kill is the one that no process survives.
func (op Op) Fatal() bool {
	switch strings.ToUpper(op.Signal) {
	case "", "9", "KILL", "SIGKILL":
		return true
	}
	return false
}

// PauseAll freezes the running containers of the services. No services means all.
func PauseAll(o Observed, services []string) *Plan {
	return each(o, services, func(c Container) bool { return c.State == "running" }, Op{Action: Pause})
}

// UnpauseAll lets the frozen containers of the services go on. No services means all.
func UnpauseAll(o Observed, services []string) *Plan {
	return each(o, services, func(c Container) bool { return c.State == "paused" }, Op{Action: Unpause})
}

// RemoveOptions changes what [RemoveStopped] plans. The zero value removes stopped
// containers and keeps all volumes.
type RemoveOptions struct {
	Stop    bool // stop and remove those that run, too
	Volumes bool // their anonymous volumes go with them
}

// RemoveStopped removes the stopped containers of the services, one-off ones too. No
// services means all.
func RemoveStopped(o Observed, services []string, opts RemoveOptions) *Plan {
	var gone []Container
	for _, c := range o.Containers {
		meant := len(services) == 0 || slices.Contains(services, c.Service)
		if meant && (opts.Stop && !c.OneOff || !c.Up() && c.State != "paused") {
			gone = append(gone, c)
		}
	}
	p := &Plan{}
	dependentsFirst(p, o, gone, func(c Container) Op {
		op := Op{Action: Remove, Old: c}
		if opts.Volumes {
			op.Drop = slices.Sorted(slices.Values(slices.Concat(values(c.Data()), values(c.Shadows()))))
		}
		return op
	})
	return p
}

func values(m map[string]string) []string { return slices.Collect(maps.Values(m)) }

// RestartAll restarts the containers of the services, those that others depend on
// first. No services means all. Services that ask for it in their depends_on (restart:
// true) are restarted after what they depend on, unless alone is set.
func RestartAll(o Observed, services []string, alone bool) *Plan {
	meant := services
	for grown := !alone && len(services) > 0; grown; {
		grown = false
		for _, c := range o.Containers {
			follows := slices.ContainsFunc(c.Follows, func(s string) bool { return slices.Contains(meant, s) })
			if follows && !c.OneOff && !slices.Contains(meant, c.Service) {
				meant, grown = append(slices.Clone(meant), c.Service), true
			}
		}
	}
	return dependenciesFirst(o, selected(o, meant), RestartOnly, "depends on a service that is restarted", services...)
}

// each adds one operation for every container of the services that is in a state.
func each(o Observed, services []string, in func(Container) bool, op Op) *Plan {
	p := &Plan{}
	for _, c := range selected(o, services) {
		if in(c) {
			op.Name, op.Service, op.Number, op.Old = c.Name, c.Service, c.Number, c
			p.add(op)
		}
	}
	slices.SortFunc(p.Ops, func(a, b Op) int { return byName(a.Old, b.Old) })
	return p
}

// dependenciesFirst adds an operation for each of the containers; those of a service
// wait for those of every service that it depends on, as all containers of the project
// say. Where asked is not empty, the operations of other services say why they are
// there.
func dependenciesFirst(o Observed, containers []Container, action Action, cause string, asked ...string) *Plan {
	p := &Plan{}
	walk(p, containers, needs(o.Containers), func(c Container) Op {
		op := Op{Action: action, Old: c}
		if len(asked) > 0 && !slices.Contains(asked, c.Service) {
			op.Causes = []string{cause}
		}
		return op
	})
	return p
}
