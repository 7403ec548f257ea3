package up

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/workspace"
)

const publicAndPrivate = `
-- compose.yaml --
name: shop
services:
  web: {image: web, ports: ["8080:80"], x-devup: {public: true}}
  admin: {image: web, ports: ["9090:80"]}
`

// TestRevealURLs: a platform that gives URLs only to open ports is asked with the ports
// that are public anyway, and with no other.
func TestRevealURLs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options Options
		ws      workspace.Info
		answer  string
		err     error
		asked   string
		want    string // template
		said    string
	}{
		{name: "the public port", answer: "https://box-{port}.example", asked: "[8080]", want: "https://box-{port}.example"},
		{name: "all are made public", options: Options{Public: true}, answer: "https://box-{port}.example", asked: "[9090 8080]", want: "https://box-{port}.example"},
		{name: "a run that opens nothing", options: Options{NoWait: true}},
		{name: "a dry run", options: Options{DryRun: true}},
		{name: "containers that are not started", options: Options{Plan: plan.Options{NoStart: true}}},
		{name: "URLs that are known", ws: workspace.Info{Template: "https://{port}.known"}, want: "https://{port}.known"},
		{name: "a platform that fails", err: errors.New("no"), asked: "[8080]", said: "the public URLs are not known before a port is open: open 8080 (no)"},
		{name: "a platform that says nothing", asked: "[8080]", said: "the public URLs are not known before a port is open: open 8080"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, publicAndPrivate)
			asked := ""
			f.runner.Workspace = test.ws
			f.runner.Ports = workspace.Control{
				Reveal: func(_ context.Context, ports []int) (string, error) {
					asked = fmt.Sprint(ports)
					return test.answer, test.err
				},
				ByHand: func(port int) string { return fmt.Sprint("open ", port) },
			}
			loaded := loadedFrom(t, publicAndPrivate)
			if test.options.Public {
				loaded = loaded.AllPublic()
			}
			l := upRun{Runner: f.runner, options: test.options, loaded: loaded}
			got := l.revealURLs(t.Context(), map[project.PortKey]int{
				{Service: "web", Target: 80, Protocol: "tcp"}: 8080, {Service: "admin", Target: 80, Protocol: "tcp"}: 9090,
			})
			if asked != test.asked || got.Template != test.want || strings.Join(f.said, "; ") != test.said {
				t.Errorf("asked with %s, template %q, said %q", asked, got.Template, f.said)
			}
		})
	}
}

func TestGatewayConfig(t *testing.T) {
	t.Parallel()
	loaded := loadedFrom(t, `
-- compose.yaml --
name: shop
services:
  web: {image: web, ports: ["3000:80"]}
  api: {image: api, ports: ["4000:80"]}
x-devup: {gateway: {port: 8080, routes: {/: web, /api: api}}}
`)
	p, err := urls.WithGateway(loaded, nil)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := urls.GatewayPort(p)
	assigned := map[project.PortKey]int{
		port.Key(): 8081, {Service: "web", Target: 80, Protocol: "tcp"}: 3000, {Service: "api", Target: 80, Protocol: "tcp"}: 4001,
	}
	routes := []gateway.Route{
		{Prefix: "/", Service: "web", Upstream: "127.0.0.1:3000"}, {Prefix: "/api", Service: "api", Upstream: "127.0.0.1:4001"},
	}
	for name, test := range map[string]struct {
		ws   workspace.Info
		want gateway.Config
	}{
		"here": {workspace.Info{}, gateway.Config{Listen: "127.0.0.1:8081", Wanted: 8080, Routes: routes}},
		"behind the proxy of a place": {
			workspace.Info{Remote: true, Nearby: true, Template: "https://{port}.box.example"},
			gateway.Config{Listen: "127.0.0.1:8081", Wanted: 8080, Routes: routes, BehindProxy: true, Origins: []string{"https://8081.box.example"}},
		},
	} {
		resolved := urls.Resolve(p, assigned, urls.Where{URL: test.ws.URL, HostIP: test.ws.HostIP()})
		if diff := cmp.Diff(test.want, gatewayConfig(resolved, test.ws)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
