package expose

import (
	"net"
	"strconv"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// withGateway puts the row of the project's gateway first: it is the one to open, and to
// make public in the place of the ports that it leads to.
func withGateway(rows []Row, p *project.Project, place workspace.Place) []Row {
	g := p.Gateway
	if g == nil {
		return rows
	}
	gate := row(project.Port{Service: project.GatewayName, Target: g.HostPort, Wanted: g.HostPort, Protocol: "tcp", HostIP: g.HostIP}, place, false)
	led := ledTo(g)
	for i, r := range rows {
		if led[portOf(r)] {
			gate.Public, rows[i].Public = gate.Public || r.Public, false
		}
	}
	return append([]Row{gate}, rows...)
}

// ledTo are the ports that a gateway leads to, as [portOf] names them; none for nil.
func ledTo(g *project.Gateway) map[string]bool {
	led := map[string]bool{}
	if g != nil {
		for _, route := range g.Routes {
			_, port, _ := net.SplitHostPort(route.Upstream)
			led[route.Service+" "+port] = true
		}
	}
	return led
}

func portOf(r Row) string { return r.Service + " " + strconv.Itoa(r.Port) }
