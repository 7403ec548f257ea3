package up

import (
	"cmp"
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/workspace"
)

// expose makes the URL table, opens the ports that may be public, and asks every URL from
// outside. What fails is in the rows: it ends no run. Services that err is about are left
// alone: a port on which nothing listens cannot be opened in every workspace.
func (l *upRun) expose(ctx context.Context, probes []ready.Probe, ungated, err error) {
	t, out := l.Runner, l.out
	running := map[string]string{}
	for _, p := range probes {
		running[p.Service] = expose.Running
	}
	if out.Project.Gateway != nil && ungated == nil {
		running[project.GatewayName] = expose.Running
	}
	for service := range untouched(l) {
		running[service] = cmp.Or(running[service], expose.NotUpdated)
	}
	out.URLs = expose.Table(out.Project, out.Workspace, running)
	failed := fail.Services(err)
	for i, r := range out.URLs {
		if failed[r.Service] {
			out.URLs[i].State = expose.Failed
		}
	}
	if !l.options.exposes() || ctx.Err() != nil {
		return
	}
	out.URLs = expose.Open(ctx, t.Ports, out.URLs, t.Sink)
	out.URLs = expose.Check(ctx, t.Web, out.Workspace, t.Ports, out.URLs)
}

// untouched are the services whose containers ran before, and run on because the run did not
// come to them.
func untouched(l *upRun) map[string]bool {
	touched, services := map[string]bool{}, map[string]bool{}
	if l.out.Plan != nil {
		for _, op := range l.out.Plan.Ops {
			touched[op.Old.ID] = true
		}
	}
	for _, c := range l.before {
		if c.Up() && !c.OneOff && !touched[c.ID] {
			services[c.Service] = true
		}
	}
	return services
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
