package gateway

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// answer makes an upstream's answer one of the gateway: redirects and cookies that name
// the upstream's own address would lead past it.
func (g *Gateway) answer(r *http.Response) error {
	v := requestInfoOf(r.Request)
	if frameworkReadsForwarded(r.Header) {
		g.readsForwarded.Store(v.route.Upstream, true)
	}
	if location := r.Header.Get("Location"); location != "" {
		r.Header.Set("Location", v.location(location))
	}
	cookies := r.Header["Set-Cookie"]
	for i, cookie := range cookies {
		cookies[i] = v.cookie(cookie)
	}
	return nil
}

// frameworkReadsForwarded knows by their answers the frameworks that compare Origin with
// X-Forwarded-Host: Rails (Rack::Runtime is in its default stack) and Next.js.
func frameworkReadsForwarded(h http.Header) bool {
	return h.Get("X-Powered-By") == "Next.js" || h.Get("X-Runtime") != "" && h.Get("X-Request-Id") != ""
}

// location is where a redirect leads for the browser. What leads to a service behind the
// gateway is a path alone: the scheme and host are those of the page, and a proxy before
// the gateway that divides ports by a path puts that before it, as code-server does.
func (v *requestInfo) location(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return location
	}
	route, own := v.route.Route, u.Host != ""
	if own {
		if u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
			return location
		}
		var ours bool
		if route, ours = v.table.upstream(u.Host); !ours {
			return location
		}
		u.Scheme, u.Host, u.User = v.proto, v.host, nil // a user before the host would stay in front of the path
	}
	prefixed := u.Host == "" && within(u.Path, route.Prefix)
	if route.Strip && strings.HasPrefix(u.Path, "/") && !prefixed {
		escaped := route.Prefix + u.EscapedPath()
		u.Path, u.RawPath = route.Prefix+u.Path, escaped
	}
	if own && !strings.HasPrefix(u.Path, "//") { // that would be another host
		u.Scheme, u.Host, u.Path = "", "", cmp.Or(u.Path, "/")
	}
	return u.String()
}

// within reports whether a path lies at or below a prefix: a service that reads
// X-Forwarded-Prefix has put it there itself.
func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// cookie takes an attribute Domain that means the upstream's address out of a cookie,
// which makes it one of the host that the browser sees, and puts the prefix before a
// Path of a service that does not know of it.
func (v *requestInfo) cookie(line string) string {
	attributes := strings.Split(line, ";")
	kept := attributes[:1]
	for _, attribute := range attributes[1:] {
		name, value, _ := strings.Cut(attribute, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "domain":
			if isLocal(strings.TrimPrefix(strings.ToLower(value), ".")) {
				continue
			}
		case "path":
			if v.route.Strip && value != "/" && !within(value, v.route.Prefix) {
				attribute = name + "=" + v.route.Prefix + value
			}
		}
		kept = append(kept, attribute)
	}
	return strings.Join(kept, ";")
}
