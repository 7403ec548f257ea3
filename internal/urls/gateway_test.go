package urls

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// routesOf shows what a gateway serves, a route a line.
func routesOf(p *project.Project) string {
	var lines []string
	for _, r := range p.Gateway.Routes {
		line := r.Prefix + " " + r.Service
		if r.Strip {
			line += " stripped"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

const (
	api   = "  api: {build: ., ports: ['4567:4567']%s}\n"
	web   = "  web: {build: ., ports: ['3000:3000']%s}\n"
	redis = "  db: {image: redis, ports: ['6379:6379']}\n"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	found := map[string]Found{"api": {Routes: []string{"/api", "/health"}}}
	tests := []struct {
		name, top, services string
		found               map[string]Found
		want                string
	}{
		{name: "found", services: fmt.Sprintf(api+web, "", "") + redis, found: found, want: "/ web, /api api, /health api"},
		{name: "of the services", services: fmt.Sprintf(api+web, ", x-devup: {routes: [/v1/, {path: /auth, strip: true}]}", ""), found: found, want: "/ web, /auth api stripped, /v1 api"},
		{name: "of one service, in short", services: fmt.Sprintf(api+web, ", x-devup: {routes: /v1}", ""), want: "/ web, /v1 api"},
		{
			name: "of the gateway, before all others", top: "gateway: {routes: {/rest: {service: api, strip: true}, /: web}}",
			services: fmt.Sprintf(api+web, ", x-devup: {routes: [/v1]}", ""), found: found, want: "/ web, /rest api stripped",
		},
		{name: "of the gateway, and / by itself", top: "gateway: {routes: {/rest: api}}", services: fmt.Sprintf(api+web, "", ""), want: "/ web, /rest api"},
		{name: "the frontend by its stack", services: fmt.Sprintf(api+web, "", ", x-devup: {stack: cra}"), want: "/ web"},
		{name: "the frontend by its source", services: fmt.Sprintf(api+web, "", ""), found: map[string]Found{"web": {Page: true}}, want: "/ web"},
		{name: "what is developed here, not an image", services: fmt.Sprintf(api+web, "", "") + "  s3: {image: minio, ports: ['9000:9000']}\n", found: found, want: "/ web, /api api, /health api"},
		{name: "a backend alone serves its own pages", services: fmt.Sprintf(api, "") + redis, found: found, want: "/ api, /api api, /health api"},
		{name: "a host's own network", services: fmt.Sprintf(api, "") + "  web: {build: ., network_mode: host, ports: ['3000:3000']}\n", found: found, want: "/ web, /api api, /health api"},
		{name: "a service whose profile is off", top: "gateway: {routes: {/: web, /x: off}}", services: fmt.Sprintf(web, "") + "  off: {image: x, profiles: [p]}\n", want: "/ web"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := WithGateway(loadText(t, "services:\n"+test.services+"x-devup: {"+test.top+"}\n"), test.found)
			if err != nil {
				t.Fatal(err)
			}
			if got := routesOf(p); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRoutesThatAreNotClear(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, services string
		found          map[string]Found
		want, hint     string
	}{
		{
			name: "two that may be the frontend", services: fmt.Sprintf(api+web, "", ""),
			want: "it is not clear which service the gateway opens at /: api or web", hint: "gateway: {routes: {/: api}}",
		},
		{
			name: "two with the same route", services: fmt.Sprintf(api+web, "", ""), found: map[string]Found{"api": {Routes: []string{"/api"}}, "web": {Routes: []string{"/api"}}},
			want: "the services api and web both serve /api", hint: "gateway: {routes: {/api: api}}",
		},
		{name: "no port for browsers", services: redis, want: "no service publishes a port that speaks HTTP, so there is nothing for a gateway to serve", hint: "ports"},
		{
			name: "a route to no port", services: "  api: {build: ., x-devup: {routes: [/api]}}\n",
			want: "the gateway cannot lead /api to service api, which publishes no port that speaks HTTP", hint: "ports",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := WithGateway(loadText(t, "services:\n"+test.services), test.found)
			e := failure(t, err)
			if e.Message != test.want || !strings.Contains(e.Hint, test.hint) || e.Code != fail.Config {
				t.Errorf("got  %s (hint: %s)\nwant %s (hint: %s)", e.Message, e.Hint, test.want, test.hint)
			}
		})
	}
}

func TestWhatTheGatewayDoesNotReachIsSaid(t *testing.T) {
	t.Parallel()
	p, err := WithGateway(loadText(t, "services:\n"+fmt.Sprintf(api+web, "", ", x-devup: {stack: vite}")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, "the gateway does not reach api: no route of it is known") {
		t.Errorf("notes: %q", notes)
	}
}

// TestResolveWithGateway holds that everything that a browser uses is the gateway's,
// and what is not for browsers stays the service's own.
func TestResolveWithGateway(t *testing.T) {
	t.Parallel()
	const text = `
services:
  api:
    build: .
    ports: ["4567:4567"]
    environment: {FRONTEND_URL: "${DEVUP_URL_WEB}", OWN: "${DEVUP_URL_API}", PORT: "${DEVUP_PORT_API}", ORIGINS: "${DEVUP_ORIGINS}"}
  web:
    image: node
    ports: ["3000:3000"]
    environment:
      REACT_APP_BACKEND_URL: https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}
      SOCKET: wss://4567-abc.ws-eu1.gitpod.io/ws
      ADMIN: ${DEVUP_URL_ADMIN}/x
      STORE: ${DEVUP_URL_STORE}
  admin: {image: x, ports: ["127.0.0.2:5000:5000"]}
  store: {image: x, ports: ["9000:9000"]}
x-devup: {gateway: {routes: {/: web, /api: api, /admin: {service: admin, strip: true}}}}
`
	p, err := WithGateway(loadText(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	port, on := GatewayPort(p)
	if !on || port.Wanted != 8080 {
		t.Fatalf("the gateway wants %+v", port)
	}
	given := asWanted(p, map[int]int{4567: 4568})
	given[port.Key()] = 8081
	for _, test := range []struct {
		where Where
		want  map[string]string
	}{
		{laptop, map[string]string{
			"FRONTEND_URL": "http://localhost:8081", "OWN": "http://localhost:8081", "PORT": "4568",
			"REACT_APP_BACKEND_URL": "http://localhost:8081", "SOCKET": "ws://localhost:8081/ws",
			"ADMIN": "http://localhost:8081/admin/x", "STORE": "http://localhost:9000",
		}},
		{Where{URL: codespace, HostIP: "0.0.0.0"}, map[string]string{
			"FRONTEND_URL": "https://name-8081.app.github.dev", "OWN": "https://name-8081.app.github.dev", "PORT": "4568",
			"REACT_APP_BACKEND_URL": "https://name-8081.app.github.dev", "SOCKET": "wss://name-8081.app.github.dev/ws",
			"ADMIN": "https://name-8081.app.github.dev/admin/x", "STORE": "https://name-9000.app.github.dev",
		}},
	} {
		r := Resolve(p, given, test.where)
		env := maps.Clone(r.Services["web"].Environment)
		maps.Copy(env, r.Services["api"].Environment)
		for name, want := range test.want {
			if env[name] == nil || *env[name] != want {
				t.Errorf("%s: got %v, want %s", name, env[name], want)
			}
		}
		own := test.where.URL(8081)
		if origins := *env["ORIGINS"]; !strings.HasPrefix(origins, own+",") || !strings.Contains(origins, "http://localhost:8081") {
			t.Errorf("origins: %s", origins)
		}
		var upstreams []string
		for _, route := range r.Gateway.Routes {
			upstreams = append(upstreams, route.Upstream)
		}
		if got := strings.Join(upstreams, " "); got != "127.0.0.1:3000 127.0.0.2:5000 127.0.0.1:4568" || r.Gateway.HostPort != 8081 {
			t.Errorf("port %d, upstreams %s", r.Gateway.HostPort, got)
		}
	}
}

func TestNoGateway(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x-devup: {}", "x-devup: {gateway: false}", "x-devup: {gateway: '${NONE:-false}'}"} {
		p := loadText(t, "services: {web: {image: x, ports: ['3000:3000']}}\n"+text)
		if _, on := GatewayPort(p); on || Resolve(p, nil, laptop).Gateway != nil {
			t.Errorf("%q makes a gateway", text)
		}
	}
}
