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
// make public in the place of the ports that it leads to. Whoever reaches it reaches all
// of them, so that each must be one that may be public.
func withGateway(rows []Row, p *project.Project, place workspace.Place) []Row {
	g := p.Gateway
	if g == nil {
		return rows
	}
	gate := row(project.Port{Service: project.GatewayName, Target: g.HostPort, Wanted: g.HostPort, Protocol: "tcp", HostIP: g.HostIP}, place, false)
	led := ledTo(g)
	var open, shut []string
	for i, r := range rows {
		switch {
		case !led[portOf(r)]:
			continue
		case r.Public:
			open = append(open, r.Service)
		case !slices.Contains(shut, r.Service):
			shut = append(shut, r.Service)
		}
		rows[i].Public = false
	}
	switch {
	case gate.Public: // by a tunnel, which somebody agreed to
	case len(shut) == 0:
		gate.Public = len(open) > 0
	case len(open) > 0:
		gate.Advice = "its port stays private, because it also serves " + strings.Join(shut, ", ") + " too: set x-devup.public: true there as well, or leave it as it is, and a login lets you in"
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
