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

// Keeper is what a command has of a project's gateway on an engine. The zero value
// knows of none and cannot start one.
type Keeper struct {
	File    string   // the state file; empty where the person has no folder for it
	Command []string // starts the process, which reads a Config on its standard input and calls [Serve]
	Env     []string // of the process
	Version string   // of devup: a process of another one is replaced
}

// Started is what the process prints when it serves. Anything else is why it does not.
const Started = "serves"

// Log is the file that the process writes to.
func (k Keeper) Log() string { return strings.TrimSuffix(k.File, ".json") + ".log" }

// Look finds what is known of the gateway, and whether it serves now.
func (k Keeper) Look(ctx context.Context) (s State, serves bool) {
	if k.File == "" {
		return State{}, false
	}
	s, err := readState(k.File)
	if err != nil {
		return State{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	now, err := s.order(ctx, http.MethodGet, nil)
	if err != nil || now.Token != s.Token || now.PID != s.PID {
		return s, false // killed, or the machine was started anew and another program has the port
	}
	return now, true
}

// Ensure has the gateway serve the config: one that does so already is left alone, one
// that serves another is handed the new one, and where none serves, one is started.
func (k Keeper) Ensure(ctx context.Context, c Config) error {
	s, serves := k.Look(ctx)
	switch {
	case k.File == "":
		return fail.New(fail.Failed, "set HOME, or XDG_STATE_HOME", "the gateway has no directory for its state")
	case serves && s.Version == k.Version && reflect.DeepEqual(s.Config, c):
		return nil
	case serves && s.Version == k.Version && s.Listen == c.Listen:
		if _, err := s.order(ctx, http.MethodPut, c); err == nil {
			return nil
		}
	case serves:
		_, _ = s.order(ctx, http.MethodDelete, nil) // if it goes on, the new one says so
	}
	if err := owner.PrivateDir(filepath.Dir(k.File)); err != nil {
		return fail.Wrap(err, fail.Denied, "", "the gateway's directory cannot be used")
	}
	return k.start(ctx, c)
}

// End ends the gateway. With forget its port is free for others too.
func (k Keeper) End(ctx context.Context, forget bool) error {
	s, serves := k.Look(ctx)
	if serves {
		if _, err := s.order(ctx, http.MethodDelete, nil); err != nil {
			return fail.Wrap(err, fail.Failed, fmt.Sprintf("end the process %d", s.PID), "the gateway does not end")
		}
	}
	if k.File != "" && forget {
		_ = os.Remove(socketOf(k.File)) // nothing depends on them any more
		_ = os.Remove(k.Log())          // as above
		_ = os.Remove(k.File)           // as above
	}
	return nil
}

// patience is how long an order, or a start, may take.
const patience = 10 * time.Second

// glance is how long a process may take to say what it is: every command waits for it.
const glance = 2 * time.Second

// order asks the process of a state for something.
func (s State) order(ctx context.Context, method string, c any) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
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

// start starts the process, apart from this one and its terminal, and waits until it
// serves or says why not.
func (k Keeper) start(ctx context.Context, c Config) error {
	config, err := json.Marshal(c)
	if err != nil {
		return err
	}
	output, err := os.OpenFile(k.Log(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "the gateway's log cannot be written")
	}
	defer output.Close()
	process := exec.CommandContext(context.WithoutCancel(ctx), k.Command[0], k.Command[1:]...) //nolint:gosec // devup itself
	process.Dir, process.Env = filepath.Dir(k.File), k.Env
	process.Stdin, process.Stderr = bytes.NewReader(config), output
	process.SysProcAttr = apart()
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
	late := time.NewTimer(patience)
	defer late.Stop()
	why := "it says nothing"
	select {
	case line := <-first:
		if line == Started {
			return process.Process.Release()
		}
		why = line
	case <-late.C:
	case <-ctx.Done():
	}
	_ = process.Process.Kill() // it may have ended
	_ = process.Wait()         // its end is the failure
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return k.failed(c, why)
}

func (k Keeper) failed(c Config, why string) error {
	code := fail.Failed
	if strings.Contains(why, "listen for browsers") {
		code = fail.PortTaken
	}
	return fail.New(code, "its log is "+k.Log(), "the gateway does not serve on %s: %s", c.Listen, why)
}

// Main is what the process does: it reads its config, serves, and says so, or why not, in
// one line. It redirects the standard logger, to which net/http reports some failures.
func Main(ctx context.Context, in io.Reader, out io.Writer, l Life) error {
	err := json.NewDecoder(in).Decode(&l.Config)
	if err == nil {
		failures := newFailureLog(l.Log)
		log.SetOutput(failures)
		log.SetFlags(0)
		l.Ready = func() { fmt.Fprintln(out, Started) }
		err = l.serve(ctx, failures)
	}
	if err != nil {
		fmt.Fprintln(out, err)
	}
	return err
}
