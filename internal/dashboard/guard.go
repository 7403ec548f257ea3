package dashboard

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// policy lets the page load nothing but its own files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard lets only requests through that are made to a name of the dashboard, and what the page asks
// for only with the token. The page has it from the URL that is printed and keeps it for its origin
// alone; a cookie would go to every other server of this machine, too.
func (s *server) guard(page, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		switch {
		case !s.ownHost(r.Host):
			http.Error(w, "this name does not belong to the dashboard", http.StatusForbidden)
		case !strings.HasPrefix(r.URL.Path, "/api/"):
			page.ServeHTTP(w, r)
		case !s.sameOrigin(r):
			http.Error(w, "another site made this request", http.StatusForbidden)
		case subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("token")), []byte(s.Token)) != 1 || s.Token == "":
			http.Error(w, "open the URL that `devup dashboard` prints: it holds the token", http.StatusUnauthorized)
		default:
			api.ServeHTTP(w, r)
		}
	})
}

// ownHost tells whether a name is one at which the dashboard is reached. A site whose name leads to
// this machine has another one.
func (s *server) ownHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.ContainsFunc(s.Origins, func(origin string) bool {
		u, err := url.Parse(origin)
		return err == nil && (u.Host == host || u.Hostname() == name)
	})
}

// sameOrigin tells whether a request that changes something comes from the page itself, not from a
// page at another port. Browsers send the origin with every such request.
func (s *server) sameOrigin(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || origin.Host == "" {
		return false
	}
	behind := slices.ContainsFunc(s.Origins, func(own string) bool {
		u, err := url.Parse(own)
		return err == nil && u.Scheme == origin.Scheme && strings.EqualFold(u.Host, origin.Host)
	})
	site := r.Header.Get("Sec-Fetch-Site")
	return (origin.Host == r.Host || behind) && (site == "" || site == "same-origin") && r.Header.Get("Content-Type") == "application/json"
}
