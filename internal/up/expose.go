package up

import (
	"cmp"
	"context"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
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
