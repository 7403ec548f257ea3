package gateway

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// table is a [Config] made ready to be asked. It is immutable.
type table struct {
	routes      []entry           // the longest prefix first
	behindProxy bool              // of a platform's proxy
	schemes     map[string]string // of the public origins, by host as written in them
	names       map[string]bool   // the hosts of the public origins without their ports
	local       []string          // hosts with port that the platform's proxies put into Origin: "localhost:8080"
}

// entry is a route with what a request is compared with.
type entry struct {
	Route
	segments []string
}

func newTable(c Config) *table {
	t := &table{behindProxy: c.BehindProxy, schemes: map[string]string{}, names: map[string]bool{}}
	for _, r := range c.Routes {
		e := entry{Route: r}
		for segment := range strings.SplitSeq(strings.Trim(r.Prefix, "/"), "/") {
			if segment != "" {
				e.segments = append(e.segments, segment)
			}
		}
		t.routes = append(t.routes, e)
	}
	slices.SortStableFunc(t.routes, func(a, b entry) int { return len(b.segments) - len(a.segments) })
	for _, origin := range c.Origins {
		if u, err := url.Parse(origin); err == nil && u.Host != "" {
			host := strings.ToLower(u.Host)
			t.schemes[host], t.names[nameOf(host)] = u.Scheme, true
		}
	}
	if _, port, err := net.SplitHostPort(c.Listen); err == nil {
		t.local = []string{net.JoinHostPort("localhost", port), net.JoinHostPort("127.0.0.1", port)}
	}
	return t
}

// match finds the route of a path: the longest prefix whose segments are its first.
func (t *table) match(segments []string) (entry, bool) {
	for _, e := range t.routes {
		if len(e.segments) <= len(segments) && slices.Equal(e.segments, segments[:len(e.segments)]) {
			return e, true
		}
	}
	return entry{}, false
}

// upstream is the route whose service has that address, as redirects name it.
func (t *table) upstream(host string) (Route, bool) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return Route{}, false
	}
	for _, e := range t.routes {
		address, own, _ := net.SplitHostPort(e.Upstream)
		if own == port && (isLocal(name) || strings.EqualFold(name, address)) {
			return e.Route, true
		}
	}
	return Route{}, false
}

// wellFormed is a host as browsers send it. The standard library lets more through, such as
// a list, which an application would split: it is in X-Forwarded-Host.
var wellFormed = lazyregexp.New(`^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$`)

// refuse says why a request is not served, nil if it is. A name that only another's
// DNS gives this machine is how a page from anywhere would get at services that
// listen on loopback (DNS rebinding); an address has no DNS that could lie.
func (t *table) refuse(r *http.Request) *refusal {
	name := nameOf(r.Host)
	_, notAddress := netip.ParseAddr(name)
	switch {
	case r.Method == http.MethodConnect:
		return &refusal{http.StatusMethodNotAllowed, "this is not a proxy to other hosts"}
	case !wellFormed.MatchString(r.Host):
		return &refusal{http.StatusMisdirectedRequest, "the host in the request is not a name or an address with a port"}
	case isLocal(name), t.names[name]:
		return nil
	case notAddress == nil && (r.URL.Host == "" || name == listener(r)):
		return nil
	case r.URL.Host != "":
		return &refusal{http.StatusMisdirectedRequest, "this is not a proxy to other hosts"}
	default:
		return &refusal{http.StatusMisdirectedRequest, "this gateway does not serve the host in the request; open it under the URL that `devup urls` prints"}
	}
}

// listener is the address that the request's connection came in at.
func listener(r *http.Request) string {
	address, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if address == nil {
		return ""
	}
	return nameOf(address.String())
}

// nameOf is a host without its port, brackets and final dot, in lower case.
func nameOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}

// isLocal reports whether a name means this machine no matter what DNS says: browsers resolve
// localhost and what lies below it by themselves.
func isLocal(name string) bool {
	address, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && address.IsLoopback()
}

// refusal is an answer of the gateway's own: a status and one sentence.
type refusal struct {
	status   int
	sentence string
}

func (r refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(r.status)
	_, _ = w.Write([]byte("devup: " + r.sentence + "\n")) // the client may be gone
}
