package urls

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// Found is what a service's source says about it.
type Found struct {
	Routes []string // the path prefixes that it serves
	Page   bool     // it is a frontend
}

// WithoutGateway gives a copy in which no gateway is asked for.
func WithoutGateway(p *project.Project) *project.Project {
	return p.Edit(func(own *project.Project) { own.Gateway = nil })
}

// WithGatewayNow gives a copy that knows what is there of its gateway.
func WithGatewayNow(p *project.Project, now project.GatewayNow) *project.Project {
	return p.Edit(func(own *project.Project) { own.Gateway.Now = now })
}

// RoutesConfigured tells whether the files say what the gateway serves, so that no one
// has to look for it.
func RoutesConfigured(p *project.Project) bool {
	if p.Gateway != nil && len(p.Gateway.Routes) > 0 {
		return true
	}
	for name := range p.Running() {
		if len(p.Extensions[name].Routes) > 0 {
			return true
		}
	}
	return false
}

// SourceDirectories are the directories with the source of those services that a gateway can
// lead to, as project.Project.Directories gives them.
func SourceDirectories(p *project.Project) map[string][]string {
	directories := map[string][]string{}
	for name := range p.Running() {
		if _, web := webPortOf(p, name); web {
			directories[name] = p.Directories(name)
		}
	}
	return directories
}

// WithGateway gives a copy with a gateway whose routes are decided: those of the config,
// else those of the services' x-devup, else those that were found. What no other route
// takes goes to the frontend. The error, a [fail.Error] with the code Config, says what
// to write where it is not clear which service that is.
func WithGateway(p *project.Project, found map[string]Found) (*project.Project, error) {
	if _, has := p.Running()[project.GatewayName]; has {
		e := fail.New(fail.Config, "call the service something else, or leave devup's gateway out", "devup's own gateway and the service %s would have one name", project.GatewayName)
		e.Service = project.GatewayName
		e.File, e.Line = p.Locate("services", project.GatewayName)
		return nil, e
	}
	d := &routing{project: p, found: found, taken: map[string]project.GatewayRoute{}}
	wanted := project.Gateway{}
	if p.Gateway != nil {
		wanted = *p.Gateway
	}
	configured := len(wanted.Routes) > 0
	if err := d.collect(wanted.Routes); err != nil {
		return nil, err
	}
	if _, has := d.taken["/"]; !has {
		page, err := d.page()
		if err != nil && !configured {
			return nil, err
		}
		if err == nil {
			d.taken["/"] = project.GatewayRoute{Prefix: "/", Service: page}
		}
	}
	wanted.Routes = slices.SortedFunc(maps.Values(d.taken), func(a, b project.GatewayRoute) int { return cmp.Compare(a.Prefix, b.Prefix) })
	return p.Edit(func(own *project.Project) {
		own.Gateway = &wanted
		if left := d.left(); len(left) > 0 && !configured {
			own.Notes = append(own.Notes, "the gateway does not reach "+strings.Join(left, ", ")+
				": no route of it is known; name its paths with x-devup: {routes: [/api]} in the service")
		}
	}), nil
}

// routing is one run of WithGateway.
type routing struct {
	project *project.Project
	found   map[string]Found
	taken   map[string]project.GatewayRoute // by prefix
}

