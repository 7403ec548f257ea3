package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// Command is what a provider is asked to do, as its program calls it, and how that is told.
type Command struct{ name, doing, done, cannot string }

// What ends a provider: Down releases what it stands for, and Stop pauses it, where the
// provider can do that.
var (
	Down = Command{"down", "removing", "removed", "remove it"}
	Stop = Command{"stop", "stopping", "stopped", "stop it"}
	up   = Command{"up", "starting", "started", "bring it up"}
)

// variables are what a provider sets in the services that depend on its own: with the
// service's name before theirs, and as they are.
type variables struct{ prefixed, raw map[string]string }

// message is a line of a provider's output.
type message struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// call runs the program of a service's provider.
func (r Runner) call(ctx context.Context, p *project.Project, service string, c Command) (variables, error) {
	provider := p.Services[service].Provider
	program, plugin, err := r.allowed(provider.Type)
	if err != nil {
		return variables{}, about(err, p, service)
	}
	known := r.metadata(ctx, program)
	if known.none() && !plugin && ctx.Err() == nil {
		return variables{}, about(unknownProgram(provider.Type, program), p, service)
	}
	if c == Stop && known.Stop == nil {
		return variables{}, nil
	}
	args, err := known.arguments(c, p, service)
	if err != nil {
		return variables{}, about(err, p, service)
	}
	report := func(state event.State, text string) {
		r.Sink(event.Event{Kind: event.Service, Name: service, State: state, Text: text})
	}
	report(event.Working, c.doing)
	process := r.process(ctx, program, args...)
	said := &tail{}
	process.Stderr = said
	set, err := converse(process, func(text string) { report(event.Working, text) })
	if ctx.Err() != nil {
		return set, context.Cause(ctx)
	}
	if err != nil {
		report(event.Failed, c.doing)
		e := fail.New(fail.Failed, "", "the provider %s of %s cannot %s: %s", provider.Type, service, c.cannot, err)
		e.Service, e.Lines = service, said.lines()
		return set, e
	}
	report(event.Done, c.done)
	return set, nil
}

// about says of an error where the project names the provider.
func about(err error, p *project.Project, service string) error {
	e, ok := errors.AsType[*fail.Error](err)
	if !ok {
		return err
	}
	e.Service = service
	e.File, e.Line = p.Locate("services", service, "provider")
	return e
}

// converse runs a provider's program and reads what it says until it ends. A process that it
// leaves behind with its output does not keep devup waiting.
func converse(process *exec.Cmd, progress func(string)) (variables, error) {
	set := variables{map[string]string{}, map[string]string{}}
	out, in := io.Pipe()
	process.Stdout = in
	listened := make(chan error, 1)
	go func() {
		heard := listen(json.NewDecoder(out), set, progress)
		if heard != nil {
			_, _ = io.Copy(io.Discard, out) // it must not be stopped by what it says after an error
		}
		listened <- heard
	}()
	ended := process.Run()
	if errors.Is(ended, exec.ErrWaitDelay) {
		ended = nil // the program itself has ended well
	}
	_ = in.Close() // it never fails
	heard := <-listened
	return set, errors.Join(heard, quiet(ended, heard))
}

// quiet leaves out how a program ended that has said what is wrong.
func quiet(ended, heard error) error {
	if heard != nil {
		return nil
	}
	return ended
}

func listen(from *json.Decoder, set variables, progress func(string)) error {
	for {
		var m message
		err := from.Decode(&m)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errors.New("it does not speak the protocol of providers")
		}
		name, value, pair := strings.Cut(m.Message, "=")
		switch m.Type {
		case "error":
			return errors.New(firstLine(m.Message))
		case "info":
			progress(firstLine(m.Message))
		case "debug":
		case "setenv", "rawsetenv":
			if !pair || name == "" {
				return errors.New("it sets a variable without a value")
			}
			if m.Type == "setenv" {
				set.prefixed[name] = value
			} else {
				set.raw[name] = value
			}
		default:
			return errors.New("it asks for " + firstLine(m.Type) + ", which devup does not know")
		}
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// process is a run of a provider's program, with devup's own environment alone: a variable of
// the clone's .env may name what a program loads. Where ctx ends the program is interrupted, so
// that it can clean up, and killed a while later.
func (r Runner) process(ctx context.Context, program string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, program, append([]string{"compose"}, args...)...) //nolint:gosec // the user's own, by a name that find allows
	c.Env, c.WaitDelay = r.Environ, cmp.Or(r.Grace, grace)
	c.Cancel = func() error {
		if c.Process.Signal(os.Interrupt) != nil {
			return c.Process.Kill() // Windows has no interrupt for one process
		}
		return nil
	}
	return c
}

// grace is how long a program may go on after it was interrupted.
const grace = 10 * time.Second

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

const tailSize = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b...)
	if len(t.text) > tailSize {
		t.text = slices.Clone(t.text[len(t.text)-tailSize:])
	}
	return len(b), nil
}

func (t *tail) lines() []string {
	lines := slices.Collect(strings.Lines(strings.TrimSpace(string(t.text))))
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r\n")
	}
	return lines[max(0, len(lines)-10):]
}
