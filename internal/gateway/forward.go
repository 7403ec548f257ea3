package gateway

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
)

// requestInfo is what is known of a request while it is forwarded.
type requestInfo struct {
	table *table
	route entry
	proto string // "http" or "https", as the browser has it
	host  string // with port, as the browser has it
	own   bool   // its Origin is the gateway's own
}

type requestInfoKey struct{}

func requestInfoOf(r *http.Request) *requestInfo {
	v, _ := r.Context().Value(requestInfoKey{}).(*requestInfo)
	return v
}

// requestInfo finds out under which origin the browser sees the gateway. What the request
// says of that is believed only of a platform's proxy, and only for a known host.
func (t *table) requestInfo(r *http.Request, route entry) *requestInfo {
	v := &requestInfo{table: t, route: route, host: r.Host, proto: "http"}
	if t.behindProxy {
		if forwarded := strings.ToLower(lastOf(r.Header.Values("X-Forwarded-Host"))); t.schemes[forwarded] != "" {
			v.host = forwarded
		}
	}
	if scheme := t.schemes[strings.ToLower(v.host)]; scheme != "" {
		v.proto = scheme
	}
	if forwarded := lastOf(r.Header.Values("X-Forwarded-Proto")); t.behindProxy && (forwarded == "http" || forwarded == "https") {
		v.proto = forwarded
	}
	v.own = t.isOwn(r.Header.Get("Origin"), r.Host, v.host)
	return v
}

// isOwn reports whether an Origin is the gateway's. Codespaces puts localhost into it
// where the browser had the codespace's public host.
func (t *table) isOwn(origin string, hosts ...string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Host)
	for _, own := range append(hosts, t.local...) {
		if strings.EqualFold(host, own) {
			return true
		}
	}
	return t.schemes[host] != ""
}

// lastOf is what the nearest proxy added to a header, in a line of its own or at the end
// of a list.
func lastOf(lines []string) string {
	list := strings.Join(lines, ",")
	return strings.TrimSpace(list[strings.LastIndex(list, ",")+1:])
}

// forward makes the request for the upstream. Host and Origin become the upstream's own
// localhost, which is what development servers let in without a setting; the truth
// is in X-Forwarded-*.
func (g *Gateway) forward(p *httputil.ProxyRequest) {
	v := requestInfoOf(p.In)
	_, port, _ := net.SplitHostPort(v.route.Upstream)
	local := net.JoinHostPort("localhost", port)
	p.Out.URL.Scheme, p.Out.URL.Host = "http", v.route.Upstream
	p.Out.Host = local
	passTrailers(p)
	if v.own {
		p.Out.Header.Set("Origin", "http://"+local)
		if _, reads := g.readsForwarded.Load(v.route.Upstream); reads && !isWebSocket(p.In.Header) {
			p.Out.Header.Del("Origin") // what it would be compared with is another host; without one it passes
		}
	}
	dropClaims(p.Out.Header, v.table.behindProxy)
	if v.table.behindProxy {
		p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
	}
	p.SetXForwarded()
	p.Out.Header.Set("X-Forwarded-Host", v.host)
	p.Out.Header.Set("X-Forwarded-Proto", v.proto)
	p.Out.Header.Set("X-Forwarded-Port", portOf(v.proto, v.host))
	if v.route.Strip {
		stripSegments(p.Out.URL, len(v.route.segments))
		p.Out.Header.Set("X-Forwarded-Prefix", v.route.Prefix)
	}
}

// passTrailers lets through the trailers that the request announced, whose values come after the
// body, except claims: some servers merge trailers into the headers.
func passTrailers(p *httputil.ProxyRequest) {
	if len(p.In.Trailer) == 0 {
		return
	}
	p.Out.Trailer = p.In.Trailer
	dropClaims(p.Out.Trailer, false)
	announced := maps.Clone(p.Out.Trailer)
	p.Out.Body = &trailedBody{p.Out.Body, func() {
		maps.DeleteFunc(p.Out.Trailer, func(name string, _ []string) bool { _, ok := announced[name]; return !ok })
	}}
}

// trailedBody is a body that calls a function when its end was read, at which its trailers
// are known.
type trailedBody struct {
	io.ReadCloser
	atEnd func()
}

// Read reads from the body.
func (b *trailedBody) Read(buffer []byte) (int, error) {
	n, err := b.ReadCloser.Read(buffer)
	if errors.Is(err, io.EOF) {
		b.atEnd()
	}
	return n, err
}

// dropClaims removes what only a proxy may say of a request. Servers that make
// variables of headers (CGI, WSGI, Rack) take an underscore for a dash.
func dropClaims(h http.Header, behindProxy bool) {
	for name := range h {
		claim := strings.ReplaceAll(strings.ToLower(name), "_", "-")
		believed := behindProxy && claim == "x-real-ip" && !strings.Contains(name, "_")
		if (slices.Contains(claims, claim) || strings.HasPrefix(claim, "x-forwarded-")) && !believed {
			delete(h, name)
		}
	}
}

// claims are the headers in which proxies tell a server who asks and for what, in addition
// to X-Forwarded-*. A client that sends one would be believed.
var claims = []string{
	"forwarded", "x-forwarded", "forwarded-for",
	"x-real-ip", "x-real-port", "x-client-ip", "client-ip", "x-cluster-client-ip", "x-remote-ip", "x-remote-addr", "x-originating-ip",
	"true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "cf-pseudo-ipv4", "cf-ipcountry", "cf-visitor", // Cloudflare, Akamai
	"fastly-client-ip", "fly-client-ip", "do-connecting-ip", "x-nf-client-connection-ip", "x-appengine-user-ip",
	"x-azure-clientip", "x-azure-socketip", "x-envoy-external-address", "proxy-client-ip", "wl-proxy-client-ip",
	"x-host", "x-original-host", "x-original-url", "x-rewrite-url", "x-script-name", "front-end-https", "x-scheme", "x-url-scheme",
	"x-sendfile-type", "x-accel-mapping", // Rack maps paths of files with them
	"host", "proxy", // CGI makes HTTP_HOST and HTTP_PROXY of them
}

func portOf(proto, host string) string {
	if _, port, err := net.SplitHostPort(host); err == nil {
		return port
	}
	if proto == "https" {
		return "443"
	}
	return "80"
}

func isWebSocket(h http.Header) bool { return strings.EqualFold(h.Get("Upgrade"), "websocket") }
