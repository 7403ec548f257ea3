package edge

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	codespacesDomain = "app.github.dev"
	private, public  = "private", "public"
)

// Codespaces is a codespace. A port is not there for the outside until something listens
// and the editor has found it; then it is private, and a request without a login is sent
// away to sign in. A port that was gone is private again when it comes back.
type Codespaces struct {
	name string

	mu    sync.Mutex
	seen  map[int]bool   // ports that something listened on when it was last looked
	ports map[int]string // those that are forwarded, with their visibility
}

// NewCodespaces gives a codespace that has no ports yet.
func NewCodespaces(name string) *Codespaces {
	return &Codespaces{name: name, seen: map[int]bool{}, ports: map[int]string{}}
}

// Env is what a terminal of the codespace has.
func (c *Codespaces) Env() []string {
	return []string{
		"CODESPACES=true", "CODESPACE_NAME=" + c.name, "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN=" + codespacesDomain,
		"GITHUB_TOKEN=ghu_pretended", "GITHUB_USER=octocat", "GITHUB_SERVER_URL=https://github.com",
	}
}

// Domain is that of forwarded ports.
func (c *Codespaces) Domain() string { return codespacesDomain }

// Host has the port behind the codespace's name.
func (c *Codespaces) Host(port int) string {
	return c.name + "-" + strconv.Itoa(port) + "." + codespacesDomain
}

// look does what the editor does all the time: it finds ports that are listened on, and
// drops those that are not any more. A port that it finds is forwarded only by the next
// look, because that takes the editor a moment.
func (c *Codespaces) look() {
	now := map[int]bool{}
	for _, port := range listening() {
		now[port] = true
		if c.seen[port] && c.ports[port] == "" {
			c.ports[port] = private
		}
	}
	maps.DeleteFunc(c.ports, func(port int, _ string) bool { return !now[port] })
	c.seen = now
}

// visibility of a port now; empty for one that is not forwarded.
func (c *Codespaces) visibility(port int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	return c.ports[port]
}

func (c *Codespaces) admit(w http.ResponseWriter, r *http.Request, port int) bool {
	switch c.visibility(port) {
	case public:
		return true
	case "":
		w.WriteHeader(http.StatusNotFound)
	default:
		back := url.QueryEscape("https://" + r.Host + r.URL.RequestURI())
		http.Redirect(w, r, "https://github.dev/pf-signin?name="+c.name+"&port="+strconv.Itoa(port)+"&pb="+back, http.StatusFound)
	}
	return false
}

// forward hides the public name from the service, except in X-Forwarded-Host: Host is
// localhost, and so is an Origin that is the request's own. Any other Origin stays.
func (c *Codespaces) forward(r *httputil.ProxyRequest, port int) {
	local := "localhost:" + strconv.Itoa(port)
	r.Out.Host = local
	if r.In.Header.Get("Origin") == "https://"+r.In.Host {
		r.Out.Header.Set("Origin", "http://"+local)
	}
}

func (c *Codespaces) run(call Call) Answer {
	if call.Args[0] != "gh" {
		return missing(call.Args[0])
	}
	if len(call.Args) < 3 || call.Args[1] != "codespace" && call.Args[1] != "cs" || call.Args[2] != "ports" {
		return wrong("unknown command %q for \"gh\"", call.Args[1:])
	}
	flags, rest, err := cut(call.Args[3:], "-c --codespace", "--json")
	switch {
	case err != nil:
		return wrong("%v", err)
	case !call.Token:
		return Answer{Err: "To get started with GitHub CLI, please run:  gh auth login\n", Code: 4}
	case flags["-c --codespace"] == "": // gh then lists all codespaces, which the built-in token may not do
		return Answer{Err: "error getting codespace: error getting codespaces: HTTP 403: Must have admin rights to Repository (https://api.github.com/user/codespaces?per_page=50)\n", Code: 1, Wrong: true}
	case flags["-c --codespace"] != c.name:
		return Answer{Err: "error getting codespace: HTTP 404: Not Found (https://api.github.com/user/codespaces/" + flags["-c --codespace"] + ")\n", Code: 1, Wrong: true}
	case len(rest) == 0 && flags["--json"] != "":
		return c.list(strings.Split(flags["--json"], ","))
	case len(rest) > 1 && rest[0] == "visibility" && flags["--json"] == "":
		return c.change(rest[1:])
	}
	return wrong("accepts no such arguments: %q", rest)
}

// list prints the fields of each forwarded port, in the order of their names.
func (c *Codespaces) list(fields []string) Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	rows := []map[string]any{}
	for _, port := range sortedKeys(c.ports) {
		rows = append(rows, map[string]any{
			"browseUrl": "https://" + c.Host(port), "label": "", "sourcePort": port, "visibility": c.ports[port],
		})
	}
	known := []string{"browseUrl", "label", "sourcePort", "visibility"}
	for _, field := range fields {
		if !slices.Contains(known, field) {
			return wrong("Unknown JSON field: %q\nAvailable fields:\n  %s", field, strings.Join(known, "\n  "))
		}
	}
	for _, row := range rows {
		maps.DeleteFunc(row, func(field string, _ any) bool { return !slices.Contains(fields, field) })
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return wrong("%v", err)
	}
	return Answer{Out: string(text) + "\n"}
}

// change sets the visibility of ports, one after the other, and ends at the first that
// is not forwarded.
func (c *Codespaces) change(pairs []string) Answer {
	type change struct {
		port       int
		visibility string
	}
	var changes []change
	for _, pair := range pairs {
		number, visibility, _ := strings.Cut(pair, ":")
		port, ok := portNumber(number)
		if !ok || !slices.Contains([]string{public, private, "org"}, visibility) {
			return wrong("error parsing port arguments: invalid argument %q", pair)
		}
		changes = append(changes, change{port, visibility})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	for _, want := range changes {
		if c.ports[want.port] == "" {
			return Answer{Err: fmt.Sprintf("error updating port %d to %s: error getting tunnel port: error sending get tunnel port request: "+
				"unsuccessful request, response: 404 Not Found\n\tNot Found\n", want.port, want.visibility), Code: 1}
		}
		c.ports[want.port] = want.visibility
	}
	return Answer{}
}
