package urlcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = `
-- compose.yaml --
name: shop
services:
  web: {image: web, ports: ["3000:3000"], depends_on: [api]}
  api: {image: api, ports: ["4567:4567"]}
  db: {image: postgres, ports: ["5432:5432"]}
  job: {image: job}
`

// opens gives a container the label and the port of one that moved.
func opens(public, target uint16) func(*fakeengine.Container) {
	return func(c *fakeengine.Container) {
		c.Ports = append(c.Ports, container.PortSummary{IP: netip.IPv4Unspecified(), PublicPort: public, PrivatePort: target, Type: "tcp"})
	}
}

// rows are the rows that were printed as JSON.
func rows(t *testing.T, printed string) map[string]expose.Row {
	t.Helper()
	all := map[string]expose.Row{}
	for line := range strings.Lines(printed) {
		var r expose.Row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all[r.Service] = r
	}
	return all
}

// TestUrls: the URL of each published port with its state, and what is no web server by its
// address.
func TestUrls(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }))
	defer broken.Close()
	port := broken.Listener.Addr().(*net.TCPAddr).AddrPort().Port()
	w := cmdtest.New(t, strings.Replace(shop, "3000:3000", fmt.Sprintf("%d:3000", port), 1))
	w.Has("web", "running", opens(port, 3000))
	w.Has("api", "running", func(c *fakeengine.Container) { c.Health = "unhealthy" })
	w.Has("db", "exited")
	got := rows(t, w.Command(NewUrls, "--json", "urls").Fine(t).Out)
	for service, want := range map[string]string{"web": fmt.Sprintf("http://localhost:%d answers 500", port), "api": "http://localhost:4567 unhealthy", "db": " stopped"} {
		if row := got[service]; row.URL+" "+row.State != want {
			t.Errorf("%s: %q, want %q", service, row.URL+" "+row.State, want)
		}
	}
	if got["db"].Address != "localhost:5432" || len(got) != 3 {
		t.Errorf("%+v", got)
	}
	if len(w.Requests()) > 0 || w.Locked("shop") {
		t.Error("changes something")
	}
	for args, want := range map[string]string{"urls --json web": "web", "urls --json db api": "api db"} {
		var names []string
		for name := range rows(t, w.Command(NewUrls, strings.Fields(args)...).Fine(t).Out) {
			names = append(names, name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	w.Command(NewUrls, "urls").Fine(t).Says(t, "localhost:5432", "answers 500", "stopped")
}

// TestUrlsOfReplicas: each container of a service has its URL, also where more run than the
// files say.
func TestUrlsOfReplicas(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, strings.Replace(shop, "3000:3000", "3000-3005:3000", 1))
	w.Has("web", "running", opens(3000, 3000))
	w.Has("web", "running", opens(3001, 3000))
	w.Command(NewUrls, "urls").Fine(t).Says(t, "http://localhost:3000", "http://localhost:3001")
}

// TestUrlsWithoutEngine: nothing runs, and the files say what the URLs will be.
func TestUrlsWithoutEngine(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Env["DOCKER_HOST"] = "unix://" + filepath.Join(w.Home, "none.sock")
	r := w.Command(NewUrls, "--json", "urls").Fine(t)
	if got := rows(t, r.Out)["web"]; got.URL != "http://localhost:3000" || got.State != expose.NotRunning {
		t.Errorf("%+v", got)
	}
	w.Command(NewUrls, "urls").Fine(t).Says(t, "no engine answers")
}

// TestUrlsRefuses what is no service or no project, and says where there is nothing.
func TestUrlsRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		files, args string
		code        fail.Code
		word        string
	}{
		{shop, "urls wbe", fail.UnknownService, "wbe"},
		{shop, "urls --check --qr", fail.Failed, ""},
		{"", "urls", fail.NoProject, ""},
		{"-- compose.yaml --\nservices: [\n", "urls", fail.Config, "compose.yaml"},
		{"-- compose.yaml --\nservices: {job: {image: job}}\n", "urls", "", "no service publishes a port"},
		{shop, "urls --check", "", "nothing to check"},
		{shop, "urls job", "", ""},
		{strings.Replace(shop, "image: web,", "image: \"web:${TAG:?which}\",", 1), "urls web", "", "http://localhost:3000"},
	} {
		r := cmdtest.New(t, test.files).Command(NewUrls, strings.Fields(test.args)...)
		if r.Code() != test.code {
			t.Errorf("%s: %q, %v", test.args, r.Code(), r.Error)
		}
		r.Says(t, test.word)
	}
}

