package up

import (
	"context"
	"net"
	"net/url"
	"strconv"

	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/workspace"
)

// serveGateway has the project's gateway serve what the plan has made, before that
// answers: until then a browser gets a page that waits. Where no gateway is wanted any
// more, one that is left ends.
func (l *upRun) serveGateway(ctx context.Context) error {
	o, out := l.options, l.out
	switch {
	case o.Plan.NoStart, o.Plan.OneOff != "", ctx.Err() != nil:
		return nil // nothing is there to serve, or it was served before
	case out.Project.Gateway == nil:
		return l.Gateway.End(ctx, true)
	default:
		return l.Gateway.Ensure(ctx, gatewayConfig(out.Project, out.Workspace))
	}
}

// gatewayConfig is what the gateway of a resolved project serves in this workspace.
func gatewayConfig(p *project.Project, ws workspace.Info) gateway.Config {
	g := p.Gateway
	wanted, _ := urls.GatewayPort(p)
	c := gateway.Config{
		Listen:      net.JoinHostPort(g.HostIP, strconv.Itoa(g.HostPort)),
		BehindProxy: ws.Remote || len(ws.Tunnels) > 0, Wanted: wanted.Wanted, Asked: g.Now.Asked,
	}
	for _, r := range g.Routes {
		if r.Upstream != "" {
			c.Routes = append(c.Routes, gateway.Route{Prefix: r.Prefix, Service: r.Service, Upstream: r.Upstream, Strip: r.Strip})
		}
	}
	if u, err := url.Parse(ws.URL(g.HostPort)); err == nil && u.Hostname() != "localhost" {
		c.Origins = []string{u.Scheme + "://" + u.Host}
	}
	return c
}
