// Package workspace says which environment devup runs in, what URL a published
// port has there, and how such a port is made public.
//
// The order of use is: [Detect] finds the [Info] from environment variables and
// a few probe files (pure); [Info.Ask] puts the platform's own answer about its URLs instead of
// the formula; [Info.URL] and [Info.HostIP] are what the
// rest of devup asks; [Info.Control] opens and closes ports. The environments are
// the rows of the table in providers.go; those with a program or an interface for
// their ports have a file of their own.
//
// Programs and HTTP are reached through the [Tools] that the caller hands in:
// this package starts nothing by itself. When to open which port is decided by
// package expose.
package workspace

import (
	"net/url"
	"strconv"
	"strings"
)

// portMark is replaced by the port's number in a [Info.Template].
const portMark = "{port}"

// Info describes one environment: a laptop, a Gitpod workspace, a codespace. The zero Info
// is a laptop. It is a plain value.
type Info struct {
	Provider    string  // "local", "gitpod", "codespaces", …; "custom" for a template without a provider
	Title       string  // as its users write it: "this machine", "Gitpod", "GitHub Codespaces"
	Name        string  // what the platform's own programs call it: the codespace's name, the target of ssh; empty where nothing asks
	Template    string  // the URL of a port, with {port} for its number: "https://{port}-x.ws-eu1.gitpod.io"; empty for localhost
	Ports       []Range // the ports that have a URL; nil for all
	NoURL       string  // why the other ports have none, or all of them where Template is empty
	Remote      bool    // browsers reach ports through the platform's proxy, not through localhost
	Nearby      bool    // that proxy runs on this machine and connects over loopback
	Locked      bool    // no port can be made public: every URL asks for a login
	NoCrossPort bool    // the proxy answers preflights itself, so that a page of one port cannot call another, public or not
	Note        string  // what the user should know about how this was found out, or empty

	// Tunnels are the URLs of ports to which a tunnel leads from the internet, while it
	// is open. They go before the Template. The URL is empty where the tunnel is about to
	// be opened.
	Tunnels map[int]string

	given bool // the user gave the template: no platform is asked
}

// Range is a run of ports, both ends included.
type Range struct{ From, To int }

// longestLabel is how long a part of a host name may be (RFC 1035).
const longestLabel = 63

// URL is the address at which a browser reaches the published port. Where the workspace has no
// URL for it, as [Info.Lacks] reports, it is the address on the
// machine itself.
func (p Info) URL(port int) string {
	if url := p.Tunnels[port]; url != "" {
		return url
	}
	if p.Template == "" || p.Lacks(port) != "" {
		return "http://localhost:" + strconv.Itoa(port)
	}
	return p.fill(port)
}

// Shares tells whether a tunnel leads to the port from the internet, or is about to.
func (p Info) Shares(port int) bool {
	_, shared := p.Tunnels[port]
	return shared
}

func (p Info) fill(port int) string {
	return strings.ReplaceAll(p.Template, portMark, strconv.Itoa(port))
}

// Lacks says why a browser on another machine has no URL for the port here, in a
// clause. It is empty where it has one, and where browsers run on this machine.
func (p Info) Lacks(port int) string {
	switch {
	case !p.Remote:
		return ""
	case p.Template == "" && p.NoURL == "":
		return "the public URLs of " + p.Title + " are not known"
	case p.Template == "" || !p.has(port):
		return p.NoURL
	case p.overlong(port):
		return "its URL would begin with a name of more than " + strconv.Itoa(longestLabel) + " characters; a shorter name of the workspace helps"
	}
	return ""
}

func (p Info) has(port int) bool {
	for _, r := range p.Ports {
		if r.From <= port && port <= r.To {
			return true
		}
	}
	return len(p.Ports) == 0
}

func (p Info) overlong(port int) bool {
	u, err := url.Parse(p.fill(port))
	if err != nil {
		return false // templates are checked where they come from
	}
	label, _, _ := strings.Cut(u.Hostname(), ".")
	return len(label) > longestLabel
}

// HostIP is the address that ports are published on where the project's files
// name none: every interface in a remote workspace, because its proxy does not connect
// in through loopback; loopback otherwise, so that nothing is open to a café, nor
// to the neighbours of a server that one has an SSH session on.
func (p Info) HostIP() string {
	if p.Remote && !p.Nearby {
		return "0.0.0.0"
	}
	return "127.0.0.1"
}
