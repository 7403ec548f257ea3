package workspace

import "testing"

func TestSuffixDoesNotDependOnWhichPortsHaveAURL(t *testing.T) {
	t.Parallel()
	p := Info{Template: "https://{port}-x.proxy.daytona.works", Remote: true, Ports: []Range{{3000, 9999}}, NoURL: "no such port"}
	if host, none, suffix := p.Host(3000), p.Host(80), p.Suffix(); host != "3000-x.proxy.daytona.works" || none != "" || suffix != ".proxy.daytona.works" {
		t.Errorf("%q, %q, %q", host, none, suffix)
	}
}

func TestSuffixOfOnaIsTheSameBeforeAPortIsOpen(t *testing.T) {
	t.Parallel()
	before := Info{Provider: "ona", Remote: true}
	after := Info{Provider: "ona", Remote: true, Template: "https://{port}--019c.eu-central-1-01.gitpod.dev"}
	given := Info{Provider: "ona", Remote: true, Template: "https://{port}.example.com", given: true}
	if before.Suffix() != ".gitpod.dev" || after.Suffix() != ".gitpod.dev" || given.Suffix() != ".example.com" {
		t.Errorf("%q, %q, %q", before.Suffix(), after.Suffix(), given.Suffix())
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, template, host, suffix string }{
		{"laptop", "", "", ""},
		{"Gitpod", "https://{port}-abc.ws-eu74.gitpod.io", "3000-abc.ws-eu74.gitpod.io", ".ws-eu74.gitpod.io"},
		{"Codespaces", "https://fox-{port}.app.github.dev", "fox-3000.app.github.dev", ".app.github.dev"},
		{"Coder", "https://{port}--main--dev--ann.coder.example.com", "3000--main--dev--ann.coder.example.com", ".coder.example.com"},
		{"one host, a path", "https://code.example.com/proxy/{port}/", "code.example.com", "code.example.com"},
		{"one host, a port", "https://repl.example.com:{port}", "repl.example.com", "repl.example.com"},
		{"forwarded to this machine", "http://localhost:{port}", "", ""},
		{"an address", "http://10.0.0.5:{port}", "", ""},
		{"one label", "https://{port}", "3000", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := Info{Template: test.template}
			if host, suffix := p.Host(3000), p.Suffix(); host != test.host || suffix != test.suffix {
				t.Errorf("host %q, suffix %q; want %q, %q", host, suffix, test.host, test.suffix)
			}
		})
	}
}

func TestATunnelIsTheURLOfItsPort(t *testing.T) {
	t.Parallel()
	p := Info{Tunnels: map[int]string{3000: "https://words.trycloudflare.com"}}
	for port, want := range map[int][2]string{
		3000: {"https://words.trycloudflare.com", "words.trycloudflare.com"},
		4567: {"http://localhost:4567", ""},
	} {
		if got := [2]string{p.URL(port), p.Host(port)}; got != want {
			t.Errorf("port %d has %q, want %q", port, got, want)
		}
	}
}
