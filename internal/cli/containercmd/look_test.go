package containercmd

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/events"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestPort prints the address, of the container that is meant.
func TestPort(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("web", "running", opens("127.0.0.1", 8080, 80, "tcp"), opens("127.0.0.1", 5353, 53, "udp"))
	w.Has("web", "running", opens("::1", 8081, 80, "tcp"))
	w.Has("api", "running")
	w.Has("db", "paused")
	for _, test := range []struct {
		args string
		want string
		code fail.Code
	}{
		{"port web 80", "127.0.0.1:8080", ""},
		{"port web 80/TCP", "127.0.0.1:8080", ""},
		{"port --index 2 web 80", "[::1]:8081", ""},
		{"port --protocol udp web 53", "127.0.0.1:5353", ""},
		{"port web 53/udp", "127.0.0.1:5353", ""},
		{"port web 53", "80/tcp, 53/udp", fail.Failed},
		{"port --index 3 web 80", "container 3 of web is not running", fail.Failed},
		{"port api 80", "it opens none", fail.Failed},
		{"port db 80", "db is paused", fail.Failed},
		{"port web http", `"http"`, fail.Usage},
		{"port web 0", `"0"`, fail.Usage},
		{"port web 70000", `"70000"`, fail.Usage},
		{"port web 80 81", "a service and a port", fail.Usage},
		{"port web", "web  80/tcp  127.0.0.1:8080\nweb  53/udp  127.0.0.1:5353\nweb  80/tcp  [::1]:8081", ""},
		{"port --index 2 web", "web  80/tcp  [::1]:8081", ""},
		{"port", "web  53/udp  127.0.0.1:5353", ""},
		{"port api", "no port is open", ""},
		{"port db", "db is paused", fail.Failed},
	} {
		r := w.Command(NewPort, strings.Fields(test.args)...)
		if r.Code() != test.code {
			t.Errorf("%s: code %q, %v", test.args, r.Code(), r.Error)
		}
		if e, ok := r.Error.(*fail.Error); ok { //nolint:errorlint // the command's own
			r.Err += e.Hint
		}
		r.Says(t, test.want)
	}
	o := objects(t, w.Command(NewPort, "--json", "port", "web", "80").Fine(t).Out)[0]
	if o["type"] != "address" || o["service"] != "web" || o["port"] != 8080.0 || o["target"] != 80.0 {
		t.Errorf("json: %v", o)
	}
}

// TestTop shows the processes of what runs, under columns that the engine names.
func TestTop(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Set("shop-web-1", func(c *fakeengine.Container) {
		c.Top = [][]string{{"PID", "CMD"}, {"17", "nginx"}, {"18", "worker"}}
	})
	w.Set("shop-api-1", func(c *fakeengine.Container) { c.State, c.Top = "paused", [][]string{{"PID", "USER"}, {"19", "root"}} })
	r := w.Command(NewTop, "top").Fine(t)
	r.Says(t, "SERVICE", "PID", "CMD", "USER", "nginx", "worker", "root")
	all := objects(t, w.Command(NewTop, "--json", "top", "web").Fine(t).Out)
	if len(all) != 2 || all[0]["service"] != "web" || all[0]["container"] != "shop-web-1" {
		t.Fatalf("json: %v", all)
	}
	if fields, _ := all[1]["fields"].(map[string]any); fields["CMD"] != "worker" || fields["PID"] != "18" {
		t.Errorf("fields: %v", all[1])
	}
	w.Command(NewTop, "top", "db").Fine(t).Says(t, "nothing runs")
}

// TestTopFails names the container, or says what the engine's machine lacks.
func TestTopFails(t *testing.T) {
	t.Parallel()
	for text, word := range map[string]string{
		"boom": "shop-web-1",
		`exec: "ps": executable file not found in $PATH`: "no ps",
	} {
		w := newShop(t)
		w.Set("shop-web-1", func(c *fakeengine.Container) { c.Top = [][]string{{"PID"}} })
		w.Refuse = func(request string) error {
			if strings.HasPrefix(request, "top") {
				return fail.New(fail.Failed, "", "%s", text)
			}
			return nil
		}
		r := w.Command(NewTop, "top", "web")
		if r.Error == nil {
			t.Fatal("succeeded")
		}
		r.Says(t, word)
	}
}

