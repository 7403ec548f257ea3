// Package urls decides what is called where in a project: the URLs of services as a browser
// uses them, and the routes of a gateway before them.
//
// [WithGateway] decides the routes. When package ports has decided which host port each
// service gets, [Resolve] puts ports and URLs into a copy of the project: into tokens, which
// stand for DEVUP_URL_* and the like, and into URLs that a file has for another cloud
// workspace or for localhost.
//
// What this package does not do: it reads no files, asks no engine and keeps no state.
package urls

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/symbol"
)

// Where says what published ports are called in the place where devup runs,
// and to whom files there belong.
type Where struct {
	URL    func(port int) string // URL of a host port as a browser uses it, without a trailing slash
	HostIP string                // address to bind to where the config names none
	UID    int                   // DEVUP_UID
	GID    int                   // DEVUP_GID
}

// Resolve gives a copy of the project in which every published port has its
// host port and address, and every token its value. Hard-coded cloud URLs of
// published ports become the URLs that the ports have here, and so do URLs on
// localhost in variables that are for browsers; a Note says so.
// A port that is not in hostPorts keeps what the config says. Resolve is pure,
// and p stays as it is.
func Resolve(p *project.Project, hostPorts map[project.PortKey]int, w Where) *project.Project {
	if w.URL == nil {
		w.URL = func(port int) string { return "http://localhost:" + strconv.Itoa(port) }
	}
	r := &resolver{project: p, hostPorts: hostPorts, where: w, primary: p.PrimaryPorts(hostPorts)}
	r.ports, r.web, r.gated = r.knownPorts(), r.webPorts(), r.throughGateway()

	copied := p.Rewrite(r.text)
	copied.Gateway = r.gateway()
	for _, name := range copied.ServiceNames() {
		s := copied.Services[name]
		project.SetHostPorts(&s, hostPorts, w.HostIP)
		r.service(&s, p.Services[name])
		copied.Redeclare(name, s.Environment, p.Services[name].Environment)
		copied.Services[name] = s
	}
	for _, note := range r.notes {
		if !slices.Contains(copied.Notes, note) {
			copied.Notes = append(copied.Notes, note)
		}
	}
	return copied
}

// resolver is one run of Resolve.
type resolver struct {
	project   *project.Project
	hostPorts map[project.PortKey]int
	where     Where
	primary   map[string]int // see [Project.PrimaryPorts]
	ports     map[int]int    // a port as cloud URLs name it -> the host port that it is
	web       map[int]webPort
	gated     map[int]string // the host ports that the gateway stands for -> its URL
	notes     []string
}

// knownPorts maps the wanted and the decided host ports to the decided ones.
// What the config wants is what its URLs mean, so it goes before.
func (r *resolver) knownPorts() map[int]int {
	known := map[int]int{}
	all := r.project.AllPorts()
	for _, p := range all {
		if _, ok := known[p.Wanted]; !ok && p.Wanted != 0 && p.Protocol == "tcp" && p.Copy == 0 {
			known[p.Wanted] = p.HostPortIn(r.hostPorts)
		}
	}
	for _, p := range all {
		if n := p.HostPortIn(r.hostPorts); n != 0 && p.Protocol == "tcp" {
			if _, ok := known[n]; !ok {
				known[n] = n
			}
		}
	}
	return known
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
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if values[key] == nil || before[key] == nil {
			continue
		}
		old := *before[key]
		if slices.Contains(symbol.CloudVariables, key) && old == symbol.Token(key) {
			delete(values, key) // passed on from an environment that does not have it
			continue
		}
		text, urls := r.urls(s, key, old)
		filled := symbol.Fill(text, r.value)
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
	for _, name := range symbol.BareNames(resolved) {
		if _, known := r.value(name); known {
			continue
		}
		if slices.Contains(symbol.CloudVariables, name) {
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
	if !symbol.HasToken(s) {
		return s
	}
	s, _ = cloudURLs(s, r.ports, r.url)
	return symbol.Fill(s, r.value)
}

// value is what a symbolic variable is.
func (r *resolver) value(name string) (string, bool) {
	switch {
	case name == symbol.OriginsName:
		origins := r.origins()
		return strings.Join(origins, ","), len(origins) > 0
	case name == symbol.UIDName:
		return strconv.Itoa(r.where.UID), true
	case name == symbol.GIDName:
		return strconv.Itoa(r.where.GID), true
	case strings.HasPrefix(name, symbol.URLPrefix), strings.HasPrefix(name, symbol.WSPrefix):
		service, sockets := strings.CutPrefix(name, symbol.WSPrefix)
		port := r.primary[strings.TrimPrefix(service, symbol.URLPrefix)]
		if port == 0 {
			return "", false
		}
		like := "http://"
		if sockets {
			like = "ws://"
		}
		return withScheme(r.url(port), like), true
	case strings.HasPrefix(name, symbol.PortPrefix):
		port := r.primary[strings.TrimPrefix(name, symbol.PortPrefix)]
		return strconv.Itoa(port), port != 0
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
	all := r.project.AllPorts()
	if gateway, on := GatewayPort(r.project); on {
		all = append([]project.Port{gateway}, all...)
	}
	for _, p := range all {
		n := p.HostPortIn(r.hostPorts)
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

// NeedsOwner tells whether the config refers to DEVUP_UID or DEVUP_GID, so that [Where]
// must have them. It is false for a resolved project.
func NeedsOwner(p *project.Project) bool {
	needs := false
	p.Rewrite(func(s string) string {
		symbol.Fill(s, func(name string) (string, bool) {
			needs = needs || name == symbol.UIDName || name == symbol.GIDName
			return "", false
		})
		return s
	})
	return needs
}
