package ready

import (
	"cmp"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

// Kind says what counts as ready.
type Kind string

// The kinds of probes.
const (
	HTTP      Kind = "http"      // an HTTP answer below 500 on the published port
	TCP       Kind = "tcp"       // a program listens behind the published port
	Health    Kind = "health"    // the service's own healthcheck passes
	Running   Kind = "running"   // the container runs, and still does so after a moment
	Completed Kind = "completed" // the container has done its work and exited with 0
)

// Probe is how one container shows that it is ready. [Probes] makes them; the
// zero value is not useful.
type Probe struct {
	Service   string
	Number    int    // which of the service's containers, from 1
	Container string // its ID
	Kind      Kind
	Host      string // address of the engine's machine as it is reached from here
	Port      int    // published port there; 0 for none
	Target    int    // port inside the container; 0 for none
	Protocol  string // "tcp" or "udp"; empty without a port
	Path      string // path for HTTP, beginning with "/"

	Others      []Published // further published TCP ports of the container
	Neighbors   []int       // ports on which other services listen in the network that it shares
	Stack       string      // x-devup.stack, for better hints; may be empty
	HealthCheck bool        // the project declares a healthcheck
	MustHealthy bool        // an answer does not suffice: a healthcheck, where it has one, must pass too
	OneShot     bool        // it may exit with 0: nothing restarts it, it publishes no port, and it is no worker of a stack
	Source      Source      // what it is made from here
	Limit       string      // which key limits its memory and where, as "mem_limit of web (devup.yaml:19)"; empty for none
	TTY         bool        // it has a terminal: what it prints is not framed
	WasReady    bool        // the caller has seen it running (and healthy) before this command changed anything
}

// Published is a port of a container that is open on the engine's machine.
type Published struct {
	Host   string
	Port   int
	Target int
}

// Probes decides how each service of a resolved project shows that it is ready.
// The containers of a service are given by number and ID; a service without
// containers gets no probe. The result is ordered by service and number.
func Probes(p *project.Project, containers map[string]map[int]string) []Probe {
	conditions := awaited(p.Project)
	var probes []Probe
	for _, name := range p.ServiceNames() {
		service := p.Services[name]
		source, limit := sourceOf(service, p.WorkingDir), limitOf(p, service)
		for _, number := range slices.Sorted(maps.Keys(containers[name])) {
			probe := forService(service, p.Listened(name), p.Extensions[name], number, conditions[name])
			probe.Container, probe.Source = containers[name][number], source
			probe.Limit, probe.Neighbors = limit, project.Neighbors(p, name)
			probes = append(probes, probe)
		}
	}
	return probes
}

// awaited gives, by service, the conditions under which others depend on it.
func awaited(p *types.Project) map[string][]string {
	found := map[string][]string{}
	for _, service := range p.Services {
		for name, dependency := range service.DependsOn {
			found[name] = append(found[name], dependency.Condition)
		}
	}
	return found
}

func forService(s types.ServiceConfig, listened []types.ServicePortConfig, x project.ServiceExtension, number int, conditions []string) Probe {
	probe := Probe{
		Service: s.Name, Number: number, Stack: x.Stack,
		HealthCheck: s.HealthCheck != nil && !s.HealthCheck.Disable && len(s.HealthCheck.Test) > 0 && s.HealthCheck.Test[0] != "NONE",
		MustHealthy: slices.Contains(conditions, types.ServiceConditionHealthy),
		OneShot:     !restarts(s) && len(listened) == 0 && x.Stack == "",
		TTY:         s.Tty,
	}
	ports := published(listened, number)
	if x.Stack != "" && len(ports) > 0 {
		ports[0].app = cmp.Or(ports[0].app, "http") // whatever is usual on its number
	}
	switch {
	case slices.Contains(conditions, types.ServiceConditionCompletedSuccessfully):
		probe.Kind = Completed
	case len(ports) > 0:
		main := choose(ports, s.Image, x.Ready != "")
		probe.Kind, probe.Protocol = kindOf(ports[main], s.Image, x.Ready != ""), "tcp"
		probe.Host, probe.Port, probe.Target = ports[main].Host, ports[main].Port, ports[main].Target
		probe.Path = "/" + strings.TrimLeft(x.Ready, "/")
		for _, other := range slices.Delete(slices.Clone(ports), main, main+1) {
			probe.Others = append(probe.Others, other.Published)
		}
	case probe.HealthCheck:
		probe.Kind = Health
	default:
		probe.Kind = Running
	}
	return probe
}

// restarts reports whether the engine starts the container again when it exits with 0.
func restarts(s types.ServiceConfig) bool {
	if s.Deploy != nil && s.Deploy.RestartPolicy != nil {
		return s.Deploy.RestartPolicy.Condition == "any" || s.Deploy.RestartPolicy.Condition == ""
	}
	return s.Restart == types.RestartPolicyAlways || s.Restart == types.RestartPolicyUnlessStopped
}

// candidate is a published TCP port with what the config says of its protocol.
type candidate struct {
	Published
	app string // app_protocol
}

// published gives the TCP ports of one container of a service, of those on which it listens. A port with a single host port
// that was not chosen for a container belongs to the first container.
func published(listened []types.ServicePortConfig, number int) []candidate {
	var found []candidate
	for _, port := range listened {
		if port.Protocol != "" && port.Protocol != "tcp" {
			continue
		}
		own := project.HostPort(port, number)
		first, last, isRange := strings.Cut(own, "-")
		host := leading(first)
		if isRange && host+number-1 <= leading(last) {
			host += number - 1
		} else if number > 1 && own == port.Published {
			continue
		}
		if host == 0 {
			continue
		}
		found = append(found, candidate{Published{reachable(port.HostIP), host, int(port.Target)}, port.AppProtocol})
	}
	return found
}

// choose picks the port whose answer makes the service ready: the first that is
// neither a debugger's nor a live-reload socket, and speaks HTTP if it must.
func choose(ports []candidate, image string, mustHTTP bool) int {
	rank := func(c candidate) int {
		switch {
		case c.app == "" && project.Debugs(c.Target):
			return 2
		case mustHTTP && kindOf(c, image, false) != HTTP:
			return 1
		default:
			return 0
		}
	}
	best := 0
	for i := range ports {
		if cmp.Compare(rank(ports[i]), rank(ports[best])) < 0 {
			best = i
		}
	}
	return best
}

// kindOf says whether a port is asked over HTTP. A path in x-devup.ready settles
// it, then app_protocol, then what is known of the port and of the image.
func kindOf(c candidate, image string, path bool) Kind {
	switch app := strings.ToLower(c.app); {
	case path, app == "http", app == "https", app == "http2":
		return HTTP
	case app != "":
		return TCP
	case otherProtocol(c.Target, image):
		return TCP
	default:
		return HTTP
	}
}

// reachable is the address at which a port bound to ip answers on its machine.
func reachable(ip string) string {
	switch ip {
	case "", "0.0.0.0":
		return "127.0.0.1"
	case "::":
		return "::1"
	default:
		return ip
	}
}

// leading is the number at the start of a port text such as "8000-8005" or
// "53/udp", or 0.
func leading(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		text = text[:end]
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

func (p Probe) id() string {
	if p.Number > 1 {
		return p.Service + "/" + strconv.Itoa(p.Number)
	}
	return p.Service
}

func (p Probe) name() string {
	if p.Number > 1 {
		return p.Service + " (" + strconv.Itoa(p.Number) + ")"
	}
	return p.Service
}

func (p Probe) hostport() string { return net.JoinHostPort(p.Host, strconv.Itoa(p.Port)) }
