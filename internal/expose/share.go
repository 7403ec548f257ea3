package expose

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// Sharable picks the rows that are opened to the internet: the ports for browsers of the
// named services, for naming one is consent, and without names those of the services
// that the config marks as public. Of a service with several containers it is the
// first. It fails with [fail.UnknownService] or [fail.Usage]; what is no port for
// browsers, as a database's, is never among them.
func Sharable(p *project.Project, rows []Row, named []string) ([]Row, error) {
	if err := webOnly(p, rows, named); err != nil {
		return nil, err
	}
	var chosen []Row
	for _, r := range rows {
		wanted := slices.Contains(named, r.Service) || len(named) == 0 && p.Extensions[r.Service].Public
		seen := slices.ContainsFunc(chosen, func(c Row) bool { return c.Service == r.Service && c.Target == r.Target })
		if wanted && !seen && r.URL != "" {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) > 0 {
		return throughGateway(chosen, rows, p), nil
	}
	var able []string
	for _, r := range rows {
		if r.URL != "" && !slices.Contains(able, r.Service) {
			able = append(able, r.Service)
		}
	}
	if len(able) == 0 {
		return nil, fail.New(fail.Usage, "publish one under ports in devup.yaml", "no service publishes a port that a browser could open")
	}
	return nil, fail.New(fail.Usage, "name one (`devup share "+able[0]+"`), or write public: true under its x-devup",
		"no service is marked as public: %s could be shared", strings.Join(able, ", "))
}

// throughGateway puts the gateway instead of the ports that it leads to: one tunnel
// then serves all of them, from one origin.
func throughGateway(chosen, rows []Row, p *project.Project) []Row {
	led := routedPorts(p.Gateway)
	through := func(r Row) bool { return led[portOf(r)] || r.Service == project.GatewayName }
	if !slices.ContainsFunc(chosen, through) {
		return chosen
	}
	rest := slices.DeleteFunc(chosen, through)
	for _, r := range rows {
		if r.Service == project.GatewayName {
			return append([]Row{r}, rest...)
		}
	}
	return rest
}

// webOnly refuses names of which nothing can be shared.
func webOnly(p *project.Project, rows []Row, named []string) error {
	for _, name := range named {
		var e *fail.Error
		var other string
		web := false
		for _, r := range rows {
			if r.Service == name {
				web = web || r.URL != ""
				other = project.OtherProtocol(r.Target)
			}
		}
		switch _, known := p.Services[name]; {
		case !known && !web: // the gateway is no service
			e = project.NoService(p, name)
		case web:
			continue
		case other != "":
			e = fail.New(fail.Usage, "only ports for browsers are opened to the internet", "%s speaks %s and is not shared", name, other)
		default:
			e = fail.New(fail.Usage, "only ports for browsers are opened to the internet", "%s publishes no port that a browser could open", name)
		}
		e.Service = name
		return e
	}
	return nil
}

// Unshared finds in the environments of the shared services the URLs of ports that are
// not shared: a page that calls one of them does so in vain for everybody else. It
// gives a sentence for each.
func Unshared(p *project.Project, rows, shared []Row) []string {
	is := func(service string) bool {
		return slices.ContainsFunc(shared, func(r Row) bool { return r.Service == service })
	}
	var found []string
	for _, r := range rows {
		if r.URL == "" || is(r.Service) {
			continue
		}
		for _, name := range p.ServiceNames() {
			text := name + " knows " + r.Service + " as " + r.URL + ", which other machines cannot reach; `devup share` both if its pages call it"
			if is(name) && mentions(p, name, r.URL) && !slices.Contains(found, text) {
				found = append(found, text)
			}
		}
	}
	return found
}

// mentions reports whether a variable of the service is the URL or begins with it. A list
// of several is one of origins, of which the service knows all.
func mentions(p *project.Project, service, url string) bool {
	for _, value := range p.Services[service].Environment {
		if value != nil && !strings.Contains(*value, ",") && (*value == url || strings.HasPrefix(*value, url+"/")) {
			return true
		}
	}
	return false
}
