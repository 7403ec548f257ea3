package workspace

import (
	"net/netip"
	"net/url"
	"strings"
)

// Host is the host name, without a port number, under which a browser reaches the
// published port through the workspace's proxy or a tunnel. It is empty where there is
// neither, or no URL, and where the host is an address or this machine's own name: no
// server refuses those.
func (p Info) Host(port int) string { return hostOf(p.URL(port)) }

// hostOf is the host of a URL, where servers may not know it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || loopback(u.Hostname()) {
		return ""
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ""
	}
	return u.Hostname()
}

// onaDomain ends the hosts of all ports in Ona. What comes before it is known when some
// port is open, but servers must know their hosts when they start.
const onaDomain = ".gitpod.dev"

// Suffix is what the hosts of all ports end in, from the dot before it on:
// ".app.github.dev". Where all ports share one host, distinguished by a path or a port
// number, it is that host. It is empty where the workspace has no proxy with a name.
func (p Info) Suffix() string {
	if p.Provider == "ona" && !p.given {
		return onaDomain
	}
	host := hostOf(p.fill(1)) // not by URL: not every port has one
	if host == hostOf(p.fill(2)) {
		return host
	}
	_, rest, found := strings.Cut(host, ".")
	if !found {
		return ""
	}
	return "." + rest
}
