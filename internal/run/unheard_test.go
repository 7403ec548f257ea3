package run

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

// Lines of /proc/PID/status of some first processes.
const (
	ofPython = "SigBlk:\t0000000000000000\nSigIgn:\t0000000001001000\nSigCgt:\t0000000000000002\n"
	ofShell  = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000010002\n"
	ofNginx  = "SigBlk:\t0000000000000000\nSigIgn:\t0000000040001000\nSigCgt:\t0000000018016a07\n"
	ofTini   = "SigBlk:\t0000000000014a07\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n" // it waits for signals that it holds back
)

func TestMissedSignals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, status, command, signal string
		want                          bool
	}{
		{"no handler", ofPython, "python3 -m flask run", "SIGTERM", true},
		{"a handler of another signal", ofPython, "python3 -m flask run", "SIGINT", false},
		{"a signal by its number", ofPython, "python3 -m flask run", "15", true},
		{"a signal in small letters", ofPython, "python3 -m flask run", "term", true},
		{"a shell with a command", ofShell, "/bin/sh -c npm start; echo", "SIGTERM", true},
		{"a shell with a script", ofShell, "/bin/sh ./start.sh", "SIGTERM", true},
		{"an entrypoint that still prepares", ofShell, "bash /usr/local/bin/docker-entrypoint.sh postgres", "SIGINT", false},
		{"an entrypoint that still prepares, without handler", ofPython, "/bin/bash /entrypoint.sh run", "SIGTERM", false},
		{"a handler", ofNginx, "nginx: master process", "SIGQUIT", false},
		{"ignored on purpose", "SigBlk:\t0000000000000000\nSigIgn:\t0000000000004002\nSigCgt:\t0000000000000000\n", "sleep 9", "SIGTERM", false},
		{"held back", ofTini, "tini -- python3", "SIGTERM", false},
		{"a signal that ends everything", ofPython, "python3", "SIGKILL", false},
		{"an unusual signal", ofPython, "systemd", "SIGRTMIN+3", false},
		{"a kernel that does not tell", "Name:\tpython3\n", "python3", "SIGTERM", false},
		{"half a status", "SigBlk:\t0000000000000000\n", "python3", "SIGTERM", false},
		{"nothing to read", "", "", "SIGTERM", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := parseProcess([]byte(test.status), []byte(strings.ReplaceAll(test.command, " ", "\x00")+"\x00"))
			if got := p.misses(test.signal); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestLocalProcess: a process of this machine counts only where it is the container's.
func TestLocalProcess(t *testing.T) {
	t.Parallel()
	proc := t.TempDir()
	for name, text := range map[string]string{"cgroup": "0::/system.slice/docker-abc.scope\n", "status": ofPython, "cmdline": "python3\x00"} {
		if err := os.MkdirAll(filepath.Join(proc, "7"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(proc, "7", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if p, ok := localProcess(proc, 7, "abc"); !ok || !p.misses("SIGTERM") {
		t.Errorf("the container's process: %v, %v", p, ok)
	}
	if p, ok := localProcess(proc, 7, "def"); ok {
		t.Errorf("another container's process: %v", p)
	}
	if p, ok := localProcess(proc, 8, "abc"); ok {
		t.Errorf("no process: %v", p)
	}
}

// stopped is an engine with one container, whose first process prints what it is.
type stopped struct {
	Processes // calls that no test expects panic
	Containers
	containerexec.Engine
	is      container.InspectResponse
	prints  string
	timeout *int
}

func (s *stopped) ContainerStop(_ context.Context, _ string, o client.ContainerStopOptions) (client.ContainerStopResult, error) {
	s.timeout = o.Timeout
	return client.ContainerStopResult{}, nil
}

func (s *stopped) ContainerRestart(_ context.Context, _ string, o client.ContainerRestartOptions) (client.ContainerRestartResult, error) {
	s.timeout = o.Timeout
	return client.ContainerRestartResult{}, nil
}

func (s *stopped) ContainerInspect(context.Context, string, client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	return client.ContainerInspectResult{Container: s.is}, nil
}

func (s *stopped) ExecCreate(context.Context, string, client.ExecCreateOptions) (client.ExecCreateResult, error) {
	if s.prints == "" {
		return client.ExecCreateResult{}, errors.New("no such file: cat")
	}
	return client.ExecCreateResult{ID: "exec"}, nil
}

func (s *stopped) ExecAttach(context.Context, string, client.ExecAttachOptions) (client.ExecAttachResult, error) {
	ours, theirs := net.Pipe()
	_ = theirs.Close()
	text := bytes.NewReader(fakeengine.Frame(stdcopy.Stdout, s.prints))
	return client.ExecAttachResult{HijackedResponse: client.HijackedResponse{Conn: ours, Reader: bufio.NewReader(text)}}, nil
}

// TestStopAtOnce: a container is killed without waiting where its first process cannot
// receive the signal, and only there.
func TestStopAtOnce(t *testing.T) {
	t.Parallel()
	const end = "voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t1\n"
	python := ofPython + end + "python3\x00app.py\x00"
	yes, no := true, false
	for _, test := range []struct {
		name   string
		prints string
		change func(*container.InspectResponse)
		atOnce bool
	}{
		{"no handler", python, func(*container.InspectResponse) {}, true},
		{"no init", python, func(c *container.InspectResponse) { c.HostConfig.Init = &no }, true},
		{"a handler", ofNginx + end + "nginx\x00", func(*container.InspectResponse) {}, false},
		{"an entrypoint at work", ofPython + end + "bash\x00/entrypoint.sh\x00postgres\x00", func(*container.InspectResponse) {}, false},
		{"an image without cat", "", func(*container.InspectResponse) {}, false},
		{"an init of the engine", python, func(c *container.InspectResponse) { c.HostConfig.Init = &yes }, false},
		{"processes of the machine", python, func(c *container.InspectResponse) { c.HostConfig.PidMode = "host" }, false},
		{"not healthy yet", python, func(c *container.InspectResponse) { c.State.Health = &container.Health{Status: container.Starting} }, false},
		{"healthy", python, func(c *container.InspectResponse) { c.State.Health = &container.Health{Status: container.Healthy} }, true},
		{"paused", python, func(c *container.InspectResponse) { c.State.Paused = true }, false},
		{"ended", python, func(c *container.InspectResponse) { c.State.Running = false }, false},
	} {
		for _, action := range []plan.Action{plan.Stop, plan.RestartOnly} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				// A number that no process of this machine has.
				state := &container.State{Running: true, Pid: 1 << 30}
				engine := &stopped{prints: test.prints, is: container.InspectResponse{ID: "one", Path: "python3", State: state, Config: &container.Config{}, HostConfig: &container.HostConfig{}}}
				test.change(&engine.is)
				var notes []string
				op := plan.Op{Action: action, Name: "one", Service: "web", Old: plan.Container{ID: "one", Service: "web", State: "running"}}
				_, err := Engine{Processes: engine, Containers: engine, Exec: engine}.Apply(t.Context(), nil, &plan.Plan{Ops: []plan.Op{op}}, Options{Sink: func(e event.Event) {
					if e.Kind == event.Note {
						notes = append(notes, e.Name+" "+e.Text)
					}
				}})
				want := ""
				if test.atOnce {
					want = "web does not hear SIGTERM and was killed at once: its first process, python3, has no handler for it; for a clean stop, set `init: true` in the service"
				}
				if err != nil || strings.Join(notes, "; ") != want || (engine.timeout != nil) != test.atOnce || test.atOnce && *engine.timeout != 0 {
					t.Errorf("got %q, timeout %v, %v; want %q", notes, engine.timeout, err, want)
				}
			})
		}
	}
}
