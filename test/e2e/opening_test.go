//go:build e2e

package e2e

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/devup-cli/devup/test/edge"
)

// TestOpening: up makes public the port of the service that is to be public, at every
// up, and no other, hands on its URL, and says how each URL answers.
func TestOpening(t *testing.T) {
	t.Parallel()
	for _, platform := range []struct {
		name, private string // and how a private port answers there
		place         edge.Workspace
		closes        string // the command that does what a restart of the workspace does; PORT is the port
	}{
		{"gitpod", "needs-login", edge.NewGitpod("octo-open-1", "ws-eu1.gitpod.io"), "gp ports visibility PORT:private"},
		{"codespaces", "needs-login", edge.NewCodespaces("octocat-open-x7"), "gh codespace ports visibility PORT:private -c octocat-open-x7"},
		{"ona", "not-reachable", edge.NewOna("019cd868-0000-7000-8000-000000000000", "eu-central-1-01"), "gitpod environment port close PORT"},
	} {
		t.Run(platform.name, func(t *testing.T) {
			t.Parallel()
			c := files(t, opening)
			w := c.in(t, platform.place)
			for _, round := range []string{"first", "second"} {
				r := w.devup(t, "up", "--detach")
				if !strings.Contains(r.err, "is public") || strings.Contains(r.err+r.out, "ghu_pretended") {
					t.Errorf("%s up: %v", round, r)
				}
				api, page := w.checked(t, "api"), w.checked(t, "page")
				if api.Access != "public" || page.Access != platform.private {
					t.Errorf("%s up: api is %+v, page %+v\n%v", round, api, page, r)
				}
				if env := inspect(t, c.name, "page").Config.Env; !slices.Contains(env, "API="+api.URL) {
					t.Errorf("%s up: %s is not in the page's environment %q", round, api.URL, env)
				}
				closes := strings.Fields(strings.ReplaceAll(platform.closes, "PORT", strconv.Itoa(api.Port)))
				if a := w.edge.Run(edge.Call{Args: closes, Token: true}); a.Code != 0 {
					t.Fatalf("%q: %+v", closes, a)
				}
				for _, call := range w.edge.Calls() {
					if strings.Contains(call, strconv.Itoa(page.Port)) {
						t.Errorf("%s up: the port of page is no business of %q", round, call)
					}
				}
			}
		})
	}
}

const opening = `
-- www/index.html --
hello
-- compose.yaml --
services:
  api:
    image: busybox
    init: true
    command: httpd -f -p 8080 -h /www
    ports: ["8611:8080"]
    volumes: ["./www:/www:ro"]
    x-devup: {public: true}
  page:
    image: busybox
    init: true
    command: httpd -f -p 8080 -h /www
    ports: ["8612:8080"]
    volumes: ["./www:/www:ro"]
    environment: {API: "${DEVUP_URL_API}"}
`

// checkedRow is a row of urls --check.
type checkedRow struct {
	Service, URL, Access, Advice string
	Port                         int
}

// checked is what urls --check says of a service.
func (w *workplace) checked(t *testing.T, service string) checkedRow {
	t.Helper()
	var row checkedRow
	r := w.run(t.Context(), "urls", "--check", "--json", service)
	if err := json.Unmarshal([]byte(r.out), &row); err != nil || row.Port == 0 {
		t.Fatalf("%v\n%v", err, r)
	}
	return row
}
