//go:build e2e

package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// hostileLine is what a program may print to run a script in a page that shows it.
const hostileLine = `<script>document.title="owned"</script><img src=x onerror=document.title="owned">`

const dashboardProject = `
-- hostile.sh --
while true; do echo '` + hostileLine + `'; sleep 1; done
-- compose.yaml --
services:
  web:
    image: busybox
    command: [httpd, -f, -p, "8000", -h, /etc]
    ports: ["127.0.0.1::8000"]
    init: true
    environment: {WORKER: worker}
    depends_on: [worker]
  worker:
    image: busybox
    command: [sh, /hostile.sh]
    volumes: ["./hostile.sh:/hostile.sh:ro"]
    init: true
  broken:
    image: busybox
    command: [sh, -c, "echo 'cannot open the ledger' >&2; exit 3"]
    profiles: [broken]
`

// dashboard opens the dashboard of a checkout in a browser.
func dashboard(t *testing.T, c *checkout) (*page, string) {
	t.Helper()
	url := strings.TrimSpace(c.devup(t, "dashboard", "--print").out)
	t.Cleanup(func() { c.run(context.WithoutCancel(t.Context()), "dashboard", "--stop") })
	return browse(t, url+"&project="+c.name), url
}

// TestDashboard: the page shows services with what they answer, and their logs as text, and ends when
// it is told to.
func TestDashboard(t *testing.T) {
	t.Parallel()
	c := files(t, dashboardProject)
	c.devup(t, "up", "--detach")
	p, url := dashboard(t, c)
	p.shows(t, "web", "GET / answers 404", "worker", hostileLine)
	p.keep(t)
	if title, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.title")); err != nil || title == "owned" {
		t.Errorf("the title is %q, %v", title, err)
	}
	c.devup(t, "dashboard", "--stop")
	if r, err := http.Get(url); err == nil {
		r.Body.Close()
		t.Errorf("after --stop it answers %d", r.StatusCode)
	}
}

// TestDashboardOfAFailure: a service that fails is on top, with the sentence, the evidence and the
// next step; once it runs, it is there no more.
func TestDashboardOfAFailure(t *testing.T) {
	t.Parallel()
	c := files(t, dashboardProject)
	c.env = append(c.env, "COMPOSE_PROFILES=broken")
	c.run(t.Context(), "up", "--detach")
	p, _ := dashboard(t, c)
	p.shows(t, "broken stopped with exit code 3", "cannot open the ledger", "Next:")
	p.keep(t)
	c.replace(t, "compose.yaml", "exit 3", "sleep 1000")
	c.devup(t, "up", "--detach")
	eventually(t, func() (bool, string) {
		text, err := p.text()
		return err == nil && !strings.Contains(text, "broken stopped"), text
	})
}