// TestUrlsOfAWorkspace are those of the platform, with and without an engine.
func TestUrlsOfAWorkspace(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", "unix:///nowhere/none.sock"} {
		w := cmdtest.New(t, shop)
		w.Env["DEVUP_PUBLIC_URL_TEMPLATE"] = "https://{port}.box.example/"
		if host != "" {
			w.Env["DOCKER_HOST"] = host
		}
		got := rows(t, w.Command(NewUrls, "--json", "urls", "web").Fine(t).Out)["web"]
		if !strings.HasPrefix(got.URL, "https://3000.box.example") {
			t.Errorf("%+v", got)
		}
	}
}

// TestUrlsOfAGateway: the gateway is a service of its own there.
func TestUrlsOfAGateway(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, strings.Replace(shop, "image: api,", "image: api, x-devup: {routes: [/api]},", 1)+"x-devup: {gateway: true}\n")
	w.Has("web", "running", opens(3000, 3000))
	all := rows(t, w.Command(NewUrls, "--json", "urls").Fine(t).Out)
	if _, ok := all[project.GatewayName]; !ok {
		t.Errorf("%+v", all)
	}
	w.Command(NewUrls, "--json", "urls", project.GatewayName).Fine(t)
	if r := w.Command(NewUrls, "urls", project.GatewayName, "wbe"); r.Code() != fail.UnknownService {
		t.Errorf("%v", r.Error)
	}
}

// TestOpen opens a running service, and prints the URL where there is no browser.
func TestOpen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args, browser string
		code          fail.Code
		word          string
	}{
		{"open", "", "", "http://localhost:3000\n"},
		{"open web", "true %s", "", "opened http://localhost:3000"},
		{"open web", "false", "", "http://localhost:3000\n"},
		{"open web", "no-such-browser", "", "http://localhost:3000\n"},
		{"open api", "", fail.Failed, "api is not running"},
		{"open db", "", fail.Failed, "db publishes no port"},
		{"open job", "", fail.Failed, "job publishes no port"},
		{"open wbe", "", fail.UnknownService, "wbe"},
		{"--json open web", "true", "", `"url":"http://localhost:3000"`},
	} {
		w := cmdtest.New(t, shop)
		w.Has("web", "running", opens(3000, 3000))
		w.Has("api", "exited")
		w.Has("db", "running", opens(5432, 5432))
		if w.Env["BROWSER"] = test.browser; test.browser == "" {
			w.Env["BROWSER"] = " " // a set one without a word is none, on any system
		}
		r := w.Command(NewOpen, strings.Fields(test.args)...)
		if r.Code() != test.code {
			t.Errorf("%s: %q, %v", test.args, r.Code(), r.Error)
		}
		r.Says(t, test.word)
	}
}

// TestQR prints a code that a phone can read, or says why it gets to no URL.
func TestQR(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Env["DEVUP_PUBLIC_URL_TEMPLATE"] = "https://{port}.box.example/"
	w.Has("web", "running", opens(3000, 3000))
	r := w.Command(NewUrls, "urls", "--qr").Fine(t)
	if strings.Count(r.Out, "\n") < 10 {
		t.Errorf("printed %q", r.Out)
	}
	asJSON := w.Command(NewUrls, "--json", "urls", "--qr").Fine(t)
	if len(rows(t, asJSON.Out)) != 3 {
		t.Errorf("json: %s", asJSON.Out)
	}
}

// TestNeedless: a cloud workspace has URLs of its own, or a login that nothing goes around.
func TestNeedless(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		place workspace.Info
		code  fail.Code
		word  string
	}{
		{workspace.Info{}, "", ""},
		{workspace.Info{Remote: true, Title: "Gitpod"}, fail.Usage, "public URLs"},
		{workspace.Info{Remote: true, Locked: true, Title: "Che"}, fail.Usage, "login"},
	} {
		err := needless(test.place)
		if err == nil && test.code != "" || err != nil && (fail.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.word)) {
			t.Errorf("%+v: %v", test.place, err)
		}
	}
}

// TestShareRefuses what a tunnel does not open, and asks without the lock, before a tunnel
// is opened.
func TestShareRefuses(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	if r := w.Command(NewShare, "share", "--via", "carrier-pigeon", "web"); r.Error == nil {
		t.Error("a tool that is none is taken")
	}
	if err := onThisMachine(&engine.Engine{Endpoint: "ssh://box"}); fail.CodeOf(err) != fail.Usage {
		t.Errorf("on another machine: %v", err)
	}
	if err := onThisMachine(&engine.Engine{Endpoint: "unix:///x"}); err != nil {
		t.Errorf("here: %v", err)
	}
}

