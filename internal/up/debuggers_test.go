package up

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/workspace"
)

const twoFlasks = `
-- devup.yaml --
services:
  api: {build: ./api, ports: ["5000:5000"], environment: {FLASK_DEBUG: "1"}, x-devup: {public: true}}
  own: {build: ./api, ports: ["5001:5000"], environment: {FLASK_RUN_DEBUGGER: "true"}, x-devup: {public: true}}
  inner: {build: ./api, ports: ["5002:5000"]}
-- api/Dockerfile --
FROM python
CMD ["flask", "run", "--debug"]
-- api/requirements.txt --
flask
`

// TestDebuggersAreNotPublic: the internet reaches Flask without its debugger, and only there
// is it turned off.
func TestDebuggersAreNotPublic(t *testing.T) {
	t.Parallel()
	remote := workspace.Info{Remote: true, Template: "https://{port}-x.example.com"}
	locked := remote
	locked.Locked = true
	tunnel := workspace.Info{Tunnels: map[int]string{5002: "https://a.example.com"}}
	opening := workspace.Info{Tunnels: map[int]string{5002: ""}}
	for name, c := range map[string]struct {
		ws    workspace.Info
		all   bool   // up --public
		want  string // the services whose debugger is off
		notes string // part of a note
	}{
		"a workspace":                      {remote, false, "api", `own: Flask shows its debugger to any visitor of a public service: write FLASK_RUN_DEBUGGER: "false" in its environment`},
		"all public":                       {remote, true, "api inner", "inner: FLASK_RUN_DEBUGGER=false is set, because the service is public"},
		"a workspace with a login for all": {locked, false, "", ""},
		"a laptop":                         {workspace.Info{}, false, "", ""},
		"a tunnel":                         {tunnel, false, "inner", "inner: FLASK_RUN_DEBUGGER=false"},
		"before a tunnel opens":            {opening, false, "inner", "inner: FLASK_RUN_DEBUGGER=false"},
	} {
		p := urls.Resolve(loadedFrom(t, twoFlasks), nil, urls.Where{URL: c.ws.URL})
		if c.all {
			p = p.AllPublic()
		}
		RemoveDebuggers(p, c.ws)
		var got []string
		for _, service := range p.ServiceNames() {
			if value := p.Services[service].Environment["FLASK_RUN_DEBUGGER"]; value != nil && *value == "false" {
				got = append(got, service)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q have no debugger, want %q", name, got, c.want)
		}
		if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, c.notes) || c.want == "" && notes != "" {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

// TestDebuggersBehindAGateway: a public gateway opens what it leads to.
func TestDebuggersBehindAGateway(t *testing.T) {
	t.Parallel()
	config := strings.Replace(twoFlasks, "services:\n", "x-devup: {gateway: {routes: {/: api}}}\nservices:\n", 1)
	ws := workspace.Info{Remote: true, Template: "https://{port}-x.example.com"}
	p := urls.Resolve(loadedFrom(t, config), map[project.PortKey]int{{Service: project.GatewayName, Target: 8080, Protocol: "tcp"}: 8080}, urls.Where{URL: ws.URL})
	RemoveDebuggers(p, ws)
	if value := p.Services["api"].Environment["FLASK_RUN_DEBUGGER"]; value == nil || *value != "false" {
		t.Errorf("environment %v, gateway %+v", p.Services["api"].Environment, p.Gateway)
	}
}
