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

// cookie holds the token once the browser has shown it.
const cookie = "devup-dashboard"

// policy lets the page load nothing but its own files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard lets only browsers through that know the token and were led here by no other site.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		switch {
		case !s.ownHost(r.Host):
			http.Error(w, "this name does not belong to the dashboard", http.StatusForbidden)
		case !s.sameOrigin(r):
			http.Error(w, "another site made this request", http.StatusForbidden)
		case s.knows(r.URL.Query().Get("token")):
			// Without a path, the cookie holds for the directory in which the browser sees this page.
			http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.Token, HttpOnly: true, SameSite: http.SameSiteLaxMode})
			http.Redirect(w, r, "./", http.StatusSeeOther)
		case !s.loggedIn(r):
			http.Error(w, "open the URL that `devup dashboard` prints: it holds the token", http.StatusUnauthorized)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *server) knows(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.Token)) == 1
}

func (s *server) loggedIn(r *http.Request) bool {
	return slices.ContainsFunc(r.CookiesNamed(cookie), func(c *http.Cookie) bool { return s.knows(c.Value) })
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

// sameOrigin tells whether a request that changes something comes from the page itself. Browsers
// send the origin with every such request.
func (s *server) sameOrigin(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Host != "" && s.ownHost(origin.Host) && r.Header.Get("Sec-Fetch-Site") != "cross-site"
}
