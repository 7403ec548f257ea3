//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestDashboardInAWorkspace: behind the proxy of a workspace, of a project with a gateway, whose port is opened
// and closed. The test opens the dashboard's own port in place of a login.
func TestDashboardInAWorkspace(t *testing.T) {
	place, _ := pretended("gitpod", "dashboard")
	w := files(t, fmt.Sprintf(`
-- compose.yaml --
x-devup: {gateway: true}
services:
  web:
    image: busybox
    command: [httpd, -f, -p, "8000", -h, /etc]
    ports: ["%d:8000"]
    init: true
    x-devup: {public: true}
`, freePort())).in(t, place)
	w.devup(t, "up", "--detach")
	address := strings.TrimSpace(w.devup(t, "dashboard", "--print").out)
	t.Cleanup(func() { w.run(context.WithoutCancel(t.Context()), "dashboard", "--stop") })
	port, _, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "-")
	w.types(t, "gp ports visibility "+port+":public")
	v := &dashboardView{w.browse(t, address+"&project="+w.name), w.checkout, address}
	v.page.shows(t, w.name) // also where the network changed while the page was loaded
	v.row(t, "web", "running", "answers 404")
	v.holds(t, fmt.Sprintf(`document.querySelector('#gateway a')?.href === %q`, w.url(t, "gateway")+"/"))
	v.keep(t)
	v.click(t, `#gateway [data-key^="unpublish "]`)
	v.holds(t, `document.querySelector('#gateway .access')?.innerText === 'private'`)
	answers := func(access string) {
		t.Helper()
		if r := w.run(t.Context(), "urls", "--check", "--json"); !strings.Contains(r.out, `"access":"`+access+`"`) {
			t.Errorf("the gateway is not %s\n%v", access, r)
		}
	}
	answers("needs-login")
	v.click(t, `#gateway [data-key^="publish "]`)
	v.shows(t, "to everyone on the internet?")
	v.click(t, "dialog .danger")
	v.holds(t, `document.querySelector('#gateway .access')?.innerText === 'public'`)
	answers("public")
}