// collect takes the routes from the first source that has some.
func (d *routing) collect(configured []project.GatewayRoute) error {
	p := d.project
	if len(configured) > 0 {
		for _, r := range configured {
			if err := d.take(r); err != nil {
				return err
			}
		}
		return nil
	}
	known := RoutesConfigured(p)
	for _, name := range slices.Sorted(maps.Keys(p.Running())) {
		routes := p.Extensions[name].Routes
		if !known {
			routes = nil
			for _, prefix := range d.found[name].Routes {
				routes = append(routes, project.GatewayRoute{Prefix: prefix})
			}
		}
		for _, r := range routes {
			r.Service = name
			if err := d.take(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *routing) take(r project.GatewayRoute) error {
	if _, active := d.project.Running()[r.Service]; !active {
		return nil // its profile is off, and so is its route
	}
	where := []string{"services", r.Service, project.ExtensionKey, "routes"}
	var e *fail.Error
	if other, has := d.taken[r.Prefix]; has && other.Service != r.Service {
		e = fail.New(fail.Config, "say which with x-devup at the top: gateway: {routes: {"+r.Prefix+": "+other.Service+"}}",
			"the services %s and %s both serve %s", other.Service, r.Service, r.Prefix)
	} else if _, web := webPortOf(d.project, r.Service); !web {
		e = fail.New(fail.Config, "publish the port that it listens on under ports",
			"the gateway cannot lead %s to service %s, which publishes no port that speaks HTTP", r.Prefix, r.Service)
	}
	if e != nil {
		e.Service = r.Service
		e.File, e.Line = d.project.Locate(where...)
		return e
	}
	d.taken[r.Prefix] = r
	return nil
}

// page is the service that serves what no other route takes: the one frontend, else the
// one service that is developed here and has no routes, else the only one of all.
func (d *routing) page() (string, error) {
	p := d.project
	routed := map[string]bool{}
	for _, r := range d.taken {
		routed[r.Service] = true
	}
	var pages, built, rest, all []string
	for _, name := range slices.Sorted(maps.Keys(p.Running())) {
		if _, web := webPortOf(p, name); !web {
			continue
		}
		all = append(all, name)
		if routed[name] {
			continue
		}
		rest = append(rest, name)
		if p.Developed(name) {
			built = append(built, name)
		}
		if d.found[name].Page || p.Extensions[name].Page() {
			pages = append(pages, name)
		}
	}
	if len(rest) == 0 {
		rest = all // a single service that serves its own pages
	}
	for _, candidates := range [][]string{pages, built, rest} {
		if len(candidates) == 1 {
			return candidates[0], nil
		}
		if len(candidates) > 1 {
			return "", fail.New(fail.Config, "say so with x-devup at the top: gateway: {routes: {/: "+candidates[0]+"}}",
				"it is not clear which service the gateway opens at /: %s", strings.Join(candidates, " or "))
		}
	}
	return "", fail.New(fail.Config, "publish one under ports", "no service publishes a port that speaks HTTP, so there is nothing for a gateway to serve")
}

// left are the services that are developed here and that no route reaches.
func (d *routing) left() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(d.project.Running())) {
		_, web := webPortOf(d.project, name)
		reached := false
		for _, r := range d.taken {
			reached = reached || r.Service == name
		}
		if web && !reached && d.project.Developed(name) {
			names = append(names, name)
		}
	}
	return names
}

// webPortOf is the published port of a service that the gateway leads to.
func webPortOf(p *project.Project, service string) (project.Port, bool) {
	s := p.Running()[service]
	if s.NetworkMode == "host" {
		for _, c := range s.Ports {
			port := project.Port{Service: service, Target: int(c.Target), Wanted: int(c.Target), Protocol: cmp.Or(c.Protocol, "tcp")}
			if port.Web() {
				return port, true
			}
		}
		return project.Port{}, false
	}
	for _, port := range p.PortsOf(service) {
		if port.Web() {
			return port, true
		}
	}
	return project.Port{}, false
}

// GatewayPort is the port that the gateway wants, for package ports to decide with those
// of the services. Its target is 0, which no container's port is.
func GatewayPort(p *project.Project) (project.Port, bool) {
	if p.Gateway == nil {
		return project.Port{}, false
	}
	wanted := p.Gateway.Port
	if wanted == 0 {
		wanted = project.GatewayPort
	}
	return project.Port{Service: project.GatewayName, Protocol: "tcp", Wanted: wanted}, true
}

// InFront is the port that browsers use for a service's: the gateway's where that leads to
// the port, else the port itself.
func InFront(p *project.Project, port project.Port) project.Port {
	gate, on := GatewayPort(p)
	if !on {
		return port
	}
	for _, r := range p.Gateway.Routes {
		if led, web := webPortOf(p, r.Service); web && led.Key() == port.Key() {
			return gate
		}
	}
	return port
}

// gateway is the gateway with the port that it has and the addresses of its services.
func (r *resolver) gateway() *project.Gateway {
	wanted, on := GatewayPort(r.project)
	if !on {
		return nil
	}
	g := *r.project.Gateway
	g.HostPort, g.HostIP, g.Routes = wanted.HostPortIn(r.hostPorts), r.where.HostIP, slices.Clone(g.Routes)
	for i, route := range g.Routes {
		if port, web := webPortOf(r.project, route.Service); web {
			g.Routes[i].Upstream = net.JoinHostPort(reachable(port.HostIP), strconv.Itoa(port.HostPortIn(r.hostPorts)))
		}
	}
	return &g
}

// reachable is the address at which this machine reaches what is bound to an address.
func reachable(hostIP string) string {
	switch ip, err := netip.ParseAddr(hostIP); {
	case err != nil:
		return "127.0.0.1"
	case ip.IsUnspecified() && ip.Is4():
		return "127.0.0.1"
	case ip.IsUnspecified():
		return "::1"
	default:
		return ip.String()
	}
}

// throughGateway leads from the host ports of the services that the gateway serves to
// what stands in the place of their URLs: the gateway's own, with the prefix of a service
// that does not see it.
func (r *resolver) throughGateway() map[int]string {
	wanted, on := GatewayPort(r.project)
	if !on {
		return nil
	}
	origin := strings.TrimSuffix(r.where.URL(wanted.HostPortIn(r.hostPorts)), "/")
	urls := map[int]string{}
	for _, route := range r.project.Gateway.Routes { // sorted: of several, the shortest says it
		port, web := webPortOf(r.project, route.Service)
		n := port.HostPortIn(r.hostPorts)
		if !web || n == 0 {
			continue
		}
		if _, has := urls[n]; !route.Strip {
			urls[n] = origin
		} else if !has {
			urls[n] = origin + route.Prefix
		}
	}
	return urls
}
