//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/test/edge"
)

// TestInOna: an environment tells its URLs only of open ports. Those of public services are
// opened and answer; no other is, and what a service is told of itself is what Ona said.
func TestInOna(t *testing.T) {
	t.Parallel()
	const web, admin = 7613, 7614 // ports to which no other test can move, and that an edge has names for
	c := files(t, fmt.Sprintf(`
-- devup.yaml --
services:
  web:
    image: busybox:latest
    command: sh -c 'mkdir /www && exec httpd -f -p 80 -h /www'
    init: true
    environment: {SELF: "${DEVUP_URL_WEB}"}
    ports: ["%d:80"]
    x-devup: {public: true}
  admin:
    image: busybox:latest
    command: sh -c 'mkdir /www && exec httpd -f -p 80 -h /www'
    init: true
    ports: ["%d:80"]
`, web, admin))
	w := c.in(t, edge.NewOna("019cd868-7a31-7000-8000-000000000000", "eu-central-1-01"))
	r := w.devup(t, "up", "--detach")
	want := fmt.Sprintf("https://%d--019cd868-7a31-7000-8000-000000000000.eu-central-1-01.gitpod.dev", web)
	if got := w.url(t, "web"); got != want {
		t.Errorf("the URL of web is %q, want %q\n%v", got, want, r)
	}
	if got := inside(t, c, "web", "sh", "-c", "echo $SELF"); got != want {
		t.Errorf("web is told %q, want %q\n%v", got, want, r)
	}
	for _, row := range w.rows(t) {
		if row.Service == "web" && row.Access != "public" {
			t.Errorf("web is %s (%s)\n%v", row.Access, row.Advice, r)
		}
	}
	if calls := w.edge.Calls(); slices.ContainsFunc(calls, func(call string) bool { return strings.Contains(call, fmt.Sprint(admin)) }) {
		t.Errorf("something was done to the port of admin (%d): %q", admin, calls)
	}
}
