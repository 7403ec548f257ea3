package fakeengine

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// Processes brings the containers of a machine from one state to another.
type Processes struct{ *Machine }

// set notes a request and sets a container's state.
func (e Processes) set(verb, id, state string) error {
	return e.change(verb, id, func(c *Container) error {
		c.State = state
		return nil
	})
}

// ContainerStart makes a container run, and end at once where [Machine.Main] says so. A
// healthcheck passes at once.
func (e Processes) ContainerStart(_ context.Context, id string, _ client.ContainerStartOptions) (client.ContainerStartResult, error) {
	err := e.change("start", id, func(c *Container) error {
		c.State, c.Started = "running", time.Now()
		if config := c.Options.Config; config != nil && config.Healthcheck != nil && c.Health == "" {
			c.Health = "healthy"
		}
		return nil
	})
	if err != nil || e.Main == nil {
		return client.ContainerStartResult{}, err
	}
	c, _ := e.Container(id)
	output, status, ended := e.Main(c)
	for line := range strings.Lines(output) {
		e.Set(id, func(c *Container) { c.Log = append(c.Log, Line{time.Now(), strings.TrimSuffix(line, "\n")}) })
	}
	if ended {
		e.End(id, status)
	}
	return client.ContainerStartResult{}, nil
}

// End ends the main process of a container, which goes where it is to be removed then.
func (m *Machine) End(name string, status int) {
	m.Set(name, func(c *Container) {
		c.State, c.ExitCode = "exited", status
		if c.Options.HostConfig != nil && c.Options.HostConfig.AutoRemove {
			m.ended[c.ID] = c
			m.containers = slices.DeleteFunc(m.containers, func(other *Container) bool { return other == c })
		}
	})
}

// within is a part of a request: the time that a container has to stop, where one is given.
func within(verb string, seconds *int) string {
	if seconds == nil {
		return verb
	}
	return fmt.Sprintf("%s within %ds", verb, *seconds)
}

// ContainerStop ends a container; its exit code stays.
func (e Processes) ContainerStop(_ context.Context, id string, o client.ContainerStopOptions) (client.ContainerStopResult, error) {
	return client.ContainerStopResult{}, e.set(within("stop", o.Timeout), id, "exited")
}

// ContainerRestart makes a container run.
func (e Processes) ContainerRestart(_ context.Context, id string, o client.ContainerRestartOptions) (client.ContainerRestartResult, error) {
	return client.ContainerRestartResult{}, e.set(within("restart", o.Timeout), id, "running")
}

// ContainerKill ends a container on SIGKILL, and refuses one that does not run.
func (e Processes) ContainerKill(_ context.Context, id string, o client.ContainerKillOptions) (client.ContainerKillResult, error) {
	return client.ContainerKillResult{}, e.change("kill "+o.Signal, id, func(c *Container) error {
		switch {
		case c.State != "running":
			return cerrdefs.ErrConflict.WithMessage("container is not running")
		case o.Signal == "" || o.Signal == "SIGKILL":
			c.State, c.ExitCode = "exited", 137
		}
		return nil
	})
}

// ContainerPause pauses a container.
func (e Processes) ContainerPause(_ context.Context, id string, _ client.ContainerPauseOptions) (client.ContainerPauseResult, error) {
	return client.ContainerPauseResult{}, e.set("pause", id, "paused")
}

// ContainerUnpause lets a container run again.
func (e Processes) ContainerUnpause(_ context.Context, id string, _ client.ContainerUnpauseOptions) (client.ContainerUnpauseResult, error) {
	return client.ContainerUnpauseResult{}, e.set("unpause", id, "running")
}

// Execs runs commands in the containers of a machine, as [Machine.Exec] says.
type Execs struct{ *Machine }

// execution is a command in a container.
type execution struct {
	options client.ExecCreateOptions
	output  string
	status  int
}

// Commands are the options of all commands that were to run in containers, in their order.
func (m *Machine) Commands() []client.ExecCreateOptions {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []client.ExecCreateOptions
	for i := range len(m.execs) {
		all = append(all, m.execs[execID(i)].options)
	}
	return all
}

func execID(n int) string { return fmt.Sprint("exec-", n) }

// ExecCreate runs the command. A container that does not run refuses it.
func (e Execs) ExecCreate(_ context.Context, id string, o client.ExecCreateOptions) (client.ExecCreateResult, error) {
	name := ""
	err := e.change("exec "+strings.Join(o.Cmd, " ")+" in", id, func(c *Container) error {
		name = c.Name
		if c.State != "running" {
			return cerrdefs.ErrConflict.WithMessage("container " + c.ID + " is not running")
		}
		return nil
	})
	if err != nil {
		return client.ExecCreateResult{}, err
	}
	x := execution{options: o}
	if e.Exec != nil {
		x.output, x.status = e.Exec(name, o.Cmd)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	exec := execID(len(e.execs))
	e.execs[exec] = x
	return client.ExecCreateResult{ID: exec}, nil
}

// ExecAttach gives what the command printed.
func (e Execs) ExecAttach(_ context.Context, exec string, _ client.ExecAttachOptions) (client.ExecAttachResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ours, theirs := net.Pipe()
	_ = theirs.Close()
	return client.ExecAttachResult{HijackedResponse: client.HijackedResponse{
		Conn: ours, Reader: bufio.NewReader(bytes.NewReader(Frame(stdcopy.Stdout, e.execs[exec].output))),
	}}, nil
}

// ExecInspect gives how the command ended.
func (e Execs) ExecInspect(_ context.Context, exec string, _ client.ExecInspectOptions) (client.ExecInspectResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return client.ExecInspectResult{ExitCode: e.execs[exec].status}, nil
}
