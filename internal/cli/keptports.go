package cli

import (
	"context"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/up"
)

// keptPorts are the host ports that the project of this checkout had the last time, where
// the files ask for the same as then.
func (a *app) keptPorts(ctx context.Context, p *project.Project) map[project.PortKey]int {
	wanted := map[project.PortKey]int{}
	for _, w := range p.PublishedPorts() {
		wanted[w.Key()] = w.Wanted
	}
	ports := map[project.PortKey]int{}
	for _, kept := range a.checkoutAt(p.WorkingDir).Read(ctx).Projects[p.Name].Ports {
		if asked, ok := wanted[keyOf(kept)]; ok && asked == kept.Wanted {
			ports[keyOf(kept)] = kept.Port
		}
	}
	return ports
}

func keyOf(p checkout.Port) project.PortKey {
	return project.PortKey{Service: p.Service, Target: p.Target, Protocol: p.Protocol, Index: p.Index, Copy: p.Copy}
}

// keepPorts keeps those ports of a run that are not the files' own. A checkout that cannot
// be written keeps none, and has them as long as its containers exist.
func (a *app) keepPorts(ctx context.Context, p *project.Project, o *up.Outcome) {
	err := a.checkoutAt(p.WorkingDir).Update(ctx, p.Name, func(kept *checkout.Project) {
		var ports []checkout.Port
		for _, other := range kept.Ports { // services that are no part of this run
			if _, ran := o.Ports[keyOf(other)]; !ran {
				ports = append(ports, other)
			}
		}
		for _, w := range p.PublishedPorts() {
			if n := o.Ports[w.Key()]; n != 0 && n != w.Wanted {
				ports = append(ports, checkout.Port{
					Service: w.Service, Target: w.Target, Protocol: w.Protocol, Index: w.Index, Copy: w.Copy, Wanted: w.Wanted, Port: n,
				})
			}
		}
		kept.Ports = ports
	})
	a.noteForgotten(ctx, err)
}
