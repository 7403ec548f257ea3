package containercmd

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

// opens gives a container an open port.
func opens(host string, public, target uint16, protocol string) func(*fakeengine.Container) {
	return func(c *fakeengine.Container) {
		c.Ports = append(c.Ports, container.PortSummary{IP: netip.MustParseAddr(host), PublicPort: public, PrivatePort: target, Type: protocol})
	}
}

// objects are the JSON objects that were printed, a line each.
func objects(t *testing.T, printed string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(printed) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, o)
	}
	return all
}

// names are the values of a field of objects.
func names(all []map[string]any, field string) string {
	var values []string
	for _, o := range all {
		values = append(values, fmt.Sprint(o[field]))
	}
	return strings.Join(values, " ")
}

// TestPsChooses: which containers ps lists, in which form.
func TestPsChooses(t *testing.T) {
	t.Parallel()
	w := newFull(t)
	w.Set("shop-api-1", func(c *fakeengine.Container) { c.State = "paused" })
	for _, test := range []struct{ args, want string }{
		{"--json ps", "shop-api-1 shop-db-1 shop-old-1 shop-web-1"},
		{"--json ps --all", "shop-api-1 shop-db-1 shop-old-1 shop-web-1 shop-web-run-1"},
		{"--json ps web db", "shop-db-1 shop-web-1"},
		{"--json ps --status exited", "shop-db-1"},
		{"--json ps --status stopped --status paused", "shop-api-1 shop-db-1"},
		{"--json ps --filter status=running", "shop-old-1 shop-web-1"},
		{"--json ps --orphans=false", "shop-api-1 shop-db-1 shop-web-1"},
	} {
		if got := names(objects(t, w.Command(NewPs, strings.Fields(test.args)...).Fine(t).Out), "name"); got != test.want {
			t.Errorf("%s: %s, want %s", test.args, got, test.want)
		}
	}
	for _, test := range []struct{ args, want string }{
		{"ps --services", "api old web"}, // as in Compose, those that run
		{"ps --services --all", "api db old web"},
		{"ps --services --status exited", "db"},
		{"ps --format {{.Name}}", "shop-api-1 shop-old-1 shop-web-1"},
		{"ps --format {{.Name}}:{{.State}} --status exited", "shop-db-1:exited"},
	} {
		if got := strings.Join(strings.Fields(w.Command(NewPs, strings.Fields(test.args)...).Fine(t).Out), " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.args, got, test.want)
		}
	}
}

// TestPsTable shows states in the engine's words and where ports are open.
func TestPsTable(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("web", "running", opens("0.0.0.0", 8080, 80, "tcp"), opens("::", 8080, 80, "tcp"), opens("127.0.0.1", 5353, 53, "udp"))
	w.Has("db", "exited", func(c *fakeengine.Container) { c.ExitCode = 3 })
	r := w.Command(NewPs, "ps").Fine(t)
	r.Says(t, "CONTAINER", "0.0.0.0:8080->80", "127.0.0.1:5353->53/udp", "Exited (3)", "Up 2 minutes")
	if strings.Contains(r.Out, "[::]") {
		t.Errorf("a port of every address is named twice in %s", r.Out)
	}
	if o := objects(t, w.Command(NewPs, "--json", "ps", "db").Fine(t).Out)[0]; o["exit_code"] != 3.0 {
		t.Errorf("an exited container as JSON: %v", o)
	}
	o := objects(t, w.Command(NewPs, "--json", "ps", "web").Fine(t).Out)[0]
	if code, there := o["exit_code"]; there {
		t.Errorf("a running container has the exit code %v", code)
	}
	ports, _ := json.Marshal(o["ports"])
	for _, part := range []string{`"host_ip":"127.0.0.1"`, `"port":5353`, `"target":53`, `"protocol":"udp"`} {
		if !strings.Contains(string(ports), part) {
			t.Errorf("%s is not in %s", part, ports)
		}
	}
}

// TestPsQuiet prints full IDs, for scripts.
func TestPsQuiet(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	c, _ := w.Container("shop-web-1")
	if got := w.Command(NewPs, "ps", "-q", "web").Fine(t).Out; got != c.ID+"\n" {
		t.Errorf("%q, want %q", got, c.ID)
	}
	if got := w.Command(NewPs, "ps", "-q", "db").Fine(t).Out; got != "" {
		t.Errorf("a stopped one is printed: %q", got)
	}
}

