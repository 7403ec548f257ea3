package up

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// noteLostPorts notes the ports that containers could not have, and reports whether there are any.
// Where this machine sees who holds one, the next attempt finds that out and says it.
func (l *upRun) noteLostPorts(ctx context.Context, failed error) bool {
	lost := false
	for _, e := range fail.Failures(failed) {
		taken, ok := errors.AsType[*run.TakenPort](e)
		if !ok {
			continue
		}
		lost = true
		l.avoidPort(ctx, l.Remote, taken.Port, "tcp", "udp") // the engine may not say which
	}
	return lost
}

// avoidPort makes the next choice leave out a port, at each address that a service had it on,
// if it cannot find out by itself that the port is taken there.
func (l *upRun) avoidPort(ctx context.Context, remote bool, port int, protocols ...string) {
	for _, protocol := range protocols {
		for _, address := range l.addresses(protocol, port) {
			if remote || len(ports.Bound(ctx, protocol, []ports.Address{address})) == 0 {
				l.lost = append(l.lost, ports.Holder{Port: port, Protocol: protocol, HostIP: address.HostIP})
			}
		}
	}
}

// addresses are those on which services have the host port; all where no service has it.
func (l *upRun) addresses(protocol string, port int) []ports.Address {
	var found []ports.Address
	for _, p := range l.loaded.PublishedPorts() {
		address := ports.Address{HostIP: p.HostIP, Port: port}
		if p.Protocol == protocol && l.out.Ports[p.Key()] == port && !slices.Contains(found, address) {
			found = append(found, address)
		}
	}
	if found == nil {
		return []ports.Address{{Port: port}}
	}
	return found
}

// noteStarted notes of which services a plan starts containers.
func (l *upRun) noteStarted(p *plan.Plan) {
	for _, op := range p.Ops {
		if starts(op) && !slices.Contains(l.out.Started, op.Service) {
			l.out.Started = append(l.out.Started, op.Service)
		}
	}
}

// starts reports whether a container runs after an operation that did not run before.
func starts(op plan.Op) bool {
	switch op.Action {
	case plan.Create, plan.Recreate, plan.Start, plan.Rename, plan.Unpause:
		return true
	default:
		return false
	}
}

// remaining are the containers of the project's services after the plan: those that it
// left alone and those that it started, by service and number. Services that are no part
// of this run may have containers too, which it does not count.
func remaining(p *project.Project, before []plan.Container, done *plan.Plan, result *run.Result, oneOff string) []plan.Container {
	touched := map[string]bool{}
	var all []plan.Container
	for _, op := range done.Ops {
		touched[op.Old.ID] = true
		if id := result.IDs[op.Service][op.Number]; id != "" && op.Service != oneOff {
			c := op.Old
			c.ID, c.Name, c.Service, c.Number, c.State = id, op.Name, op.Service, op.Number, "running"
			all = append(all, c)
		}
	}
	for _, c := range before {
		if _, ours := p.Services[c.Service]; ours && !c.OneOff && !touched[c.ID] && c.Service != oneOff {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b plan.Container) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number))
	})
	return all
}
