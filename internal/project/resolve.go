package project

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Resolve gives a copy of the project in which every published port has its
// host port and address, and every token its value. Hard-coded cloud URLs of
// published ports become the URLs that the ports have here, and so do URLs on
// localhost in variables that are for browsers; a Note says so.
// A port that is not in hostPorts keeps what the config says. Resolve is pure,
// and p stays as it is.
func (p *Project) Resolve(hostPorts map[PortKey]int, w Where) *Project {
	if w.URL == nil {
		w.URL = func(port int) string { return "http://localhost:" + strconv.Itoa(port) }
	}
	r := &resolver{project: p, hostPorts: hostPorts, where: w, entrances: p.entrances(hostPorts)}
	r.ports, r.web, r.gated = r.knownPorts(), r.webPorts(), r.throughGateway()

	copied := *p
	copied.Gateway = r.gateway()
	copied.Project = rewritten(p.Project, func(s string) string { return r.text(s) })
	copied.Notes = slices.Clone(p.Notes)
	copied.Extensions = rewritten(p.Extensions, func(s string) string { return r.text(s) })
	copied.declared = rewritten(p.declared, func(s string) string { return r.text(s) })
	for _, name := range copied.ServiceNames() {
		s := copied.Services[name]
		r.publish(&s, p.Extensions[name].FixedPort)
		r.service(&s, p.Services[name])
		copied.declare(name, s.Environment, p.Services[name].Environment)
		copied.Services[name] = s
	}
	for _, note := range r.notes {
		if !slices.Contains(copied.Notes, note) {
			copied.Notes = append(copied.Notes, note)
		}
	}
	return &copied
}

// declare takes over into p.declared what resolving changed in a service's
// environment.
func (p *Project) declare(service string, after, before types.MappingWithEquals) {
	declared := p.declared[service]
	for key, value := range declared {
		if value != nil {
			declared[key] = after[key]
		}
	}
	for key, value := range after {
		if old, had := before[key]; value == nil || had && (old == nil || *value == *old) {
			continue
		}
		if declared == nil {
			declared = types.MappingWithEquals{}
		}
		declared[key] = value
	}
	if declared != nil {
		p.declared[service] = declared
	}
}

// resolver is one run of Resolve.
type resolver struct {
	project   *Project
	hostPorts map[PortKey]int
	where     Where
	entrances map[string]entrance
	ports     map[int]int // a port as cloud URLs name it -> the host port that it is
	web       map[int]webPort
	gated     map[int]string // the host ports that the gateway stands for -> its URL
	notes     []string
}

// knownPorts maps the wanted and the decided host ports to the decided ones.
// What the config wants is what its URLs mean, so it goes before.
func (r *resolver) knownPorts() map[int]int {
	known := map[int]int{}
	all := r.project.portsOf(r.project.running())
	for _, p := range all {
		if _, ok := known[p.Wanted]; !ok && p.Wanted != 0 && p.Protocol == "tcp" && p.Copy == 0 {
			known[p.Wanted] = hostPort(p, r.hostPorts)
		}
	}
	for _, p := range all {
		if n := hostPort(p, r.hostPorts); n != 0 && p.Protocol == "tcp" {
			if _, ok := known[n]; !ok {
				known[n] = n
			}
		}
	}
	return known
}

// publish puts host ports and addresses into the ports of the service.
func (r *resolver) publish(s *types.ServiceConfig, fixed bool) {
	first := published(*s, fixed)
	for number := 1; number < s.GetScale(); number++ {
		for i, port := range copies(*s, first, number) {
			if n := r.hostPorts[port.Key()]; n != 0 {
				if s.Ports[i].Extensions == nil {
					s.Ports[i].Extensions = types.Extensions{}
				}
				list, _ := s.Ports[i].Extensions[hostPortsKey].([]string)
				s.Ports[i].Extensions[hostPortsKey] = append(list, strconv.Itoa(n))
			}
		}
	}
	for i, port := range first {
		if n := r.hostPorts[port.Key()]; n != 0 {
			s.Ports[i].Published = strconv.Itoa(n)
		}
		if s.Ports[i].HostIP == "" {
			s.Ports[i].HostIP = r.where.HostIP
		}
	}
}

