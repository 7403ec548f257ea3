package execcmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestDB runs the client of the kind of database that an image is, with what follows the service.
func TestDB(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		services, args string
		client         string // its command line begins so; empty: it fails
		code           fail.Code
	}{
		{"db: {image: 'postgres:18'}", "db", "exec psql -U", ""},
		{"db: {image: 'postgis/postgis:17-3.5'}, web: {image: web}", "db db -c select", "exec psql -U", ""},
		{"db: {image: 'mariadb:11'}", "db", "exec mariadb -u", ""},
		{"cache: {image: 'redis:8'}, db: {image: 'mysql:9'}", "db cache", "exec redis-cli", ""},
		{"cache: {image: 'redis:8'}, db: {image: 'mysql:9'}", "db", "", fail.Usage},
		{"web: {image: web}", "db", "", fail.Usage},
		{"web: {image: web}", "db web", "", fail.Usage},
		{"web: {image: web}", "db nosuch", "", fail.UnknownService},
	} {
		w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {"+test.services+"}\n")
		for _, service := range []string{"db", "cache", "web"} {
			if strings.Contains(test.services, service+":") {
				w.Has(service, "running")
			}
		}
		var ran []string
		w.Exec = func(_ string, words []string) (string, int) { ran = words; return "", 0 }
		r := w.Command(NewDB, strings.Fields(test.args)...)
		if r.Code() != test.code || (test.client != "") != (len(ran) > 2 && strings.Contains(ran[2], test.client)) {
			t.Errorf("%s: %q, %v, ran %q", test.args, r.Code(), r.Error, ran)
		}
		if strings.Contains(test.args, "-c") && !slices.Equal(ran[3:], []string{"sh", "-c", "select"}) {
			t.Errorf("%q", ran)
		}
	}
}

// TestShell opens the best shell that the container has.
func TestShell(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Has("web", "running")
	var ran []string
	w.Exec = func(_ string, words []string) (string, int) { ran = words; return "", 0 }
	w.Command(NewShell, "shell", "-u", "root", "web").Fine(t)
	if len(ran) != 3 || !strings.Contains(ran[2], "bash") || w.Commands()[0].User != "root" {
		t.Errorf("%q", ran)
	}
	for args, code := range map[string]fail.Code{"shell": fail.Usage, "shell web ls": fail.Usage, "shell db": fail.Failed} {
		if r := w.Command(NewShell, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
}
