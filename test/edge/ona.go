package edge

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"sync"
)

// Ona is an environment of Ona, which was Gitpod Flex. A port has no URL until it is
// opened; opened without a word it is open to everyone, else a request without a login is
// sent away to sign in.
type Ona struct {
	id, region string

	mu    sync.Mutex
	ports map[int]onaPort // those that are open
}

type onaPort struct {
	Port      int    `json:"port"`
	Name      string `json:"name"`
	Protocol  string `json:"protocol"`
	Admission string `json:"admission"`
	URL       string `json:"url"`
}

const everyone = "everyone"

// NewOna gives an environment without open ports.
func NewOna(id, region string) *Ona { return &Ona{id: id, region: region, ports: map[int]onaPort{}} }

// Env is what a shell of the environment has.
func (o *Ona) Env() []string { return []string{"GITPOD_ENVIRONMENT_ID=" + o.id} }

// Domain is that of the region.
func (o *Ona) Domain() string { return o.region + ".gitpod.dev" }

// Host has the port in front.
func (o *Ona) Host(port int) string { return strconv.Itoa(port) + "--" + o.id + "." + o.Domain() }

func (o *Ona) admit(w http.ResponseWriter, r *http.Request, port int) bool {
	o.mu.Lock()
	open, ok := o.ports[port]
	o.mu.Unlock()
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case open.Admission != everyone:
		http.Redirect(w, r, "https://app.gitpod.io/login", http.StatusFound)
	default:
		return true
	}
	return false
}

func (o *Ona) forward(r *httputil.ProxyRequest, _ int) { r.Out.Host = r.In.Host }

func (o *Ona) run(c Call) Answer {
	if c.Args[0] != "gitpod" {
		return missing(c.Args[0])
	}
	if len(c.Args) < 4 || c.Args[1] != "environment" || c.Args[2] != "port" {
		return wrong("unknown command %q for \"gitpod\"", c.Args[1:])
	}
	args := slices.DeleteFunc(slices.Clone(c.Args[4:]), func(arg string) bool { return c.Args[3] == "open" && arg == "--dont-wait" })
	known := map[string][]string{"open": {"--name", "--protocol", "--admission"}, "list": {"-o --format"}, "close": {}}
	names, ok := known[c.Args[3]]
	if !ok {
		return wrong("unknown command %q for \"gitpod environment port\"", c.Args[3])
	}
	flags, rest, err := cut(args, names...)
	if err != nil {
		return wrong("%v", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.Args[3] == "list" {
		return o.list(flags["-o --format"], rest)
	}
	if len(rest) != 1 {
		return wrong("accepts 1 arg(s), received %d", len(rest))
	}
	port, ok := portNumber(rest[0])
	if !ok || port < 1024 {
		return wrong("invalid port %q: must be between 1024 and 65535", rest[0])
	}
	if c.Args[3] == "close" {
		delete(o.ports, port)
		return Answer{}
	}
	return o.open(port, flags)
}

func (o *Ona) open(port int, flags map[string]string) Answer {
	opened := onaPort{Port: port, Name: flags["--name"], Protocol: "http", Admission: everyone, URL: "https://" + o.Host(port)}
	if p, asked := flags["--protocol"]; asked {
		opened.Protocol = p
	}
	if a, asked := flags["--admission"]; asked {
		opened.Admission = a
	}
	if !slices.Contains([]string{"http", "https"}, opened.Protocol) || !slices.Contains([]string{"creator_only", "organization", everyone}, opened.Admission) {
		return wrong("invalid protocol or admission: %q, %q", opened.Protocol, opened.Admission)
	}
	o.ports[port] = opened
	return Answer{Out: opened.URL + "\n"}
}

// list knows JSON alone: no one should read the other form.
func (o *Ona) list(format string, rest []string) Answer {
	if format != "json" || len(rest) > 0 {
		return wrong("pretended with `-o json` alone")
	}
	rows := []onaPort{}
	for _, port := range sortedKeys(o.ports) {
		rows = append(rows, o.ports[port])
	}
	text, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return wrong("%v", err)
	}
	return Answer{Out: string(text) + "\n"}
}
