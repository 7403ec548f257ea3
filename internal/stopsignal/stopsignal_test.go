package stopsignal

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fakeengine"
)

// The masks of real processes.
const (
	plain   = "Name:\tsleep\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n"
	catches = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000004002\n"
	waits   = "SigBlk:\t0000000000004000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n" // tini, dumb-init
	ignores = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000004002\nSigCgt:\t0000000000000000\n" // trap "" TERM
)

func running(change ...func(*container.InspectResponse)) container.InspectResponse {
	c := container.InspectResponse{
		ID: strings.Repeat("ab", 32), State: &container.State{Running: true, Pid: 4321},
		Config: &container.Config{}, HostConfig: &container.HostConfig{},
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestUnheard(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("ab", 32)
	here := func(status string) fstest.MapFS {
		return fstest.MapFS{
			"4321/cgroup": {Data: []byte("0::/system.slice/docker-" + id + ".scope\n")}, "4321/status": {Data: []byte(status)},
		}
	}
	signal := func(name string) func(*container.InspectResponse) {
		return func(c *container.InspectResponse) { c.Config.StopSignal = name }
	}
	began := func(ago time.Duration) func(*container.InspectResponse) {
		return func(c *container.InspectResponse) {
			c.State.StartedAt = time.Now().Add(-ago).UTC().Format(time.RFC3339Nano)
		}
	}
	shell := strings.Replace(plain, "sleep", "docker-entrypoi", 1) // the kernel keeps 15 characters
	for _, test := range []struct {
		name   string
		proc   fstest.MapFS
		inside string // what cat prints in the container; empty where there is none
		c      container.InspectResponse
		want   bool
	}{
		{"no handler", here(plain), "", running(), true},
		{"a handler", here(catches), "", running(), false},
		{"one that waits for it", here(waits), "", running(), false},
		{"one that ignores it", here(ignores), "", running(), false},
		{"another signal", here(catches), "", running(signal("SIGQUIT")), true},
		{"another signal that it hears", here(catches), "", running(signal("INT")), false},
		{"by its number", here(catches), "", running(signal("15")), false},
		{"an unknown one", here(plain), "", running(signal("SIGNONSENSE")), false},
		{"no masks", here("Name: x\n"), "", running(), false},
		{"masks that are none", here("SigCgt: zz\n"), "", running(), false},
		{"not its own namespace", here(plain), "", running(func(c *container.InspectResponse) { c.HostConfig.PidMode = "host" }), false},
		{"paused", here(plain), "", running(func(c *container.InspectResponse) { c.State.Paused = true }), false},
		{"ended", here(plain), "", running(func(c *container.InspectResponse) { c.State.Running = false }), false},
		{"another process of that number", fstest.MapFS{"4321/cgroup": {Data: []byte("0::/user.slice")}, "4321/status": {Data: []byte(catches)}}, plain, running(), true},
		{"a shell that began a moment ago", here(strings.Replace(plain, "sleep", "bash", 1)), "", running(began(time.Second)), false},
		{"a shell that goes on", here(strings.Replace(plain, "sleep", "bash", 1)), "", running(began(time.Hour)), true},
		{"a script that began a moment ago", here(shell), "", running(began(time.Second)), false},
		{"a program that began a moment ago", here(plain), "", running(began(time.Second)), true},
		{"an engine elsewhere", nil, plain, running(), true},
		{"an engine elsewhere, a handler", nil, catches, running(), false},
		{"an engine elsewhere, no cat", nil, "", running(), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := fakeengine.New()
			m.Add(fakeengine.Container{ID: id, Name: "web", State: "running"})
			m.Exec = func(string, []string) (string, int) {
				if test.inside == "" {
					return "no such program", 127
				}
				return test.inside, 0
			}
			var e = fakeengine.Execs{Machine: m}
			got := false
			if test.proc == nil {
				got = Unheard(t.Context(), e, nil, test.c)
			} else {
				got = Unheard(t.Context(), e, test.proc, test.c)
			}
			if got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
