package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// received is what a service receives of who asks, as JSON.
type received struct {
	Host   string
	Header http.Header
}

func echo() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(received{r.Host, r.Header})
	})
}

// headersReceived asks the gateway and gives what the service received.
func (w *world) headersReceived(t *testing.T, method, headers string) received {
	t.Helper()
	var s received
	if err := json.Unmarshal([]byte(textOf(t, w.ask(t, method, "/", headers, nil))), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestForwardedOnALaptop(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": echo()})
	got := w.headersReceived(t, "GET", `
Host: localhost:8080
Connection: X-Forwarded-Host, X-Forwarded-For, X-Forwarded-Proto
X-Forwarded-Host: evil.example
X-Forwarded-For: 6.6.6.6
X-Forwarded-Proto: https
X-Forwarded-Port: 1
X-Forwarded-Prefix: /evil
X_Forwarded_Host: evil.example
x_forwarded-proto: https
X-Real-Ip: 6.6.6.6
Forwarded: host=evil.example
X-Original-Url: /secret
True-Client-IP: 6.6.6.6
X-Client-IP: 6.6.6.6
x_cluster_client-ip: 6.6.6.6
CF-Connecting-IP: 6.6.6.6
Proxy: http://evil.example
`)
	if got.Host != w.local("web") {
		t.Errorf("Host %s, want %s", got.Host, w.local("web"))
	}
	for name, want := range map[string]string{
		"X-Forwarded-Host": "localhost:8080", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "8080", "X-Forwarded-For": "127.0.0.1",
		"X-Forwarded-Prefix": "", "X-Real-Ip": "", "Forwarded": "", "X-Original-Url": "", "Proxy": "",
		"True-Client-Ip": "", "X-Client-Ip": "", "Cf-Connecting-Ip": "",
	} {
		if values := got.Header[name]; strings.Join(values, "|") != want {
			t.Errorf("%s: %q, want %q", name, values, want)
		}
	}
	for name := range got.Header {
		if strings.Contains(name, "_") {
			t.Errorf("the service heard %s", name)
		}
	}
}

func TestForwardedBehindAPlatform(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": echo()}, func(c *Config) {
		c.BehindProxy, c.Origins = true, []string{"https://x-8080.app.github.dev"}
	})
	for _, test := range []struct{ name, headers, want string }{
		{
			"Codespaces, whose Host is localhost", "Host: localhost:8080\nX-Forwarded-Host: x-8080.app.github.dev\nX-Forwarded-Proto: https\nX-Forwarded-For: 9.9.9.9",
			"x-8080.app.github.dev https 443 9.9.9.9, 127.0.0.1",
		},
		{"Gitpod, which keeps the Host", "Host: x-8080.app.github.dev\nX-Forwarded-Proto: https", "x-8080.app.github.dev https 443 127.0.0.1"},
		{"a proxy that says nothing", "Host: x-8080.app.github.dev", "x-8080.app.github.dev https 443 127.0.0.1"},
		{"a host that is not ours", "Host: localhost:8080\nX-Forwarded-Host: evil.example", "localhost:8080 http 8080 127.0.0.1"},
		{"a list", "Host: localhost:8080\nX-Forwarded-Host: evil.example, x-8080.app.github.dev\nX-Forwarded-Proto: gopher", "x-8080.app.github.dev https 443 127.0.0.1"},
	} {
		h := w.headersReceived(t, "GET", test.headers).Header
		got := strings.Join([]string{h.Get("X-Forwarded-Host"), h.Get("X-Forwarded-Proto"), h.Get("X-Forwarded-Port"), h.Get("X-Forwarded-For")}, " ")
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": echo()}, func(c *Config) {
		c.BehindProxy, c.Origins = true, []string{"https://x-8080.app.github.dev"}
	})
	own := "http://" + w.local("web")
	for _, test := range []struct{ name, host, origin, want string }{
		{"none", "localhost:8080", "", ""},
		{"the same host", "localhost:9999", "http://localhost:9999", own}, // through ssh -L
		{"the public one", "x-8080.app.github.dev", "https://x-8080.app.github.dev", own},
		{"Codespaces, which makes localhost of it", "localhost:" + w.port(), "https://localhost:" + w.port(), own},
		{"the public host is kept, and the Origin is localhost", "x-8080.app.github.dev", "http://localhost:" + w.port(), own},
		{"another site", "localhost:8080", "https://evil.example", "https://evil.example"},
		{"another port of this machine", "localhost:8080", "http://localhost:3000", "http://localhost:3000"},
		{"a sandbox", "localhost:8080", "null", "null"},
		{"a name that begins alike", "localhost:8080", "http://localhost:80801", "http://localhost:80801"},
	} {
		headers := "Host: " + test.host
		if test.origin != "" {
			headers += "\nOrigin: " + test.origin
		}
		if got := w.headersReceived(t, "POST", headers).Header.Get("Origin"); got != test.want {
			t.Errorf("%s: Origin %q, want %q", test.name, got, test.want)
		}
	}
}

