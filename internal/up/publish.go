package up

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// publish makes public what may be, and asks every URL from outside. What fails is
// in the rows: it ends no run. Services that err is about are left alone: a port
// on which nothing listens cannot be opened in every place.
func (m Machine) publish(ctx context.Context, out *Outcome, err error, o Options) {
	failed := fail.Services(err)
	for i, r := range out.URLs {
		if failed[r.Service] {
			out.URLs[i].State = expose.Failed
		}
	}
	if !o.opens() || ctx.Err() != nil {
		return
	}
	out.URLs = expose.Open(ctx, m.Ports, out.URLs, m.Sink)
	out.URLs = expose.Check(ctx, m.Web, out.Place, m.Ports, out.URLs)
}

// opens tells whether the run opens ports: it does where it starts services and waits
// for them.
func (o Options) opens() bool {
	return !o.DryRun && !o.NoWait && !o.Plan.NoStart && o.Plan.OneOff == ""
}

// reveal is the place with the URLs that its platform gives only to ports that are
// open. Nothing listens on them yet; they are those that are made public anyway.
func (m Machine) reveal(ctx context.Context, p *project.Project, assigned map[project.PortKey]int, o Options) workspace.Place {
	if m.Ports.Reveal == nil || m.Place.Template != "" || !o.opens() {
		return m.Place
	}
	if o.Public {
		p = p.AllPublic()
	}
	var open, shut []int // a gateway that leads to what is not public is in both
	for _, port := range p.PublishedPorts() {
		n := assigned[p.Before(port).Key()]
		switch {
		case !port.Web() || n == 0:
		case !p.Extensions[port.Service].Public:
			shut = append(shut, n)
		case !slices.Contains(open, n):
			open = append(open, n)
		}
	}
	open = slices.DeleteFunc(open, func(n int) bool { return slices.Contains(shut, n) })
	if len(open) == 0 {
		return m.Place
	}
	template, err := m.Ports.Reveal(ctx, open)
	if err != nil || template == "" {
		text := "the public URLs are not known before a port is open: " + m.Ports.ByHand(open[0])
		if err != nil {
			text += " (" + err.Error() + ")"
		}
		m.Sink(event.Event{Kind: event.Note, ID: "reveal", Name: m.Place.Title, State: event.Warning, Text: text})
		return m.Place
	}
	return m.Place.Knowing(template)
}
