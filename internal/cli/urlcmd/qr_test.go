package urlcmd

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/workspace"
)

func TestPhoneURL(t *testing.T) {
	t.Parallel()
	lan := netip.MustParseAddr("192.168.1.7")
	local := expose.Row{Service: "web", Target: 80, Port: 3000, URL: "http://localhost:3000", HostIP: "127.0.0.1"}
	with := func(url, bound string) expose.Row {
		r := local
		r.URL, r.HostIP = url, bound
		return r
	}
	tests := []struct {
		name  string
		place workspace.Info
		row   expose.Row
		lan   netip.Addr
		want  string
	}{
		{name: "bound to every address", row: with("http://localhost:3000", "0.0.0.0"), lan: lan, want: "http://192.168.1.7:3000"},
		{name: "to those of IPv6 too", row: with("http://localhost:3000", "::"), lan: lan, want: "http://192.168.1.7:3000"},
		{name: "the host's own network", row: with("http://localhost:3000", ""), lan: lan, want: "http://192.168.1.7:3000"},
		{name: "bound to this machine", row: local, lan: lan, want: "port 3000 of web is bound to 127.0.0.1, which a phone cannot reach"},
		{name: "bound to an address of the network", row: with("http://192.168.1.5:3000", "192.168.1.5"), lan: lan, want: "http://192.168.1.5:3000"},
		{name: "shared", row: with("https://words.trycloudflare.com", "127.0.0.1"), want: "https://words.trycloudflare.com"},
		{name: "in no network", row: with("http://localhost:3000", "0.0.0.0"), want: "this machine is in no network that a phone can join"},
		{name: "WSL", place: workspace.Info{Provider: "wsl"}, row: with("http://localhost:3000", "0.0.0.0"), lan: lan, want: "Windows does not forward port 3000 of web from its network to WSL"},
		{name: "a cloud workspace", place: workspace.Info{Remote: true}, row: with("https://3000-x.gitpod.io", "0.0.0.0"), lan: lan, want: "https://3000-x.gitpod.io"},
		{name: "one without public URLs", place: workspace.Info{Remote: true}, row: local, lan: lan, want: "web has no URL that a phone can reach"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := phoneURL(test.place, test.row, test.lan)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestForPhones(t *testing.T) {
	t.Parallel()
	row := func(service string, target int, bound string) expose.Row {
		return expose.Row{Service: service, Target: target, Port: target, URL: "http://localhost:1", HostIP: bound}
	}
	lan := netip.MustParseAddr("192.168.1.7")
	db := expose.Row{Service: "db", Target: 5432, Port: 5432, Address: "localhost:5432", HostIP: "0.0.0.0"}
	tests := []struct {
		name  string
		rows  []expose.Row
		named []string
		want  string
	}{
		{name: "the frontend", rows: []expose.Row{db, row("api", 4567, "0.0.0.0"), row("web", 3000, "0.0.0.0")}, want: "web"},
		{name: "what a phone gets to", rows: []expose.Row{row("api", 4567, "0.0.0.0"), row("web", 3000, "127.0.0.1")}, want: "api"},
		{name: "nothing that it does", rows: []expose.Row{row("api", 4567, "127.0.0.1"), row("web", 3000, "127.0.0.1")}, want: "web"},
		{name: "the named ones", rows: []expose.Row{row("api", 4567, "127.0.0.1"), row("web", 3000, "0.0.0.0")}, named: []string{"web", "api"}, want: "web api"},
		{name: "only a database", rows: []expose.Row{db}, want: "no service publishes a port that a browser could open"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			chosen, err := forPhones(workspace.Info{}, test.rows, test.named, lan)
			var names []string
			for _, r := range chosen {
				names = append(names, r.Service)
			}
			got := strings.Join(names, " ")
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
