package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/owner"
)

// Manager finds, starts, reconfigures and stops a project's gateway process. The zero
// value knows of none and cannot start one.
type Manager struct {
	File    string   // the state file; empty where the user has no state directory
	Command []string // starts the process, which reads a Config on its standard input and calls [Serve]
	Env     []string // of the process
	Version string   // of devup: a process of another one is replaced
}

// Started is what the process prints when it serves. Anything else is why it does not.
const Started = "serves"

// Log is the file that the process writes to.
func (m Manager) Log() string { return strings.TrimSuffix(m.File, ".json") + ".log" }

// Observe gives what is known of the gateway, and whether it serves now.
func (m Manager) Observe(ctx context.Context) (s State, serves bool) {
	if m.File == "" {
		return State{}, false
	}
	s, err := readState(m.File)
	if err != nil {
		return State{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	now, err := s.request(ctx, http.MethodGet, nil)
	if err != nil || now.Token != s.Token || now.PID != s.PID {
		return s, false // killed, or the machine was restarted and another program has the port
	}
	return now, true
}

// Ensure has the gateway serve the config: one that does so already is left alone, one
// that serves another is handed the new one, and where none serves, one is started.
func (m Manager) Ensure(ctx context.Context, c Config) error {
	s, serves := m.Observe(ctx)
	switch {
	case m.File == "":
		return fail.New(fail.Failed, "set HOME, or XDG_STATE_HOME", "the gateway has no directory for its state")
	case serves && s.Version == m.Version && reflect.DeepEqual(s.Config, c):
		return nil
	case serves && s.Version == m.Version && s.Listen == c.Listen:
		if _, err := s.request(ctx, http.MethodPut, c); err == nil {
			return nil
		}
	case serves:
		_, _ = s.request(ctx, http.MethodDelete, nil) // if it goes on, the new one says so
	}
	if err := owner.PrivateDir(filepath.Dir(m.File)); err != nil {
		return fail.Wrap(err, fail.Denied, "", "the gateway's directory cannot be used")
	}
	return m.start(ctx, c)
}

// End ends the gateway. With forget its port is free for others too.
func (m Manager) End(ctx context.Context, forget bool) error {
	s, serves := m.Observe(ctx)
	if serves {
		if _, err := s.request(ctx, http.MethodDelete, nil); err != nil {
			return fail.Wrap(err, fail.Failed, fmt.Sprintf("end the process %d", s.PID), "the gateway does not end")
		}
	}
	if m.File != "" && forget {
		_ = os.Remove(socketOf(m.File)) // nothing depends on them any more
		_ = os.Remove(m.Log())          // as above
		_ = os.Remove(m.File)           // as above
	}
	return nil
}

// controlTimeout is how long a control request, or a start, may take.
const controlTimeout = 10 * time.Second

// probeTimeout is how long a process may take to report its state: every command waits for it.
const probeTimeout = 2 * time.Second

// request sends a control request to the process of a state.
func (s State) request(ctx context.Context, method string, c any) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, controlTimeout)
	defer cancel()
	var body bytes.Buffer
	if c != nil {
		if err := json.NewEncoder(&body).Encode(c); err != nil {
			return State{}, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://gateway/", &body)
	if err != nil {
		return State{}, err
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	response, err := s.transport().RoundTrip(r)
	if err != nil {
		return State{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return State{}, errors.New(response.Status)
	}
	var now State
	return now, json.NewDecoder(io.LimitReader(response.Body, maxState)).Decode(&now)
}

// start starts the process, detached from this one and its terminal, and waits until it
// serves or says why not.
func (m Manager) start(ctx context.Context, c Config) error {
	config, err := json.Marshal(c)
	if err != nil {
		return err
	}
	output, err := os.OpenFile(m.Log(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "the gateway's log cannot be written")
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
		return fail.Wrap(err, fail.Failed, "", "the gateway cannot be started")
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
		if line == Started {
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
	return m.failed(c, why)
}

func (m Manager) failed(c Config, why string) error {
	code := fail.Failed
	if strings.Contains(why, "listen for browsers") {
		code = fail.PortTaken
	}
	return fail.New(code, "its log is "+m.Log(), "the gateway does not serve on %s: %s", c.Listen, why)
}

// Main is what the process does: it reads its config, serves, and says so, or why not, in
// one line. It redirects the standard logger, to which net/http reports some failures.
func Main(ctx context.Context, in io.Reader, out io.Writer, options Options) error {
	err := json.NewDecoder(in).Decode(&options.Config)
	if err == nil {
		failures := newFailureLog(options.Log)
		log.SetOutput(failures)
		log.SetFlags(0)
		options.Ready = func() { fmt.Fprintln(out, Started) }
		err = options.serve(ctx, failures)
	}
	if err != nil {
		fmt.Fprintln(out, err)
	}
	return err
}
