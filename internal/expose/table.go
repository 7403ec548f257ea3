// Package expose says at which address each published port of a project can be
// reached in the workspace where devup runs, makes public what may be, and checks it
// from outside.
//
// The order of use is: [Table] lists the ports (pure); [Open] makes public those
// that the project calls so, and no other; [Check] asks each URL without a login;
// [Notes] and [Calls] say what the user should know of the outcome (pure).
package expose

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// The states of a row. A caller with better words passes them to [Table].
const (
	Running    = "running"
	Starting   = "starting"
	NotRunning = "not running"
	NotUpdated = "running, not updated" // the container of an earlier run, after one that failed
	Failed     = "failed"
)

// Row is one published port. Its JSON form is a promise.
type Row struct {
	Type     string `json:"type"` // "url"
	Service  string `json:"service"`
	Target   int    `json:"target"` // the port inside the container
	Protocol string `json:"protocol"`
	Port     int    `json:"port,omitempty"`    // the port on the host; 0 when it is not decided yet
	URL      string `json:"url,omitempty"`     // what a browser opens; empty where no browser gets an answer
	Address  string `json:"address,omitempty"` // "localhost:5432", for ports that no browser gets to
	Note     string `json:"note,omitempty"`    // why a browser elsewhere gets no URL for a port that is for browsers
	State    string `json:"state"`             // "running", a state of its container, or what it answers now: "answers 500"
	Public   bool   `json:"public"`            // may be opened to the internet, or is by a tunnel; never true where browsers reach ports through localhost alone
	Access   Access `json:"access,omitempty"`  // how the URL answers a visitor without a login; empty where that is not known
	Advice   string `json:"advice,omitempty"`  // what to do where that is not as it should be
	HostIP   string `json:"-"`                 // the address that the port is bound to; empty for every one

	ready    string // the path that reports whether the service is ready; empty for /
	tunneled bool   // the URL is that of a tunnel, which is open already
	denied   bool   // the platform does not allow to make it public
}

// Tunneled reports whether the URL is that of a tunnel, which is open to everyone.
func (r Row) Tunneled() bool { return r.tunneled }

// Table lists the published ports of a resolved project by service, in each in
// the order of the config, after that of the gateway. running gives the state of
// services; one that it does not hold is not running.
func Table(p *project.Project, ws workspace.Info, running map[string]string) []Row {
	rows := []Row{}
	for _, port := range p.PublishedPorts() {
		if _, selected := p.Services[port.Service]; !selected {
			continue // who listens on it is no part of this run
		}
		rows = append(rows, row(port, ws, p.Extensions[port.Service].Public))
	}
	for name, s := range p.Services {
		if s.NetworkMode == "host" {
			rows = append(rows, hostRows(name, s.Ports, ws, p.Extensions[name].Public)...)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return strings.Compare(a.Service, b.Service) })
	rows = withGateway(rows, p, ws)
	for i := range rows {
		rows[i].ready = p.Extensions[rows[i].Service].Ready
		if rows[i].State = running[rows[i].Service]; rows[i].State == "" {
			rows[i].State = NotRunning
		}
	}
	return rows
}

// row is the row of one port.
func row(p project.Port, ws workspace.Info, public bool) Row {
	r := Row{Type: "url", Service: p.Service, Target: p.Target, Protocol: p.Protocol, Port: p.Wanted, HostIP: p.HostIP}
	if p.Wanted == 0 {
		return r
	}
	number := strconv.Itoa(p.Wanted)
	switch host := hostName(p.HostIP); {
	case !p.Web():
		r.Address = net.JoinHostPort(host, number)
	case ws.Tunnels[p.Wanted] != "":
		r.URL, r.Public, r.tunneled = ws.URL(p.Wanted), true, true
	case ws.Lacks(p.Wanted) != "":
		r.Address, r.Note = net.JoinHostPort(host, number), ws.Lacks(p.Wanted)
	case ws.Remote || host == "localhost":
		r.URL, r.Public = ws.URL(p.Wanted), public && ws.Remote
		if ws.Locked {
			r.Access = NeedsLogin // need not be asked
		}
	default:
		r.URL = "http://" + net.JoinHostPort(host, number)
	}
	return r
}

// hostRows are the rows of a service on the host's own network: its ports are
// the host's.
func hostRows(service string, ports []types.ServicePortConfig, ws workspace.Info, public bool) []Row {
	rows := make([]Row, 0, len(ports))
	for _, c := range ports {
		protocol := c.Protocol
		if protocol == "" {
			protocol = "tcp"
		}
		target := int(c.Target)
		rows = append(rows, row(project.Port{Service: service, Target: target, Wanted: target, Protocol: protocol}, ws, public))
	}
	return rows
}

// hostName is what users on this machine call the address that a port is
// bound to.
func hostName(ip string) string {
	parsed := net.ParseIP(ip)
	if parsed == nil || parsed.IsUnspecified() || parsed.IsLoopback() {
		return "localhost"
	}
	return ip
}
