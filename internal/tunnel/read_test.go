package tunnel

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorded are what the tools were seen to print, and what is to be read from it.
var recorded = []struct {
	file  string
	url   string
	works bool
}{
	{file: "cloudflared", url: "https://buffalo-marco-cardiff-motel.trycloudflare.com", works: true},
	{file: "cloudflared-2021", url: "https://four-dashed-word-url.trycloudflare.com", works: true},
	{file: "cloudflared-offline"},
	{file: "cloudflared-blocked", url: "https://never-gets-connected.trycloudflare.com"},
	{file: "ngrok", url: "https://94b1-203-0-113-7.ngrok-free.app", works: true},
	{file: "ngrok-address", url: "https://calm-owl.ngrok-free.dev", works: true},
	{file: "ngrok-token"},
	{file: "tailscale", url: "https://microcap-proto.tail737e71.ts.net", works: true},
	{file: "tailscale-port", url: "https://amelie-workstation.pango-lin.ts.net:8443", works: true},
	{file: "tailscale-refused"},
	{file: "devtunnel", url: "https://l3rs99qw-3000.usw2.devtunnels.ms", works: true},
	{file: "devtunnel-short", url: "https://zz08bgqx-3000.asse.devtunnels.ms", works: true},
	{file: "devtunnel-login"},
}

func TestWhatToolsPrintIsRead(t *testing.T) {
	t.Parallel()
	for _, r := range recorded {
		t.Run(r.file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("testdata", r.file+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			name, _, _ := strings.Cut(r.file, "-")
			got, works := "", false
			for line := range strings.Lines(string(text)) {
				u, w := toolOf(t, name).read(strings.TrimRight(line, "\n"), Target{Host: "127.0.0.1", Port: 3000})
				if works = works || w; got == "" {
					got = u
				}
			}
			if got != r.url || works != r.works {
				t.Errorf("URL %q, works %v; want %q, %v", got, works, r.url, r.works)
			}
		})
	}
}

func toolOf(t *testing.T, name string) Tool {
	t.Helper()
	for _, tool := range Tools() {
		if tool.Name == name {
			return tool
		}
	}
	t.Fatalf("there is no tool %q", name)
	return Tool{}
}

// FuzzRead: for all that a tool prints, what is read of it is an https origin or nothing.
func FuzzRead(f *testing.F) {
	for _, r := range recorded {
		text, err := os.ReadFile(filepath.Join("testdata", r.file+".txt"))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f.Add(strings.TrimRight(line, "\n"))
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, tool := range Tools() {
			text, _ := tool.read(line, Target{Host: "127.0.0.1", Port: 3000})
			if text == "" {
				continue
			}
			u, err := url.Parse(text)
			if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RequestURI() != "/" || strings.HasSuffix(text, "/") {
				t.Errorf("%s reads %q from %q", tool.Name, text, line)
			}
		}
	})
}
