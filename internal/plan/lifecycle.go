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

// StartAll starts the stopped containers of the services and of those that they depend on, those
// that others depend on first, each when these are as it needs them. No services means all. Only what exists is started: nothing is made. A running
// container that shares the network of one that is started is restarted after it. hooked are
// the services that have pre_start hooks.
func StartAll(o Observed, services, hooked []string) *Plan {
	var changed []Container
	started := map[string]Container{}
	meant, _ := needs(o.Containers).Order(services...)
	for _, c := range selected(o, meant) {
		if c.State == "created" || c.State == "exited" {
			changed = append(changed, c)
			started[c.ID] = c
		}
	}
	members := map[string]bool{}
	for _, c := range o.Containers {
		if _, dead := owner(c, started); dead && c.Up() {
			changed, members[c.ID] = append(changed, c), true
		}
	}
	p := &Plan{}
	inOrder(p, o, changed, func(c Container) Op {
		if of, _ := owner(c, started); members[c.ID] {
			return Op{Action: RestartOnly, Old: c, Causes: []string{sharesNetwork(of.Service, "is started")}}
		}
		return Op{Action: Start, Old: c}
	})
	for _, service := range hooked {
		gatePreStart(p, 0, service, o.Of(service))
	}
	return p
}

// owner is the one of the containers, by ID, whose network a container shares.
func owner(c Container, containers map[string]Container) (Container, bool) {
	if c.Joins == "" {
		return Container{}, false
	}
	for _, other := range containers {
		if other.ID == c.Joins || other.Name == c.Joins {
			return other, true
		}
	}
	return Container{}, false
}

// sharesNetwork is the cause of a restart after that of the network's owner.
func sharesNetwork(owner, what string) string {
	return "shares the network of " + owner + ", which " + what
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
			op.Drop = slices.Sorted(slices.Values(slices.Concat(values(c.Data()), values(c.MaskVolumes()))))
		}
		return op
	})
	return p
}

func values(m map[string]string) []string { return slices.Collect(maps.Values(m)) }

// RestartAll restarts the containers of the services, those that others depend on
// first, each when these are as it needs them. No services means all. Services that ask for it in their depends_on (restart:
// true) are restarted after what they depend on, unless alone is set. Those that share the
// network of a restarted container always are: theirs is gone.
func RestartAll(o Observed, services []string, alone bool) *Plan {
	meant, causes := services, map[string]string{}
	for grown := len(services) > 0; grown; {
		grown = false
		for _, c := range o.Containers {
			if c.OneOff || slices.Contains(meant, c.Service) {
				continue
			}
			cause := restartCause(o, c, meant, alone)
			if cause != "" {
				meant, grown, causes[c.Service] = append(slices.Clone(meant), c.Service), true, cause
			}
		}
	}
	p := &Plan{}
	inOrder(p, o, selected(o, meant), func(c Container) Op {
		op := Op{Action: RestartOnly, Old: c}
		if cause := causes[c.Service]; cause != "" {
			op.Causes = []string{cause}
		}
		return op
	})
	return p
}

// restartCause says why a container is restarted after those of the services; empty where it
// is not.
func restartCause(o Observed, c Container, services []string, alone bool) string {
	restarted := map[string]Container{}
	for _, other := range selected(o, services) {
		restarted[other.ID] = other
	}
	if of, shares := owner(c, restarted); shares && (c.Up() || !alone) {
		return sharesNetwork(of.Service, "is restarted")
	}
	if !alone && slices.ContainsFunc(c.Follows, func(s string) bool { return slices.Contains(services, s) }) {
		return "depends on a service that is restarted"
	}
	return ""
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
