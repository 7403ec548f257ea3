package expose

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// withGateway puts the row of the project's gateway first: it is the one to open, and to
// make public instead of the ports that it leads to. A visitor of it reaches all of
// them, so each must be one that may be public.
func withGateway(rows []Row, p *project.Project, ws workspace.Info) []Row {
	g := p.Gateway
	if g == nil {
		return rows
	}
	gatewayRow := row(project.Port{Service: project.GatewayName, Target: g.HostPort, Wanted: g.HostPort, Protocol: "tcp", HostIP: g.HostIP}, ws, false)
	routed := routedPorts(g)
	var exposed, private []string
	for i, r := range rows {
		switch {
		case !routed[portOf(r)]:
			continue
		case r.Public:
			exposed = append(exposed, r.Service)
		case !slices.Contains(private, r.Service):
			private = append(private, r.Service)
		}
		rows[i].Public = false
	}
	switch {
	case gatewayRow.Public: // by a tunnel, to which the user agreed
	case len(private) == 0:
		gatewayRow.Public = len(exposed) > 0
	case len(exposed) > 0:
		gatewayRow.Advice = "its port stays private, because it also serves " + strings.Join(private, ", ") + " too: set x-devup.public: true there as well, or leave it as it is, and a login lets you in"
	}
	return append([]Row{gatewayRow}, rows...)
}

// routedPorts are the ports that a gateway leads to, as [portOf] names them; none for nil.
func routedPorts(g *project.Gateway) map[string]bool {
	routed := map[string]bool{}
	if g != nil {
		for _, route := range g.Routes {
			_, port, _ := net.SplitHostPort(route.Upstream)
			routed[route.Service+" "+port] = true
		}
	}
	return routed
}

func portOf(r Row) string { return r.Service + " " + strconv.Itoa(r.Port) }
