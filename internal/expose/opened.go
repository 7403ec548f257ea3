package expose

import (
	"slices"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// Opened are the services of a resolved project that the internet reaches in this workspace, by
// a port that is made public or by a tunnel, sorted: also those that a public gateway leads to.
// A tunnel counts before it is open.
func Opened(p *project.Project, ws workspace.Info) []string {
	var names []string
	for _, r := range Table(p, ws, nil) {
		if r.URL == "" || !ws.Shares(r.Port) && (!r.Public || ws.Locked) {
			continue
		}
		names = append(names, Through(p, r)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Through are the services that a visitor of the row's URL reaches: its own, or those that
// the gateway leads to, in the order of its routes.
func Through(p *project.Project, r Row) []string {
	if r.Service != project.GatewayName || p.Gateway == nil {
		return []string{r.Service}
	}
	var names []string
	for _, route := range p.Gateway.Routes {
		if !slices.Contains(names, route.Service) {
			names = append(names, route.Service)
		}
	}
	return names
}
