package edge

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Gitpod is a workspace of Gitpod Classic. A port that is not public answers 401 without
// a body and without CORS headers, to preflights too; the host stays as the browser sent it.
type Gitpod struct {
	id, cluster string

	mu    sync.Mutex
	ports map[int]bool // those whose visibility was set, and whether they are public
}

// NewGitpod gives a workspace in which every port is private.
func NewGitpod(id, cluster string) *Gitpod {
	return &Gitpod{id: id, cluster: cluster, ports: map[int]bool{}}
}

// Env is what the workspace manager sets.
func (g *Gitpod) Env() []string {
	return []string{
		"GITPOD_WORKSPACE_ID=" + g.id, "GITPOD_WORKSPACE_CLUSTER_HOST=" + g.cluster,
		"GITPOD_WORKSPACE_URL=https://" + g.id + "." + g.cluster, "GITPOD_HOST=https://gitpod.io",
		"GITPOD_INSTANCE_ID=0d1c5c5e-0000-4000-8000-000000000000", "GITPOD_REPO_ROOT=/workspace/" + g.id,
	}
}

// Domain is that of the cluster.
func (g *Gitpod) Domain() string { return g.cluster }

// Host has the port in front.
func (g *Gitpod) Host(port int) string { return strconv.Itoa(port) + "-" + g.id + "." + g.cluster }

func (g *Gitpod) public(port int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ports[port]
}

func (g *Gitpod) admit(w http.ResponseWriter, _ *http.Request, port int) bool {
	switch {
	case !g.public(port):
		w.WriteHeader(http.StatusUnauthorized)
	case !listens(port):
		http.Error(w, "Port "+strconv.Itoa(port)+" was not found", http.StatusNotFound)
	default:
		return true
	}
	return false
}

func (g *Gitpod) forward(r *httputil.ProxyRequest, _ int) {
	r.Out.Host = r.In.Host
	r.Out.Header.Set("X-Forwarded-Port", "443")
}

func (g *Gitpod) run(c Call) Answer {
	if c.Args[0] != "gp" {
		return missing(c.Args[0])
	}
	switch args := c.Args[1:]; {
	case slices.Equal(args, []string{"url"}):
		return Answer{Out: "https://" + g.id + "." + g.cluster + "\n"}
	case len(args) == 2 && args[0] == "url":
		port, ok := portNumber(args[1])
		if !ok {
			return wrong("port %q is not a valid number", args[1])
		}
		return Answer{Out: "https://" + g.Host(port) + "\n"}
	case slices.Equal(args, []string{"ports", "list"}):
		return Answer{Out: g.list()}
	case len(args) == 3 && args[0] == "ports" && args[1] == "visibility":
		return g.visibility(args[2])
	}
	return wrong("gp: no such command: %q", c.Args[1:])
}

// visibility opens or closes one port, whether anything listens there or not.
func (g *Gitpod) visibility(arg string) Answer {
	number, want, _ := strings.Cut(arg, ":")
	port, ok := portNumber(number)
	if !ok || want != "public" && want != "private" {
		return wrong("cannot parse args, should be something like `3000:public` or `3000:private`")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ports[port] = want == "public"
	return Answer{Out: fmt.Sprintf("port %d is now %s\n", port, want)}
}

// list draws the table as a terminal has it.
func (g *Gitpod) list() string {
	g.mu.Lock()
	ports := maps.Clone(g.ports)
	g.mu.Unlock()
	for _, port := range listening() {
		if _, asked := ports[port]; !asked && port >= firstPort {
			ports[port] = false
		}
	}
	rows := [][]string{{"PORT", "STATUS", "PROTOCOL", "URL", "NAME & DESCRIPTION"}}
	for _, port := range sortedKeys(ports) {
		status := "open (private)"
		switch {
		case !listens(port):
			status = "not served"
		case ports[port]:
			status = "open (public)"
		}
		rows = append(rows, []string{strconv.Itoa(port), status, "http", "https://" + g.Host(port), ""})
	}
	if len(rows) == 1 {
		return "No ports detected.\n"
	}
	return table(rows)
}

// table draws rows with bars between the columns, the first one as a heading.
func table(rows [][]string) string {
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			wide[i] = max(wide[i], len(cell))
		}
	}
	var text strings.Builder
	for n, row := range rows {
		for i, cell := range row {
			fmt.Fprintf(&text, "| %-*s ", wide[i], cell)
		}
		text.WriteString("|\n")
		if n == 0 {
			for _, w := range wide {
				text.WriteString("|" + strings.Repeat("-", w+2))
			}
			text.WriteString("|\n")
		}
	}
	return text.String()
}