// TestPsFormat: the names of fields are Compose's.
func TestPsFormat(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("web", "exited", opens("0.0.0.0", 8080, 80, "tcp"), func(c *fakeengine.Container) {
		c.ExitCode, c.Options.Config.Cmd = 3, []string{"serve", "everything that there is"}
		c.Options.Config.Labels["team"] = "one\ntwo"
	})
	for template, want := range map[string]string{
		"{{.Service}} {{.ExitCode}} {{.Project}}": "web 3 shop",
		"{{.Ports}}":                                    "0.0.0.0:8080->80/tcp",
		"{{.Command}}":                                  `"serve everything th…"`,
		`{{.Label "team"}}`:                             "onetwo",
		"{{(index .Publishers 0).URL}}":                 "0.0.0.0",
		"{{upper .State}}":                              "EXITED",
		"table {{.Name}}\t{{.Image}}":                   "NAME IMAGE shop-web-1 web",
		"{{range .Publishers}}{{.TargetPort}};{{end}}":  "80;",
		"{{json .ExitCode}}":                            "3",
		"{{with .Health}}{{.}}{{else}}no check{{end}}":  "no check",
		"{{.Names}} {{len .ID}}":                        "shop-web-1 12",
		"{{join (split .Service \"e\") \"-\"}}":         "w-b",
		"{{.RunningFor | println}}{{.Status}}":          "",
		"{{.Mounts}}{{.Networks}}":                      "",
		"{{.Labels}}":                                   "",
		"{{.CreatedAt}}":                                "",
		"{{if eq .State \"exited\"}}{{.Name}}: {{end}}": "shop-web-1:",
	} {
		r := w.Command(NewPs, "ps", "--all", "--format", template).Fine(t)
		if got := strings.Join(strings.Fields(r.Out), " "); want != "" && got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
	o := objects(t, w.Command(NewPs, "ps", "--all", "--format", "json").Fine(t).Out)
	if len(o) != 1 || o[0]["Name"] != "shop-web-1" || o[0]["ExitCode"] != 3.0 {
		t.Errorf("json: %v", o)
	}
	if c, _ := w.Container("shop-web-1"); w.Command(NewPs, "ps", "--all", "--no-trunc", "--format", "{{.ID}}").Out != c.ID+"\n" {
		t.Error("--no-trunc cuts the ID")
	}
}

// TestPsRefuses: what is no status, filter or template is said before the engine is asked.
func TestPsRefuses(t *testing.T) {
	t.Parallel()
	for args, word := range map[string]string{
		"ps --status up":           `"up"`,
		"ps --filter name=web":     "status=VALUE",
		"ps --filter status":       "status=VALUE",
		"ps --format {{.Nothing}}": "Nothing",
		"ps --format {{":           "template",
	} {
		w := newShop(t)
		r := w.Command(NewPs, strings.Fields(args)...)
		if r.Code() != fail.Usage {
			t.Errorf("%s: code %q, %v", args, r.Code(), r.Error)
		}
		r.Says(t, word)
		if calls := w.Server.Calls(); !strings.Contains(args, "format") && len(calls) > 0 {
			t.Errorf("%s: asked %q", args, calls)
		}
	}
}

// TestPsNothing: what there is not is said on stderr.
func TestPsNothing(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	for _, args := range []string{"ps", "ps web", "ps --status running"} {
		r := w.Command(NewPs, strings.Fields(args)...).Fine(t)
		if r.Out != "" {
			t.Errorf("%s prints %q", args, r.Out)
		}
		r.Says(t, "shop", "devup up")
	}
	if r := w.Command(NewPs, "--json", "ps").Fine(t); r.Out != "" {
		t.Errorf("--json prints %q", r.Out)
	}
}

// TestPsReady: a service that does not run is not ready; one that has done its work is.
func TestPsReady(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("web", "running")
	w.Has("api", "exited") // what runs once has done its work
	r := w.Command(NewPs, "ps", "--ready")
	if r.Code() != fail.NotReady {
		t.Errorf("code %q: %v", r.Code(), r.Error)
	}
	r.Says(t, "db", "does not run")
	w.Has("db", "running")
	w.Command(NewPs, "ps", "--ready").Fine(t)
	w.End("shop-db-1", 1)
	w.Command(NewPs, "ps", "--ready", "web").Fine(t)
	if r := w.Command(NewPs, "ps", "--ready", "db"); r.Code() != fail.NotReady {
		t.Errorf("code %q: %v", r.Code(), r.Error)
	}
	w.Write("compose.yaml", "services: [")
	if r := w.Command(NewPs, "-p", "shop", "ps", "--ready"); r.Code() != fail.Config {
		t.Errorf("without files: code %q, %v", r.Code(), r.Error)
	}
}

// TestPublisher is docker's text of a port.
func TestPublisher(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]publisher{
		"80/tcp":               {TargetPort: 80, Protocol: "tcp"},
		"0.0.0.0:8080->80/tcp": {"0.0.0.0", 80, 8080, "tcp"},
		"[::]:8080->80/udp":    {"::", 80, 8080, "udp"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestByPlace: the tenth container comes after the second.
func TestByPlace(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	for range 11 {
		w.Has("web", "running")
	}
	w.Has("api", "running")
	got := names(objects(t, w.Command(NewPs, "--json", "ps").Fine(t).Out), "number")
	if diff := cmp.Diff("1 1 2 3 4 5 6 7 8 9 10 11", got); diff != "" {
		t.Error(diff)
	}
}

// TestUnpausable names what is paused before what does not run.
func TestUnpausable(t *testing.T) {
	t.Parallel()
	paused := []plan.Container{{Service: "web", State: "paused"}, {Service: "web", State: "paused"}, {Service: "db", State: "exited"}}
	for _, test := range []struct {
		containers []plan.Container
		services   []string
		want       string
	}{
		{paused, []string{"web", "db"}, "web is paused already"},
		{paused[2:], []string{"db"}, "db does not run"},
		{nil, nil, "nothing runs"},
	} {
		if got := unpausable(test.containers, test.services); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
