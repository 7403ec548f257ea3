// Package workspace says which environment devup runs in and what URL a
// published port has there. It reads environment variables and a few probe
// files that it is given, asks no network, and opens nothing yet: opening a
// port is the seam that later providers fill.
//
// [Detect] gives the [Place]; [Place.URL] and [Place.HostIP] are what the rest
// of devup asks it. Each environment is one value of type provider in a file of
// its own, listed in the order in which they are tried.
package workspace

import (
	"strconv"
	"strings"
)

// portMark stands for the port's number in a [Place.Template].
const portMark = "{port}"

// Place is one environment: a laptop, a Gitpod workspace, a codespace. The zero
// Place is a laptop. It is a plain value.
type Place struct {
	Provider string // "local", "gitpod", "codespaces", "custom"
	Title    string // as people write it: "this machine", "Gitpod", "GitHub Codespaces"
	Template string // the URL of a port, with {port} for its number: "https://{port}-x.ws-eu1.gitpod.io"; empty for localhost
	Remote   bool   // browsers reach ports through the provider's proxy, not through localhost
	Note     string // what the person should know about how this was found out, or empty
}

// URL is the address at which a browser reaches the published port.
func (p Place) URL(port int) string {
	number := strconv.Itoa(port)
	if p.Template == "" {
		return "http://localhost:" + number
	}
	return strings.ReplaceAll(p.Template, portMark, number)
}

// HostIP is the address that ports are published on where the project's files
// name none: every interface in a remote place, because its proxy does not come
// in through loopback; loopback otherwise, so that nothing is open to a café.
func (p Place) HostIP() string {
	if p.Remote {
		return "0.0.0.0"
	}
	return "127.0.0.1"
}
