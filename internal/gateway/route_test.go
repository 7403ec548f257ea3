package gateway

import (
	"net/http"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{
		"/": names("web"), "/api": names("api"), "/api/admin": names("admin"), "/files!": names("files"),
	})
	for _, test := range []struct{ path, want string }{
		{"/", "web /"},
		{"/api", "api /api"},
		{"/api/", "api /api/"},
		{"/api/users", "api /api/users"},
		{"/apiary", "web /apiary"},
		{"/%61pi/users", "api /%61pi/users"},
		{"/api/admin", "admin /api/admin"},
		{"/api/administrators", "api /api/administrators"},
		{"/files", "files /"},
		{"/files/a%2Fb/c", "files /a%2Fb/c"},
		{"/files//evil.example/x", "files /evil.example/x"},
		{"/api/a%2Fb", "api /api/a%2Fb"},
		{"/x/api/y", "web /x/api/y"},
		{"//api/users", "web //api/users"},
	} {
		if got := textOf(t, w.ask(t, "GET", test.path, "", nil)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.path, got, test.want)
		}
	}
}

func TestPathsThatLeadElsewhereReachNoService(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": names("web"), "/api": names("api")})
	for _, path := range []string{
		"/api/../secret", "/x/../api/users", "/%2e%2e/api", "/x/%2E%2e/api", "/x/.%2e/api", "/x/..;/api", "/x/..%2fapi", "/x/..%5Capi",
		"/x/%2e%2e%2fapi", "/./api", "/api/.", `/x/..\api`, "/x%2f..%2fapi", "*",
	} {
		status, body := w.raw(t, "GET "+path+" HTTP/1.1\nHost: localhost\n\n")
		if status != http.StatusBadRequest || strings.HasPrefix(body, "web") || strings.HasPrefix(body, "api") {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
}

func TestNoRouteIsFourOhFour(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/api": names("api")})
	if r := w.ask(t, "GET", "/", "", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", r.StatusCode)
	}
}

func TestNewRoutesWhileItServes(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan bool), make(chan bool)
	w := serve(t, map[string]http.Handler{
		"/": names("web"),
		"/api": http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			entered <- true
			<-leave
			_, _ = out.Write([]byte("finished"))
		}),
	})
	got := make(chan string)
	go func() { got <- textOf(t, w.ask(t, "GET", "/api", "", nil)) }()
	<-entered
	w.gateway.Set(Config{Listen: w.address, Routes: []Route{{Prefix: "/", Service: "web", Upstream: w.at["web"]}}})
	if now := textOf(t, w.ask(t, "GET", "/api", "", nil)); now != "web /api" {
		t.Errorf("with new routes: %q", now)
	}
	close(leave)
	if before := <-got; before != "finished" {
		t.Errorf("the request that was on its way: %q", before)
	}
}
