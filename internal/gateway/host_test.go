package gateway

import (
	"net/http"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": names("web")}, func(c *Config) {
		c.Origins = []string{"https://x-8080.app.github.dev", "https://some-words.trycloudflare.com"}
	})
	for _, test := range []struct {
		host   string
		status int
	}{
		{"localhost", 200},
		{"LOCALHOST:8080", 200},
		{"localhost.:1", 200},
		{"web.localhost:8080", 200},
		{"127.0.0.1:8080", 200},
		{"[::1]:8080", 200},
		{"192.168.1.7:8080", 200},
		{"x-8080.app.github.dev", 200},
		{"X-8080.app.github.dev:443", 200},
		{"some-words.trycloudflare.com", 200},
		{"evil.example", 421},
		{"evil.example:8080", 421},
		{"localhost.evil.example", 421},
		{"notlocalhost", 421},
		{"x-8081.app.github.dev", 421},
		{"app.github.dev", 421},
		{"127.0.0.1.evil.example", 421},
		{"2130706433", 421},
		{"", 421},
		{"localhost:8080,evil.example", 421},
		{"localhost,evil.example:8080", 421},
		{"[::1%,evil.example]:8080", 421},
		{"::1", 421},
	} {
		status, body := w.raw(t, "GET / HTTP/1.1\nHost: "+test.host+"\n\n")
		if status != test.status {
			t.Errorf("Host %q: %d %q, want %d", test.host, status, body, test.status)
		}
	}
}

func TestItIsNoProxyToOthers(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": names("web")})
	for _, test := range []struct {
		line   string
		status int
	}{
		{"GET http://evil.example/ HTTP/1.1\nHost: localhost", 421},
		{"GET http://169.254.169.254/latest HTTP/1.1\nHost: localhost", 421},
		{"GET https://evil.example:443/ HTTP/1.1\nHost: localhost", 421},
		{"GET http://localhost:1/ HTTP/1.1\nHost: localhost", 200},
		{"GET http://" + w.address + "/ HTTP/1.1\nHost: evil.example", 200}, // the target counts, as RFC 9112 says
		{"CONNECT evil.example:443 HTTP/1.1\nHost: evil.example:443", 405},
		{"CONNECT localhost:22 HTTP/1.1\nHost: localhost", 405},
	} {
		status, body := w.raw(t, test.line+"\n\n")
		if status != test.status || status != 200 && !strings.HasPrefix(body, "devup: ") {
			t.Errorf("%q: %d %q, want %d", test.line, status, body, test.status)
		}
	}
}