// TestSharable finds the ports that a share would open, and changes nothing.
func TestSharable(t *testing.T) {
	t.Parallel()
	for services, want := range map[string]string{"web": "web:3000", "web api": "api:4567 web:3000"} {
		w := cmdtest.New(t, shop)
		for _, image := range []string{"web", "api", "postgres", "job"} {
			w.Images.Add(image, fakeengine.ID(image))
		}
		w.Run(func(ctx context.Context, env *command.Env) error {
			s, found, err := sharable(ctx, env, strings.Fields(services))
			if err != nil {
				return err
			}
			defer s.Close()
			var got []string
			for _, r := range found {
				got = append(got, r.Service+":"+portText(r.Target))
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
			share, err := s.BeginShare(ctx)
			if err != nil {
				return err
			}
			if _, err := s.BeginShare(ctx); !errors.Is(err, lock.ErrRaised) {
				t.Errorf("a second share of the project: %v", err)
			}
			share.End()
			return nil
		}).Fine(t)
		if len(w.Requests()) > 0 || w.Locked("shop") {
			t.Errorf("%s: changed something", services)
		}
	}
	for services, code := range map[string]fail.Code{"db": fail.Usage, "job": fail.Usage, "wbe": fail.UnknownService, "": fail.Usage} {
		w := cmdtest.New(t, shop)
		r := w.Run(func(ctx context.Context, env *command.Env) error {
			_, _, err := sharable(ctx, env, strings.Fields(services))
			return err
		})
		if r.Error == nil || code == fail.UnknownService && r.Code() != code {
			t.Errorf("%q: %v", services, r.Error)
		}
	}
}

// portText is a port as text.
func portText(n int) string { text, _ := json.Marshal(n); return string(text) }

// TestTarget: a tunnel leads to the address that the port is bound to.
func TestTarget(t *testing.T) {
	t.Parallel()
	for bound, want := range map[string]string{"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "127.0.0.1", "192.168.1.5": "192.168.1.5", "::1": "::1", "127.0.0.2": "127.0.0.2"} {
		if got := target(expose.Row{HostIP: bound, Port: 3000}, 2); got.Host != want || got.Port != 3000 || got.Slot != 2 {
			t.Errorf("%q: %+v", bound, got)
		}
	}
}

// TestStillThere: a port that another program took meanwhile ends the share.
func TestStillThere(t *testing.T) {
	t.Parallel()
	s := &sharing{rows: []expose.Row{{Service: "web", Target: 80, Port: 3000}}}
	if err := s.stillThere([]expose.Row{{Service: "api", Port: 1}, {Service: "web", Target: 80, Port: 3000}}); err != nil {
		t.Error(err)
	}
	for _, now := range [][]expose.Row{nil, {{Service: "web", Target: 80, Port: 3001}}, {{Service: "web", Target: 81, Port: 3000}}} {
		e, ok := s.stillThere(now).(*fail.Error) //nolint:errorlint // it is not wrapped
		if !ok || e.Service != "web" || !strings.Contains(e.Error(), "3000") {
			t.Errorf("%v: %v", now, e)
		}
	}
}

// TestAbout names the service of a failure, and leaves the error as it is.
func TestAbout(t *testing.T) {
	t.Parallel()
	s := &sharing{rows: []expose.Row{{Service: "web"}, {Service: "api"}}}
	original := fail.New(fail.Failed, "", "boom")
	if e, ok := s.about(original, 1).(*fail.Error); !ok || e.Service != "api" || original.Service != "" { //nolint:errorlint // it is not wrapped
		t.Errorf("%+v, %+v", e, original)
	}
	if err := s.about(context.Canceled, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestShareUp: the URLs of tunnels come into the project, and what is started is
// noted once.
func TestShareUp(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices:\n  web: {image: web, environment: {URL: \"${DEVUP_URL_WEB}\"}, ports: [\"18731:80\"]}\n")
	w.Images.Add("web", fakeengine.ID("web"))
	w.Run(func(ctx context.Context, env *command.Env) error {
		s := &sharing{env: env}
		for range 2 {
			if _, err := s.up(ctx, env.WithTunnels(map[int]string{18731: "https://words.example"}), true); err != nil {
				return err
			}
		}
		if diff := cmp.Diff([]string{"web"}, s.wired); diff != "" || !s.again {
			t.Error(diff)
		}
		c, _ := w.Container("shop-web-1")
		if !slices.Contains(c.Options.Config.Env, "URL=https://words.example") {
			t.Errorf("environment %q", c.Options.Config.Env)
		}
		return s.unwire(ctx)
	}).Fine(t).Says(t, "local URLs")
	c, _ := w.Container("shop-web-1")
	if !slices.Contains(c.Options.Config.Env, "URL=http://localhost:18731") {
		t.Errorf("environment %q", c.Options.Config.Env)
	}
}
