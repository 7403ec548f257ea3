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
// outside. What fails is in the rows: it ends no run. Services that failed are left
// alone: a port on which nothing listens cannot be opened in every workspace.
func (r *Run) expose(ctx context.Context, probes []ready.Probe) {
	out := r.Outcome
	running := map[string]string{}
	for _, p := range probes {
		running[p.Service] = expose.Running
	}
	if out.Project.Gateway != nil && r.failed.gateway == nil {
		running[project.GatewayName] = expose.Running
	}
	for service := range untouched(r) {
		running[service] = cmp.Or(running[service], expose.NotUpdated)
	}
	out.URLs = expose.Table(out.Project, out.Workspace, running)
	failed := fail.Services(r.failed.running())
	for i, row := range out.URLs {
		if failed[row.Service] {
			out.URLs[i].State = expose.Failed
		}
	}
	if !r.options.exposes() || ctx.Err() != nil {
		return
	}
	out.URLs = expose.Open(ctx, r.Ports, out.URLs, r.Sink)
	out.URLs = expose.Check(ctx, r.Web, out.Workspace, r.Ports, out.URLs)
}

// untouched are the services whose containers ran before, and run on because the run did not
// come to them.
func untouched(r *Run) map[string]bool {
	touched, services := map[string]bool{}, map[string]bool{}
	if r.Outcome.Plan != nil {
		for _, op := range r.Outcome.Plan.Ops {
			touched[op.Old.ID] = true
		}
	}
	for _, c := range r.before {
		if c.Up() && !c.OneOff && !touched[c.ID] {
			services[c.Service] = true
		}
	}
	return services
}
