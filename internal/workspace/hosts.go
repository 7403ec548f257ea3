package workspace

import (
	"net/netip"
	"net/url"
	"strings"
)

// Host is the host name, without a port, under which a browser reaches the published
// port through the place's proxy. It is empty where there is no proxy, and where the
// host is an address or this machine's own name: no server refuses those.
func (p Place) Host(port int) string {
	u, err := url.Parse(p.URL(port))
	if err != nil || loopback(u.Hostname()) {
		return ""
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ""
	}
	return u.Hostname()
}

// Suffix is what the hosts of all ports end in, from the dot before it on:
// ".app.github.dev". Where all ports share one host, told apart by a path or a port
// number, it is that host. It is empty where [Place.Host] is.
func (p Place) Suffix() string {
	host := p.Host(1)
	if host == p.Host(2) {
		return host
	}
	_, rest, found := strings.Cut(host, ".")
	if !found {
		return ""
	}
	return "." + rest
}
