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
	if o.NoWait || o.Plan.NoStart || o.Plan.OneOff != "" || ctx.Err() != nil {
		return
	}
	out.URLs = expose.Open(ctx, m.Ports, out.URLs, m.Sink)
	out.URLs = expose.Check(ctx, m.Web, out.Place, m.Ports, out.URLs)
}

// reveal is the place with the URLs that its platform gives only to ports that are
// open. Nothing listens on them yet; they are those that are made public anyway.
func (m Machine) reveal(ctx context.Context, p *project.Project, assigned map[project.PortKey]int, o Options) workspace.Place {
	if m.Ports.Reveal == nil || m.Place.Template != "" || o.DryRun || o.Plan.OneOff != "" {
		return m.Place
	}
	var open []int
	for _, port := range p.PublishedPorts() {
		if port.Web() && (o.Public || p.Extensions[port.Service].Public) {
			if n := assigned[p.Before(port).Key()]; n != 0 && !slices.Contains(open, n) {
				open = append(open, n)
			}
		}
	}
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