// TestEvents prints what happened between two times, without devup's own labels and
// without the commands of one-off containers.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := newFull(t)
	w.Set("shop-web-1", func(c *fakeengine.Container) {
		c.Options.Config.Labels["team"], c.Options.Config.Labels["dev.devup.cause"] = "one", "x"
	})
	w.Emit("shop-web-1", "exec_create: psql --password=SECRET")
	w.Emit("shop-web-run-1", events.ActionStart)
	w.Emit("shop-api-1", events.ActionRestart)
	plain := w.Command(NewEvents, "events", "--since", "1h", "--until", "0s").Fine(t)
	if lines := strings.Split(strings.TrimSpace(plain.Out), "\n"); len(lines) != 2 {
		t.Errorf("lines %q", lines)
	}
	for _, hidden := range []string{"SECRET", "com.docker.compose", "dev.devup", "shop-web-run-1"} {
		if strings.Contains(plain.Out, hidden) {
			t.Errorf("%s is printed in %s", hidden, plain.Out)
		}
	}
	plain.Says(t, "container exec_create", "name=shop-web-1, team=one", "container restart")
	all := objects(t, w.Command(NewEvents, "--json", "events", "--since", "1h", "--until", "0s", "api").Fine(t).Out)
	if len(all) != 1 || all[0]["action"] != "restart" || all[0]["service"] != "api" || all[0]["type"] != "container" {
		t.Errorf("json: %v", all)
	}
	if r := w.Command(NewEvents, "events", "--since", "yesterday"); r.Code() != fail.Usage {
		t.Errorf("code %q", r.Code())
	}
}

// TestEventsUntilInterrupted: Ctrl-C is how events ends, with the exit code of that.
func TestEventsUntilInterrupted(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.Server.Before = func(call string) {
		if call == "GET /events" {
			cancel()
		}
	}
	if r := w.CommandUntil(ctx, NewEvents, "events"); r.Error != error(command.ExitCode(130)) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
}

// TestLogs prints what containers printed in the order of time, with the names of their
// services or as it was written.
func TestLogs(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }
	w := newShop(t)
	w.Has("api", "exited", func(c *fakeengine.Container) { c.Log = []fakeengine.Line{{At: at(4), Text: "second api"}} })
	w.Set("shop-web-1", func(c *fakeengine.Container) {
		c.Log = []fakeengine.Line{{At: at(1), Text: "web one"}, {At: at(3), Text: "web two"}}
	})
	w.Set("shop-api-1", func(c *fakeengine.Container) { c.Log = []fakeengine.Line{{At: at(2), Text: "first api"}} })
	for _, test := range []struct{ args, want string }{
		{"logs --no-log-prefix", "web one|first api|web two|second api"},
		{"logs --no-log-prefix web", "web one|web two"},
		{"logs --no-log-prefix -n 1 web", "web two"},
		{"logs --no-log-prefix --index 2 api", "second api"},
		{"logs --no-log-prefix --tail all api", "first api|second api"},
		{"logs --no-log-prefix --grep web|sec", "web one|web two|second api"},
		{"logs --no-log-prefix --grep ^web --tail 1", "web two"},
		{"logs --no-log-prefix --grep one|api --tail 1", "web one|first api|second api"},
		{"logs --no-log-prefix --grep o --tail 0", ""},
		{"logs --no-log-prefix --max-bytes 17", "web two|second api"},
		{"logs --no-log-prefix --max-bytes 3", "sec"},
		{"logs --no-log-prefix --since 2026-01-02T03:04:02Z --until 2026-01-02T03:04:03Z", "first api|web two"},
	} {
		r := w.Command(NewLogs, strings.Fields(test.args)...).Fine(t)
		if got := strings.ReplaceAll(strings.TrimSpace(r.Out), "\n", "|"); got != test.want {
			t.Errorf("%s: %q, want %q", test.args, got, test.want)
		}
	}
	w.Command(NewLogs, "logs", "--timestamps", "web").Fine(t).Says(t, "2026-01-02T03:04:01", "web one")
	for line := range strings.Lines(w.Command(NewLogs, "logs", "api").Fine(t).Out) {
		if !strings.Contains(line, "api") || strings.HasPrefix(line, "first") {
			t.Errorf("without its service: %q", line)
		}
	}
	// Names are aligned from the first line on.
	if got := w.Command(NewLogs, "logs").Fine(t).Out; !strings.HasPrefix(got, "web   | web one\napi-1 | first api\n") {
		t.Errorf("not aligned:\n%s", got)
	}
	all := objects(t, w.Command(NewLogs, "--json", "logs", "--no-log-prefix", "web").Fine(t).Out)
	if len(all) != 2 {
		t.Errorf("json: %v", all)
	}
}

// TestLogsFollow goes on until the containers end.
func TestLogsFollow(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Set("shop-web-1", func(c *fakeengine.Container) { c.Log = []fakeengine.Line{{At: time.Now(), Text: "the first"}} })
	w.Server.Before = func(call string) {
		if call != "GET /events" { // it is followed now
			return
		}
		w.Set("shop-web-1", func(c *fakeengine.Container) {
			c.Log = append(c.Log, fakeengine.Line{At: time.Now(), Text: "the last word"})
		})
		w.End("shop-web-1", 0)
	}
	r := w.Command(NewLogs, "logs", "-f", "--grep", "last", "web").Fine(t)
	if r.Says(t, "the last word"); strings.Contains(r.Out, "first") {
		t.Errorf("prints %q", r.Out)
	}
}

