package project

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// Gateway is one port that serves every service: x-devup.gateway at the top.
type Gateway struct {
	Port   int            // that the config asks for; 0 for the usual one
	Routes []GatewayRoute // as the config says; after [Project.WithGateway] complete, and sorted
	Now    GatewayNow

	HostPort int    // where it listens; 0 until the project is resolved
	HostIP   string // the address of that
}

// GatewayNow is what is there of a gateway already.
type GatewayNow struct {
	Port   int  // the one that it had the last time, when it wanted the same as now; 0 for none
	Serves bool // on that port, at this moment
	Asked  bool // for by a flag: the files say nothing of it
}

// GatewayRoute leads a path and all below it to a service.
type GatewayRoute struct {
	Prefix   string // "/", or "/api"
	Service  string
	Strip    bool   // the service does not see the prefix
	Upstream string // host and port of the service; empty until the project is resolved
}

// Found is what a service's source says about it.
type Found struct {
	Routes []string // the path prefixes that it serves
	Page   bool     // it is a frontend
}

// GatewayName is what people call the gateway, in tables and messages.
const GatewayName = "gateway"

// gatewayPort is the host port that the gateway gets where the config names none.
const gatewayPort = 8080

// WithoutGateway gives a copy in which no gateway is asked for.
func (p *Project) WithoutGateway() *Project {
	return p.Edit(func(own *Project) { own.Gateway = nil })
}

// WithGatewayNow gives a copy that knows what is there of its gateway.
func (p *Project) WithGatewayNow(now GatewayNow) *Project {
	return p.Edit(func(own *Project) { own.Gateway.Now = now })
}

// RoutesConfigured tells whether the files say what the gateway serves, so that nobody
// has to look for it.
func (p *Project) RoutesConfigured() bool {
	if p.Gateway != nil && len(p.Gateway.Routes) > 0 {
		return true
	}
	for name := range p.running() {
		if len(p.Extensions[name].Routes) > 0 {
			return true
		}
	}
	return false
}

// SourceFolders are the folders with the source of those services that a gateway can
// lead to, as [Project.Folders] gives them.
func (p *Project) SourceFolders() map[string][]string {
	folders := map[string][]string{}
	for name, s := range p.running() {
		if _, web := p.webPort(name); web {
			folders[name] = foldersOf(s, p.WorkingDir)
		}
	}
	return folders
}

// developed tells whether a service's source is in this repository.
func (p *Project) developed(service string) bool {
	s := p.running()[service]
	return s.Build != nil || slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool {
		return v.Type == types.VolumeTypeBind && inside(p.WorkingDir, v.Source)
	})
}

// WithGateway gives a copy with a gateway whose routes are decided: those of the config,
// else those of the services' x-devup, else those that were found. What no other route
// takes goes to the frontend. The error, a [fail.Error] with the code Config, says what
// to write where it is not clear which service that is.
func (p *Project) WithGateway(found map[string]Found) (*Project, error) {
	if _, has := p.running()[GatewayName]; has {
		e := fail.New(fail.Config, "call the service something else, or leave devup's gateway out", "devup's own gateway and the service %s would have one name", GatewayName)
		e.Service = GatewayName
		e.File, e.Line = p.Locate("services", GatewayName)
		return nil, e
	}
	d := &routing{project: p, found: found, taken: map[string]GatewayRoute{}}
	wanted := Gateway{}
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
			d.taken["/"] = GatewayRoute{Prefix: "/", Service: page}
		}
	}
	wanted.Routes = slices.SortedFunc(maps.Values(d.taken), func(a, b GatewayRoute) int { return cmp.Compare(a.Prefix, b.Prefix) })
	return p.Edit(func(own *Project) {
		own.Gateway = &wanted
		if left := d.left(); len(left) > 0 && !configured {
			own.Notes = append(own.Notes, "the gateway does not reach "+strings.Join(left, ", ")+
				": no route of it is known; name its paths with x-devup: {routes: [/api]} in the service")
		}
	}), nil
}

// routing is one run of WithGateway.
type routing struct {
	project *Project
	found   map[string]Found
	taken   map[string]GatewayRoute // by prefix
}

