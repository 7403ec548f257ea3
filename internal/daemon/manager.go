// Package daemon keeps a process of devup that goes on after the command which started it: the
// gateway of a project, the dashboard of a user.
//
// A command controls it with a [Manager]: [Manager.Observe] finds it, [Manager.Start] starts it,
// [Manager.Change] hands it another config, [Manager.End] ends it. The process calls [Main], which
// serves with [Process.Run]. Both sides share a [State], a file in the user's state directory, and
// speak at an address that only the user can connect to.
package daemon

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/owner"
)

// Manager finds, starts, reconfigures and ends one process. C is the process's config, a plain
// value that travels as JSON. The zero value knows of none and cannot start one.
type Manager[C any] struct {
	Name    string   // what the user calls it: "gateway"
	File    string   // the state file; empty where the user has no state directory
	Command []string // starts the process, which reads a config on its standard input and calls [Main]
	Env     []string // of the process
	Version string   // of devup: a process of another one is replaced
}

// started is what the process prints when it serves. Anything else is why it does not.
const started = "serves"

// Log is the file that the process writes to.
func (m Manager[C]) Log() string { return strings.TrimSuffix(m.File, ".json") + ".log" }

// Observe gives what is known of the process, and whether it serves now.
func (m Manager[C]) Observe(ctx context.Context) (s State[C], serves bool) {
	if m.File == "" {
		return State[C]{}, false
	}
	s, err := readState[C](m.File)
	if err != nil {
		return State[C]{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	now, err := s.request(ctx, http.MethodGet, nil)
	if err != nil || now.Token != s.Token || now.PID != s.PID {
		return s, false // killed, or the machine was restarted and another program has the port
	}
	return now, true
}

// Change hands another config to a process that serves. The process may refuse it.
func (m Manager[C]) Change(ctx context.Context, s State[C], c C) error {
	_, err := s.request(ctx, http.MethodPut, c)
	return err
}

// End ends the process. With forget nothing is known of it afterwards.
func (m Manager[C]) End(ctx context.Context, forget bool) error {
	s, serves := m.Observe(ctx)
	if serves {
		if err := m.Stop(ctx, s); err != nil {
			return err
		}
	}
	if m.File != "" && forget {
		_ = os.Remove(socketOf(m.File)) // nothing depends on them any more
		_ = os.Remove(m.Log())          // as above
		_ = os.Remove(m.File)           // as above
	}
	return nil
}

// Stop ends a process that serves. Its ports are free afterwards.
func (m Manager[C]) Stop(ctx context.Context, s State[C]) error {
	if _, err := s.request(ctx, http.MethodDelete, nil); err != nil {
		return fail.Wrap(err, fail.Failed, fmt.Sprintf("end the process %d", s.PID), "the %s does not end", m.Name)
	}
	return nil
}

// controlTimeout is how long a control request, or a start, may take.
const controlTimeout = 10 * time.Second

// probeTimeout is how long a process may take to report its state: every command waits for it.
const probeTimeout = 2 * time.Second

// request sends a control request to the process of a state.
func (s State[C]) request(ctx context.Context, method string, c any) (State[C], error) {
	ctx, cancel := context.WithTimeout(ctx, controlTimeout)
	defer cancel()
	var body bytes.Buffer
	if c != nil {
		if err := json.NewEncoder(&body).Encode(c); err != nil {
			return State[C]{}, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://devup/", &body)
	if err != nil {
		return State[C]{}, err
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	response, err := transport(s.Control).RoundTrip(r)
	if err != nil {
		return State[C]{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return State[C]{}, errors.New(response.Status)
	}
	var now State[C]
	return now, json.NewDecoder(io.LimitReader(response.Body, maxState)).Decode(&now)
}

// NotServing is the error of a process that could not be started.
type NotServing struct{ Why string }

// Error is why, in the process's own words.
func (e *NotServing) Error() string { return e.Why }

// Start starts the process, detached from this one and its terminal, and waits until it
// serves. The error is a [NotServing], a [fail.Error] or the context's.
func (m Manager[C]) Start(ctx context.Context, c C) error {
	if m.File == "" {
		return fail.New(fail.Failed, "set HOME, or XDG_STATE_HOME", "the %s has no directory for its state", m.Name)
	}
	if err := owner.PrivateDir(filepath.Dir(m.File)); err != nil {
		return fail.Wrap(err, fail.Denied, "", "the %s's directory cannot be used", m.Name)
	}
	config, err := json.Marshal(c)
	if err != nil {
		return err
	}
	output, err := os.OpenFile(m.Log(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "the %s's log cannot be written", m.Name)
	}
	defer output.Close()
	process := exec.CommandContext(context.WithoutCancel(ctx), m.Command[0], m.Command[1:]...) //nolint:gosec // devup itself
	process.Dir, process.Env = filepath.Dir(m.File), m.Env
	process.Stdin, process.Stderr = bytes.NewReader(config), output
	process.SysProcAttr = detached()
	said, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return fail.Wrap(err, fail.Failed, "", "the %s cannot be started", m.Name)
	}
	first := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(said).ReadString('\n') // empty where it ended before
		first <- strings.TrimSpace(line)
	}()
	timeout := time.NewTimer(controlTimeout)
	defer timeout.Stop()
	why := "it says nothing"
	select {
	case line := <-first:
		if line == started {
			return process.Process.Release()
		}
		why = line
	case <-timeout.C:
	case <-ctx.Done():
	}
	_ = process.Process.Kill() // it may have ended
	_ = process.Wait()         // its end is the failure
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &NotServing{why}
}