// TestLogsRefuses names what is no number, and says where there is nothing to print.
func TestLogsRefuses(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	for _, args := range []string{"logs --tail few", "logs --tail -1", "logs --since never", "logs --grep ("} {
		if r := w.Command(NewLogs, strings.Fields(args)...); r.Code() != fail.Usage {
			t.Errorf("%s: code %q", args, r.Code())
		}
	}
	w.Command(NewLogs, "logs").Fine(t).Says(t, "no containers", "devup up")
}

// TestWait gives the first exit code that is not 0, of those that ended before, too.
func TestWait(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		want int
	}{{"wait db", 3}, {"wait job", 0}, {"wait job db", 3}} {
		w := newShop(t)
		w.Has("job", "exited")
		r := w.Command(NewWait, strings.Fields(test.args)...)
		got := 0
		if code, ok := r.Error.(command.ExitCode); ok { //nolint:errorlint // it is the value itself
			got = int(code)
		} else if r.Error != nil {
			t.Errorf("%s: %v", test.args, r.Error)
		}
		if got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.args, got, test.want)
		}
	}
}

// TestWaitForTheEnd waits for what runs, and prints how it ended.
func TestWaitForTheEnd(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Server.Before = func(call string) {
		if strings.HasSuffix(call, "/wait") {
			w.End("shop-web-1", 7)
		}
	}
	r := w.Command(NewWait, "--json", "wait", "web")
	if r.Error != error(command.ExitCode(7)) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
	o := objects(t, r.Out)[0]
	if o["type"] != "ended" || o["container"] != "shop-web-1" || o["exit_code"] != 7.0 {
		t.Errorf("json: %v", o)
	}
}

// TestWaitDown takes the project down when the first of the containers has ended.
func TestWaitDown(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	r := w.Command(NewWait, "wait", "--down-project", "web", "db")
	if r.Error != error(command.ExitCode(3)) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
	r.Says(t, "shop-db-1 ended with exit code 3")
	if left := w.Names(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestWaitRefuses: what cannot end is not waited for.
func TestWaitRefuses(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Has("web", "created")
	for args, code := range map[string]fail.Code{"wait web": fail.Failed, "wait db": fail.Failed, "wait": fail.Usage} {
		if r := w.Command(NewWait, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: code %q, %v", args, r.Code(), r.Error)
		}
	}
}

// TestStartNothing: start makes no containers.
func TestStartNothing(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	r := w.Command(NewStart, "start", "web", "db")
	if r.Code() != fail.Failed {
		t.Errorf("code %q", r.Code())
	}
	r.Says(t, "web, db", "no container")
}

// TestStartWaits: --wait waits for a healthcheck, and fails where it does not pass.
func TestStartWaits(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, `
-- compose.yaml --
name: shop
services:
  db: {image: db, healthcheck: {test: "true"}}
`)
	w.Has("db", "exited")
	w.Server.Before = func(call string) {
		if strings.HasSuffix(call, "/start") {
			w.Set("shop-db-1", func(c *fakeengine.Container) { c.Health = "healthy" })
		}
		if strings.HasSuffix(call, "/json") && strings.Contains(call, "shop-db-1") && w.Locked("shop") {
			t.Error("waits with the lock")
		}
	}
	w.Command(NewStart, "start", "--wait", "--wait-timeout", "30").Fine(t)
	if c, _ := w.Container("shop-db-1"); c.State != "running" {
		t.Errorf("is %s", c.State)
	}
	w.Set("shop-db-1", func(c *fakeengine.Container) { c.Health = "unhealthy" })
	if r := w.Command(NewStart, "start", "--wait", "--wait-timeout", "1"); r.Error == nil {
		t.Error("an unhealthy service is waited for with success")
	}
}

// TestHappening leaves events of other services out.
func TestHappening(t *testing.T) {
	t.Parallel()
	message := events.Message{Action: "die", TimeNano: 1, Actor: events.Actor{ID: "1", Attributes: map[string]string{plan.LabelService: "web", "exitCode": "3"}}}
	if h, ok := happeningOf(message, nil); !ok || h.Service != "web" || h.Action != "die" || len(h.Attributes) != 1 {
		t.Errorf("%+v, %v", h, ok)
	}
	if _, ok := happeningOf(message, []string{"db"}); ok {
		t.Error("an event of another service passes")
	}
	if len(message.Actor.Attributes) != 2 {
		t.Error("the message was changed")
	}
}
