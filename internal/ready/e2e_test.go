//go:build e2e

package ready

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
)

// The image of these tests, and the label by which their containers are found.
const (
	e2eImage = "python:3.13-slim-bookworm"
	e2eLabel = "dev.devup.test"
)

// engine connects to the engine of the environment.
func engine(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// pull makes sure of the image.
func pull(t *testing.T, c *client.Client) {
	t.Helper()
	if _, err := c.ImageInspect(t.Context(), e2eImage); err == nil {
		return
	}
	progress, err := c.ImagePull(t.Context(), e2eImage, client.ImagePullOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := progress.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// start runs a Python program that is published on port 4567 inside, and gives
// the probe for it.
func start(t *testing.T, c *client.Client, program string, change func(*client.ContainerCreateOptions)) Probe {
	t.Helper()
	inside := network.MustParsePort("4567/tcp")
	options := client.ContainerCreateOptions{
		Config: &container.Config{
			Image: e2eImage, Cmd: []string{"python3", "-u", "-c", program},
			Labels: map[string]string{e2eLabel: "ready"}, ExposedPorts: network.PortSet{inside: {}},
			WorkingDir: "/backend-flask",
		},
		HostConfig: &container.HostConfig{PortBindings: network.PortMap{inside: {{HostIP: netip.MustParseAddr("127.0.0.1"), HostPort: ""}}}},
	}
	if change != nil {
		change(&options)
	}
	made, err := c.ContainerCreate(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if _, err := c.ContainerRemove(ctx, made.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true}); err != nil {
			t.Error(err)
		}
	})
	if _, err := c.ContainerStart(t.Context(), made.ID, client.ContainerStartOptions{}); err != nil {
		t.Fatal(err)
	}
	probe := Probe{Service: "backend-flask", Number: 1, Container: made.ID, Kind: HTTP, Host: "127.0.0.1", Target: 4567, Path: "/"}
	seen, err := c.ContainerInspect(t.Context(), made.ID, client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if bound := seen.Container.NetworkSettings.Ports[inside]; len(bound) > 0 { // none where it has exited already
		probe.Port, _ = strconv.Atoi(bound[0].HostPort)
	} else {
		probe.Port = 1
	}
	return probe
}

// serving is a program with an HTTP server; %ADDRESS and %STATUS are replaced.
const serving = `
import http.server
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if %STATUS == 500:
            try:
                import os; os.environ["FRONTEND_URL"]
            except KeyError:
                import traceback; traceback.print_exc()
        self.send_response(%STATUS); self.end_headers()
http.server.HTTPServer(%ADDRESS, H).serve_forever()
`

func server(address string, status int) string {
	return strings.NewReplacer("%ADDRESS", address, "%STATUS", strconv.Itoa(status)).Replace(serving)
}

// soon is well before Wait gives up. How soon exactly is a matter of the tests with a fake
// clock.
const soon = 2 * time.Minute

func TestEngineOutcomes(t *testing.T) {
	t.Parallel()
	c := engine(t)
	pull(t, c)
	tests := []struct {
		name    string
		program string
		create  func(*client.ContainerCreateOptions)
		probe   func(*Probe)
		timeout time.Duration
		code    fail.Code
		want    string // in the message
		line    string // among the lines
	}{
		{name: "answers", program: server(`("", 4567)`, 404)},
		{name: "answers late", program: "import time; time.sleep(3)\n" + server(`("", 4567)`, 200)},
		{
			name: "exits", program: "import flask_corsx",
			code: fail.Exited, want: "backend-flask stopped with exit code 1: Python finds no module named flask_corsx",
			line: "ModuleNotFoundError: No module named 'flask_corsx'",
		},
		{
			name: "exits after a while", program: "import time; time.sleep(2); print('bye'); raise SystemExit(7)",
			code: fail.Exited, want: "stopped with exit code 7", line: "bye",
		},
		{
			name: "command that is not there", program: "",
			create: func(o *client.ContainerCreateOptions) { o.Config.Cmd = []string{"sh", "-c", "react-scripts start"} },
			code:   fail.Exited, want: "exit code 127: react-scripts is not installed",
		},
		{
			name: "crash loop", program: "import os; os.environ['DATABASE_URL']",
			create: func(o *client.ContainerCreateOptions) { o.HostConfig.RestartPolicy.Name = "always" },
			code:   fail.Exited, want: "the variable DATABASE_URL is not set", line: "KeyError: 'DATABASE_URL'",
		},
		{
			name: "too much memory", program: "x=[bytearray(1<<20) for _ in range(10000)]",
			create: func(o *client.ContainerCreateOptions) {
				o.HostConfig.Memory, o.HostConfig.MemorySwap = 32<<20, 32<<20
			},
			code: fail.Exited, want: "was killed because it needed more memory than its limit of 32 MiB",
		},
		{
			name: "loopback", program: server(`("127.0.0.1", 4567)`, 200),
			code: fail.ListensOnLoopback, want: "listens on port 4567 of 127.0.0.1 only",
		},
		{
			name: "another port", program: server(`("", 5000)`, 200), timeout: 15 * time.Second,
			code: fail.NotListening, want: "listens on 5000, not on 4567",
		},
		{
			name: "never listens", program: "import time\nprint('thinking')\nwhile True: time.sleep(1)", timeout: 15 * time.Second,
			code: fail.NotListening, want: "does not listen on port 4567", line: "thinking",
		},
		{
			name: "errors", program: server(`("", 4567)`, 500), timeout: 15 * time.Second,
			code: fail.ServerError, want: "the variable FRONTEND_URL is not set", line: "KeyError: 'FRONTEND_URL'",
		},
		{
			name: "a database", program: "import socket,time\ntime.sleep(1)\ns=socket.create_server(('', 4567))\nc=[]\nwhile True: c.append(s.accept())",
			probe: func(p *Probe) { p.Kind = TCP },
		},
		{
			name: "TLS that closes", program: "import socket\ns=socket.create_server(('', 4567))\nwhile True: s.accept()[0].close()",
		},
		{
			name: "healthcheck", program: "import time\nwhile True: time.sleep(1)",
			create: func(o *client.ContainerCreateOptions) {
				o.Config.Healthcheck = &container.HealthConfig{Test: []string{"CMD", "true"}, Interval: time.Second}
			},
			probe: func(p *Probe) { p.Kind = Health },
		},
		{
			name: "failing healthcheck", program: "import time\nwhile True: time.sleep(1)",
			create: func(o *client.ContainerCreateOptions) {
				o.Config.Healthcheck = &container.HealthConfig{Test: []string{"CMD-SHELL", "echo no table; false"}, Interval: time.Second, Retries: 1}
			},
			probe: func(p *Probe) { p.Kind = Health },
			code:  fail.Unhealthy, want: "fails its own healthcheck (no table)",
		},
		{
			name: "a job", program: "import time; time.sleep(1)",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Completed, 0, 0 },
		},
		{
			name: "a job that fails", program: "import time; time.sleep(1); raise SystemExit(4)",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Completed, 0, 0 },
			code:  fail.Exited, want: "stopped with exit code 4",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			probe := start(t, c, test.program, test.create)
			if test.probe != nil {
				test.probe(&probe)
			}
			began := time.Now()
			err := On(c).Wait(t.Context(), []Probe{probe}, Options{Timeout: test.timeout})
			took := time.Since(began)
			t.Logf("%v after %v", err, took.Round(time.Millisecond))
			if code := codeOf(err); code != test.code || took > soon {
				t.Fatalf("got %q (%v) after %v, want %q by %v", code, err, took, test.code, soon)
			}
			if test.code == "" {
				return
			}
			f, _ := errors.AsType[*fail.Error](err)
			lines := strings.Join(f.Lines, "\n")
			if !strings.Contains(f.Message, test.want) || !strings.Contains(lines, test.line) {
				t.Errorf("got %s\n%s\nwant %s\n%s", f.Message, lines, test.want, test.line)
			}
		})
	}
}

