package up

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/workspace"
)

const twoFrontends = `
-- devup.yaml --
services:
  shop: {build: ./shop, ports: ["5173:5173"]}
  admin: {build: ./admin, ports: ["5174:5173"]}
-- shop/Dockerfile --
FROM node
-- shop/package.json --
{"devDependencies": {"vite": "^6.1.0"}}
-- admin/Dockerfile --
FROM node
-- admin/package.json --
{"devDependencies": {"vite": "^6.1.0"}}
`

// TestOnlyWhatIsSharedIsProxied: behind a tunnel a framework learns of the tunnel's
// name, and a service that has none is not recreated for it.
func TestOnlyWhatIsSharedIsProxied(t *testing.T) {
	t.Parallel()
	loaded := loadedFrom(t, twoFrontends)
	ws := workspace.Info{Tunnels: map[int]string{5173: "https://laptop.tail1234.ts.net"}}
	p := urls.Resolve(loaded, nil, urls.Where{URL: ws.URL})
	AddProxySettings(p, ws)
	for name, want := range map[string]string{"shop": ".tail1234.ts.net", "admin": ""} {
		got := ""
		for variable, value := range p.Services[name].Environment {
			if strings.Contains(variable, "ALLOWED_HOSTS") && value != nil {
				got = *value
			}
		}
		if got != want {
			t.Errorf("%s allows %q, want %q", name, got, want)
		}
	}
}

// A server under a path that the proxy removes gets it in a variable, except one behind a
// gateway, whose own path that would be.
func TestAServerGetsItsPath(t *testing.T) {
	t.Parallel()
	const api = "-- api/Dockerfile --\nFROM python\n-- api/requirements.txt --\nfastapi\n-- devup.yaml --\nservices:\n  api: {build: ./api, ports: [\"8000:8000\"]}\n"
	for config, want := range map[string]string{
		api: "/proxy/8001",
		api + "x-devup: {gateway: {routes: {/: api}}}\n": "",
	} {
		loaded := loadedFrom(t, config)
		ws := workspace.Info{Remote: true, Template: "https://box.example.com/proxy/{port}/"}
		moved := map[project.PortKey]int{{Service: "api", Target: 8000, Protocol: "tcp"}: 8001}
		got := ""
		p := urls.Resolve(loaded, moved, urls.Where{URL: ws.URL})
		AddProxySettings(p, ws)
		if value := p.Services["api"].Environment["UVICORN_ROOT_PATH"]; value != nil {
			got = *value
		}
		if got != want {
			t.Errorf("got %q, want %q, of\n%s", got, want, config)
		}
	}
}

func loadedFrom(t *testing.T, archive string) *project.Project {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, archive)
	loaded, err := project.Load(t.Context(), project.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func writeFiles(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAMovedPortIsTold: on a laptop a page of Create React App finds its dev server on another
// port than its own, and nothing is set where the ports are the same.
func TestAMovedPortIsTold(t *testing.T) {
	t.Parallel()
	loaded := loadedFrom(t, `
-- devup.yaml --
services:
  same: {build: ./web, ports: ["3000:3000"]}
  mapped: {build: ./web, ports: ["13059:3000"]}
  own: {build: ./web, ports: ["13060:3000"], environment: {WDS_SOCKET_PORT: "443"}}
-- web/Dockerfile --
FROM node
-- web/package.json --
{"dependencies": {"react-scripts": "5.0.1"}}
`)
	p := urls.Resolve(loaded, nil, urls.Where{})
	AddProxySettings(p, workspace.Info{})
	for name, want := range map[string]string{"same": "", "mapped": "0", "own": "443"} {
		got := ""
		if value := p.Services[name].Environment["WDS_SOCKET_PORT"]; value != nil {
			got = *value
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
