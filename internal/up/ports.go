package up

import (
	"context"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// place decides the host ports and puts the URLs of this place into the project.
func (m Machine) place(ctx context.Context, out *Outcome, p *project.Project, t *try, o Options) error {
	look := t.look
	request := ports.Request{Wanted: p.PublishedPorts(), Strict: o.StrictPorts}
	gate, gated := p.GatewayPort()
	request.Remembered = map[project.PortKey]int{}
	maps.Copy(request.Remembered, o.Ports)
	maps.Copy(request.Remembered, meant(request.Wanted, Remembered(request.Wanted, look.Containers), look.Containers))
	request.Ours, request.Taken = holders(p.Name, look)
	request.Taken = append(request.Taken, t.lost...)
	if !m.Remote {
		request.Probe = func(protocol string, wanted []int) []ports.Holder { return ports.Bound(ctx, protocol, wanted) }
	}
	if gated {
		request.Wanted = append(request.Wanted, gate)
		if now := p.Gateway.Now; now.Port != 0 {
			request.Remembered[gate.Key()] = now.Port
			if now.Serves {
				request.Ours = append(request.Ours, ports.Holder{Port: now.Port, Protocol: gate.Protocol})
			}
		}
	}
	assigned, moves, err := ports.Decide(request)
	if err != nil {
		return err
	}
	out.Ports = maps.Clone(assigned)
	maps.Copy(assigned, Remembered(p.OtherPorts(), look.Containers))
	out.Moves, out.Place = moves, m.reveal(ctx, p, assigned, o)
	where := project.Where{URL: out.Place.URL, HostIP: out.Place.HostIP()}
	if p.WantsOwner() {
		if where.UID, where.GID, err = m.Owner(ctx); err != nil {
			return err
		}
	}
	out.Project = p.Resolve(assigned, where)
	if o.Public {
		out.Project = out.Project.AllPublic()
	}
	return nil
}

// Remembered gives the host ports that the containers of a project have now. A
// wanted port that no container publishes is left out.
func Remembered(wanted []project.Port, containers []plan.Container) map[project.PortKey]int {
	mine := map[project.PortKey]int{}
	used := map[string]map[int]bool{}
	for _, w := range wanted {
		for _, c := range containers {
			if c.Service != w.Service || c.OneOff || c.Number != w.Copy+1 {
				continue
			}
			if used[c.ID] == nil {
				used[c.ID] = map[int]bool{}
			}
			public := publicOf(c, w, used[c.ID])
			if public != 0 {
				mine[w.Key()] = public
				used[c.ID][public] = true
				break
			}
		}
	}
	return mine
}

// meant leaves those of the remembered ports that the config still means: the wanted
// ones, and those that were taken in their place. Any other was asked for by a config
// that has been edited since.
func meant(wanted []project.Port, remembered map[project.PortKey]int, containers []plan.Container) map[project.PortKey]int {
	valid := map[project.PortKey]int{}
	for _, w := range wanted {
		n := remembered[w.Key()]
		moved := slices.ContainsFunc(containers, func(c plan.Container) bool {
			return c.Service == w.Service && !c.OneOff && c.Number == w.Copy+1 && c.MovedFrom(w.Target, w.Protocol, w.Wanted)
		})
		if n != 0 && (w.Wanted == 0 || n == w.Wanted || moved) {
			valid[w.Key()] = n
		}
	}
	return valid
}

// publicOf finds a host port of a container for a wanted port; the same target
// published twice has two, and used holds those that are given away.
func publicOf(c plan.Container, w project.Port, used map[int]bool) int {
	var found []int
	for _, p := range c.Ports {
		if p.Target == w.Target && p.Protocol == w.Protocol && !used[p.Public] {
			found = append(found, p.Public)
		}
	}
	if slices.Contains(found, w.Wanted) {
		return w.Wanted
	}
	if len(found) == 0 {
		return 0
	}
	return slices.Min(found)
}

// holders are the host ports that containers publish: the project's own, and
// those of everybody else.
func holders(project string, look run.Look) (ours, others []ports.Holder) {
	for _, h := range look.Holders {
		holder := ports.Holder{Port: h.Public, Protocol: h.Protocol, HostIP: h.HostIP, Container: h.Container, Project: h.Project, Dir: h.Dir}
		if h.Project == project {
			ours = append(ours, holder)
		} else {
			others = append(others, holder)
		}
	}
	return ours, others
}