// service resolves the literal URLs in the service's environment and build
// arguments, and in the env files that it reads itself. before is the service with
// its tokens: a value that was a single token without value is unset, as it would be
// without devup.
func (r *resolver) service(s *types.ServiceConfig, before types.ServiceConfig) {
	r.mapping(before, s.Environment, before.Environment)
	if s.Build != nil && before.Build != nil {
		r.mapping(before, s.Build.Args, before.Build.Args)
	}
	r.ownEnv(s, before)
}

// urls resolves the literal URLs in the value of a variable.
func (r *resolver) urls(s types.ServiceConfig, key, value string) (text string, urls []string) {
	text, urls = cloudURLs(value, r.ports, r.urlFor(key))
	text, local := r.localURLs(s, key, text)
	return text, append(urls, local...)
}

func (r *resolver) mapping(s types.ServiceConfig, values, before types.MappingWithEquals) {
	for _, key := range sortedKeys(values) {
		if values[key] == nil || before[key] == nil {
			continue
		}
		old := *before[key]
		if slices.Contains(cloudVariables, key) && old == token(key, plain, "") {
			delete(values, key) // passed on from an environment that does not have it
			continue
		}
		text, urls := r.urls(s, key, old)
		filled := fill(text, r.value)
		values[key] = &filled
		if len(urls) > 0 {
			r.notes = append(r.notes, fmt.Sprintf("%s: %s is resolved to %s", s.Name, key, strings.Join(urls, " and ")))
		}
		r.leftovers(s.Name, key, text)
	}
}

// leftovers notes that a value is less than its author meant, because variables
// in it have no value here and no default.
func (r *resolver) leftovers(service, key, resolved string) {
	var cloud []string
	for _, name := range bareNames(resolved) {
		if _, known := r.value(name); known {
			continue
		}
		if slices.Contains(cloudVariables, name) {
			cloud = append(cloud, name)
			continue
		}
		r.notes = append(r.notes, fmt.Sprintf("%s: %s needs %s, and no such service publishes a port", service, key, name))
	}
	if len(cloud) > 0 {
		r.notes = append(r.notes, fmt.Sprintf("%s: %s needs %s, which only a cloud workspace sets", service, key, strings.Join(cloud, " and ")))
	}
}

// text resolves a string that is neither environment nor build argument.
func (r *resolver) text(s string) string {
	if !hasToken(s) {
		return s
	}
	s, _ = cloudURLs(s, r.ports, r.url)
	return fill(s, r.value)
}

// value is what a symbolic variable is.
func (r *resolver) value(name string) (string, bool) {
	switch {
	case name == originsName:
		origins := r.origins()
		return strings.Join(origins, ","), len(origins) > 0
	case name == uidName:
		return strconv.Itoa(r.where.UID), true
	case name == gidName:
		return strconv.Itoa(r.where.GID), true
	case strings.HasPrefix(name, urlPrefix):
		e := r.entrances[strings.TrimPrefix(name, urlPrefix)]
		if e.port == 0 {
			return "", false
		}
		return strings.TrimSuffix(r.url(e.port), "/"), true
	case strings.HasPrefix(name, portPrefix):
		e := r.entrances[strings.TrimPrefix(name, portPrefix)]
		return strconv.Itoa(e.port), e.port != 0
	default:
		return "", false
	}
}

// url is where a browser reaches a host port: through the gateway, where that leads there.
func (r *resolver) url(port int) string {
	if url, gated := r.gated[port]; gated {
		return url
	}
	return r.where.URL(port)
}

// origins lists every origin that a browser may have a page of the project
// from. The localhost forms belong to it everywhere: a forwarded port is opened
// under them, and Codespaces rewrites some Origin headers to them.
func (r *resolver) origins() []string {
	var origins []string
	add := func(origin string) {
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	all := r.project.portsOf(r.project.running())
	if gateway, on := r.project.GatewayPort(); on {
		all = append([]Port{gateway}, all...)
	}
	for _, p := range all {
		n := hostPort(p, r.hostPorts)
		if !p.Web() || n == 0 {
			continue
		}
		if u, err := url.Parse(r.where.URL(n)); err == nil && u.Host != "" {
			add(u.Scheme + "://" + u.Host)
		}
		add(fmt.Sprintf("http://localhost:%d", n))
		add(fmt.Sprintf("https://localhost:%d", n))
		add(fmt.Sprintf("http://127.0.0.1:%d", n))
	}
	return origins
}