// TestFrameworksThatCompareOriginWithForwardedHost simulates Rails and Next.js, which
// would refuse a form of their own page otherwise.
func TestFrameworksThatCompareOriginWithForwardedHost(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Powered-By", "Next.js")
		_ = json.NewEncoder(w).Encode(received{r.Host, r.Header})
	})})
	w.headersReceived(t, "GET", "Host: localhost:8080")
	for origin, want := range map[string]string{"http://localhost:8080": "", "https://evil.example": "https://evil.example"} {
		if got := w.headersReceived(t, "POST", "Host: localhost:8080\nOrigin: "+origin).Header.Get("Origin"); got != want {
			t.Errorf("Origin %s becomes %q, want %q", origin, got, want)
		}
	}
}

func TestRedirectsAndCookies(t *testing.T) {
	t.Parallel()
	var answer http.Header
	say := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), answer)
		w.WriteHeader(http.StatusFound)
	})
	w := serve(t, map[string]http.Handler{"/": say, "/api!": say}, func(c *Config) { c.Origins = []string{"https://x-8080.example.dev"} })
	_, webPort, _ := strings.Cut(w.local("web"), ":")
	_, apiPort, _ := strings.Cut(w.local("api"), ":")
	for _, test := range []struct{ from, location, want string }{
		{"/", "/login?next=%2F", "/login?next=%2F"},
		{"/", "login", "login"},
		{"/", "http://localhost:" + webPort + "/a%2Fb?c=d#e", "/a%2Fb?c=d#e"},
		{"/", "http://localhost:" + webPort, "/"},
		{"/", "http://localhost:" + webPort + "//a.example/b", "https://x-8080.example.dev//a.example/b"},
		{"/", "http://127.0.0.1:" + webPort + "/a", "/a"},
		{"/", "//localhost:" + webPort + "/a", "/a"},
		{"/", "http://localhost:" + apiPort + "/a", "/api/a"},
		{"/", "http://user:x@localhost:" + webPort + "/a", "/a"},
		{"/", "http://user@localhost:" + webPort + "//a.example/b", "https://x-8080.example.dev//a.example/b"},
		{"/", "http://user@localhost:1/a", "http://user@localhost:1/a"},
		{"/", "http://localhost:1/a", "http://localhost:1/a"},
		{"/", "https://accounts.example/auth", "https://accounts.example/auth"},
		{"/", "myapp://localhost:" + webPort + "/a", "myapp://localhost:" + webPort + "/a"},
		{"/api/x", "/login", "/api/login"},
		{"/api/x", "/api/login", "/api/login"},
		{"/api/x", "http://localhost:" + apiPort + "/login", "/api/login"},
		{"/api/x", "http://localhost:" + webPort + "/", "/"},
	} {
		answer = http.Header{"Location": {test.location}}
		if got := w.ask(t, "GET", test.from, "Host: x-8080.example.dev", nil).Header.Get("Location"); got != test.want {
			t.Errorf("%s → %s: got %s, want %s", test.from, test.location, got, test.want)
		}
	}
	answer = http.Header{"Set-Cookie": {"a=1; Domain=localhost; Path=/; Partitioned", "b=2; path=/x; domain=.example.com", "c=3"}}
	for from, want := range map[string][]string{
		"/":      {"a=1; Path=/; Partitioned", "b=2; path=/x; domain=.example.com", "c=3"},
		"/api/x": {"a=1; Path=/; Partitioned", "b=2; path=/api/x; domain=.example.com", "c=3"},
	} {
		if got := w.ask(t, "GET", from, "", nil).Header["Set-Cookie"]; !slices.Equal(got, want) {
			t.Errorf("cookies at %s: %q, want %q", from, got, want)
		}
	}
}

func TestStripSaysSo(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": names("web"), "/api!": echo()})
	var s received
	if err := json.Unmarshal([]byte(textOf(t, w.ask(t, "GET", "/api/x", "", nil))), &s); err != nil || s.Header.Get("X-Forwarded-Prefix") != "/api" {
		t.Errorf("%v %v", err, s.Header)
	}
}
