package up

import (
	"context"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/workspace"
)

// assignPorts decides the host ports, and what the URLs of the workspace are with them.
func (l *upRun) assignPorts(ctx context.Context, state observe.Project) (map[project.PortKey]int, error) {
	p, wanted := l.loaded, l.loaded.PublishedPorts()
	request := ports.Request{Wanted: wanted, Strict: l.options.StrictPorts, Remembered: map[project.PortKey]int{}}
	maps.Copy(request.Remembered, l.options.Ports)
	maps.Copy(request.Remembered, stillWanted(wanted, Remembered(wanted, state.Containers), state.Containers))
	request.Ours, request.Taken = holders(p.Name, state)
	request.Taken = append(request.Taken, l.lost...)
	if !l.Remote {
		request.Probe = func(protocol string, wanted []ports.Address) []ports.Holder {
			return ports.Bound(ctx, protocol, wanted)
		}
	}
	requestGateway(&request, p)
	assigned, moves, err := ports.Decide(request)
	if err != nil {
		return nil, err
	}
	l.out.Ports, l.out.Moves = maps.Clone(assigned), moves
	maps.Copy(assigned, Remembered(p.OtherPorts(), state.Containers))
	l.out.Workspace = l.revealURLs(ctx, assigned)
	return assigned, nil
}

// requestGateway adds the port of the project's gateway, which is no container's.
func requestGateway(request *ports.Request, p *project.Project) {
	port, ok := urls.GatewayPort(p)
	if !ok {
		return
	}
	request.Wanted = append(request.Wanted, port)
	if now := p.Gateway.Now; now.Port != 0 {
		request.Remembered[port.Key()] = now.Port
		if now.Serves {
			request.Ours = append(request.Ours, ports.Holder{Port: now.Port, Protocol: port.Protocol})
		}
	}
}

// revealURLs is the workspace with the URLs that its platform gives only to ports that are
// open. Nothing listens on them yet; they are those that are made public anyway.
func (l *upRun) revealURLs(ctx context.Context, assigned map[project.PortKey]int) workspace.Info {
	t, p := l.Runner, l.loaded
	if t.Ports.Reveal == nil || t.Workspace.Template != "" || !l.options.exposes() {
		return t.Workspace
	}
	var exposed, private []int // a gateway that leads to what is not public is in both
	for _, port := range p.PublishedPorts() {
		n := assigned[urls.InFront(p, port).Key()]
		switch {
		case !port.Web() || n == 0:
		case !p.Extensions[port.Service].Public:
			private = append(private, n)
		case !slices.Contains(exposed, n):
			exposed = append(exposed, n)
		}
	}
	exposed = slices.DeleteFunc(exposed, func(n int) bool { return slices.Contains(private, n) })
	if len(exposed) == 0 {
		return t.Workspace
	}
	template, err := t.Ports.Reveal(ctx, exposed)
	if err != nil || template == "" {
		text := "the public URLs are not known before a port is open: " + t.Ports.ByHand(exposed[0])
		if err != nil {
			text += " (" + err.Error() + ")"
		}
		t.Sink(event.Event{Kind: event.Note, ID: "reveal", Name: t.Workspace.Title, State: event.Warning, Text: text})
		return t.Workspace
	}
	return t.Workspace.WithReported(template)
}

// Remembered gives the host ports that the containers of a project have now. A
// wanted port that no container publishes is left out.
func Remembered(wanted []project.Port, containers []plan.Container) map[project.PortKey]int {
	mine := map[project.PortKey]int{}
	used := map[string]map[int]bool{}
	for _, w := range wanted {
		for _, c := range containers {
			if c.Service != w.Publisher() || c.OneOff || c.Number != w.Copy+1 {
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

// stillWanted leaves those of the remembered ports that the config still means: the wanted
// ones, and those that replaced a wanted one that was taken. Any other was asked for by a
// config that has been edited since.
func stillWanted(wanted []project.Port, remembered map[project.PortKey]int, containers []plan.Container) map[project.PortKey]int {
	valid := map[project.PortKey]int{}
	for _, w := range wanted {
		n := remembered[w.Key()]
		moved := slices.ContainsFunc(containers, func(c plan.Container) bool {
			return c.Service == w.Publisher() && !c.OneOff && c.Number == w.Copy+1 && c.MovedFrom(w.Target, w.Protocol, w.Wanted)
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
// those of all others.
func holders(project string, state observe.Project) (ours, others []ports.Holder) {
	for _, h := range state.Holders {
		holder := ports.Holder{Port: h.Public, Protocol: h.Protocol, HostIP: h.HostIP, Container: h.Container, Project: h.Project, Dir: h.Dir}
		if h.Project == project {
			ours = append(ours, holder)
		} else {
			others = append(others, holder)
		}
	}
	return ours, others
}