// counting counts what is asked of the engine.
type counting struct {
	*client.Client
	calls atomic.Int32
}

func (c *counting) ContainerInspect(ctx context.Context, id string, o client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	c.calls.Add(1)
	return c.Client.ContainerInspect(ctx, id, o)
}

func (c *counting) Events(ctx context.Context, o client.EventsListOptions) client.EventsResult {
	c.calls.Add(1)
	return c.Client.Events(ctx, o)
}

func (c *counting) ExecCreate(ctx context.Context, id string, o client.ExecCreateOptions) (client.ExecCreateResult, error) {
	c.calls.Add(1)
	return c.Client.ExecCreate(ctx, id, o)
}

// TestEngineIsNotAskedAboutWhatRuns confirms a running service for a second time.
func TestEngineIsNotAskedAboutWhatRuns(t *testing.T) {
	c := engine(t)
	pull(t, c)
	probe := start(t, c, server(`("", 4567)`, 200), nil)
	if err := On(c).Wait(t.Context(), []Probe{probe}, Options{}); err != nil {
		t.Fatal(err)
	}
	counted := &counting{Client: c}
	began := time.Now()
	if err := (Engine{counted, counted}).Wait(t.Context(), []Probe{probe}, Options{}); err != nil {
		t.Fatal(err)
	}
	t.Logf("confirmed in %v", time.Since(began))
	if calls := counted.calls.Load(); calls != 0 {
		t.Errorf("%d calls to the engine, want none", calls)
	}
}