// collect takes the routes from the first source that has some.
func (d *routing) collect(configured []GatewayRoute) error {
	p := d.project
	if len(configured) > 0 {
		for _, r := range configured {
			if err := d.take(r); err != nil {
				return err
			}
		}
		return nil
	}
	known := p.RoutesConfigured()
	for _, name := range sortedKeys(p.running()) {
		routes := p.Extensions[name].Routes
		if !known {
			routes = nil
			for _, prefix := range d.found[name].Routes {
				routes = append(routes, GatewayRoute{Prefix: prefix})
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

func (d *routing) take(r GatewayRoute) error {
	if _, active := d.project.running()[r.Service]; !active {
		return nil // its profile is off, and so is its route
	}
	where := []string{"services", r.Service, extensionKey, "routes"}
	var e *fail.Error
	if other, has := d.taken[r.Prefix]; has && other.Service != r.Service {
		e = fail.New(fail.Config, "say which with x-devup at the top: gateway: {routes: {"+r.Prefix+": "+other.Service+"}}",
			"the services %s and %s both serve %s", other.Service, r.Service, r.Prefix)
	} else if _, web := d.project.webPort(r.Service); !web {
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
	for _, name := range sortedKeys(p.running()) {
		if _, web := p.webPort(name); !web {
			continue
		}
		all = append(all, name)
		if routed[name] {
			continue
		}
		rest = append(rest, name)
		if p.developed(name) {
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
	for _, name := range sortedKeys(d.project.running()) {
		_, web := d.project.webPort(name)
		reached := false
		for _, r := range d.taken {
			reached = reached || r.Service == name
		}
		if web && !reached && d.project.developed(name) {
			names = append(names, name)
		}
	}
	return names
}

// webPort is the published port of a service that the gateway leads to.
func (p *Project) webPort(service string) (Port, bool) {
	s := p.running()[service]
	if s.NetworkMode == "host" {
		for _, c := range s.Ports {
			port := Port{Service: service, Target: int(c.Target), Wanted: int(c.Target), Protocol: orDefault(c.Protocol, "tcp")}
			if port.Web() {
				return port, true
			}
		}
		return Port{}, false
	}
	for _, port := range published(s, false) {
		if port.Web() {
			return port, true
		}
	}
	return Port{}, false
}

// GatewayPort is the port that the gateway wants, for package ports to decide with those
// of the services. Its target is 0, which no container's port is.
func (p *Project) GatewayPort() (Port, bool) {
	if p.Gateway == nil {
		return Port{}, false
	}
	wanted := p.Gateway.Port
	if wanted == 0 {
		wanted = gatewayPort
	}
	return Port{Service: GatewayName, Protocol: "tcp", Wanted: wanted}, true
}

// Before is the port that browsers use for a service's: the gateway's where that leads to
// the port, else the port itself.
func (p *Project) Before(port Port) Port {
	gate, on := p.GatewayPort()
	if !on {
		return port
	}
	for _, r := range p.Gateway.Routes {
		if led, web := p.webPort(r.Service); web && led.Key() == port.Key() {
			return gate
		}
	}
	return port
}

// gateway is the gateway with the port that it has and the addresses of its services.
func (r *resolver) gateway() *Gateway {
	wanted, on := r.project.GatewayPort()
	if !on {
		return nil
	}
	g := *r.project.Gateway
	g.HostPort, g.HostIP, g.Routes = hostPort(wanted, r.hostPorts), r.where.HostIP, slices.Clone(g.Routes)
	for i, route := range g.Routes {
		if port, web := r.project.webPort(route.Service); web {
			g.Routes[i].Upstream = net.JoinHostPort(reachable(port.HostIP), strconv.Itoa(hostPort(port, r.hostPorts)))
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
	wanted, on := r.project.GatewayPort()
	if !on {
		return nil
	}
	origin := strings.TrimSuffix(r.where.URL(hostPort(wanted, r.hostPorts)), "/")
	urls := map[int]string{}
	for _, route := range r.project.Gateway.Routes { // sorted: of several, the shortest says it
		port, web := r.project.webPort(route.Service)
		n := hostPort(port, r.hostPorts)
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
