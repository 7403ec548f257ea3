package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// Memory is what is known of steps that ran before.
type Memory interface {
	// Turn waits until no other devup runs steps in this checkout. The error is ctx's.
	Turn(ctx context.Context) (release func(), err error)
	// Done gives the steps that ended well before.
	Done(ctx context.Context) Done
	// Keep keeps that a step ended well. What hinders that only means that it runs again.
	Keep(ctx context.Context, s Step)
}

// Work is what [Run] is to do.
type Work struct {
	Project    *project.Project
	Steps      []Step
	Containers map[string]string // a running container of each service
	Failed     map[string]bool   // services whose steps cannot run, which was said already
	Memory     Memory
	Sink       event.Sink
}

// Run runs the steps one after the other. Where one ends badly, the later ones of its
// service and those of the services that need it do not run. The error joins a
// [fail.Error] with the code SetupFailed for each that ended badly, or is ctx's.
func Run(ctx context.Context, e run.Executor, w Work) error {
	var failures []error
	blame := map[string]string{} // service -> what failed there
	for service := range w.Failed {
		blame[service] = service
	}
	for _, s := range w.Steps {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if why := w.blocked(s.Service, blame); why != "" {
			w.Sink(event.Event{Kind: event.Setup, Name: s.Title(), State: event.Skipped, Text: "skipped: " + strings.TrimPrefix(why, s.Service+": ") + " failed"})
			continue
		}
		if err := w.step(ctx, e, s); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			blame[s.Service] = s.Title()
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// blocked names what failed and keeps a service's steps from running; empty for nothing.
func (w Work) blocked(service string, blame map[string]string) string {
	for _, needed := range slices.Backward(walk(w.Project.Services, service, map[string]bool{}, nil)) {
		if blame[needed] != "" {
			return blame[needed]
		}
	}
	return ""
}

// step runs one step and keeps that it did.
func (w Work) step(ctx context.Context, e run.Executor, s Step) error {
	at := event.Event{Kind: event.Setup, Name: s.Title(), State: event.Working, Text: "running"}
	w.Sink(at)
	began := time.Now()
	done, err := run.Exec(ctx, e, w.Containers[s.Service], run.Command{Words: s.Command})
	at.Took = time.Since(began)
	if err == nil && done.Status == 0 {
		if s.Once {
			w.Memory.Keep(ctx, s)
		}
		at.State, at.Text = event.Done, "done"
		w.Sink(at)
		return nil
	}
	failure := explain(s, done, err)
	failure.File, failure.Line = w.Project.Locate("services", s.Service, "x-devup", "setup", strconv.Itoa(s.Index))
	at.State, at.Text = event.Failed, fmt.Sprintf("exit code %d", done.Status)
	if err != nil {
		at.Text = "cannot run"
	}
	w.Sink(at)
	return failure
}

// explain says how a step ended badly.
func explain(s Step, done run.Executed, err error) *fail.Error {
	const hint = "mend it and run `devup up` again: the steps that are done are not repeated"
	e := fail.New(fail.SetupFailed, hint, "the setup step %q of %s ended with exit code %d", s.Name, s.Service, done.Status)
	e.Service, e.Lines = s.Service, done.Lines
	text := ""
	switch {
	case err != nil:
		e.Message, e.Cause = fmt.Sprintf("the setup step %q of %s cannot run", s.Name, s.Service), err
		text = err.Error()
	case done.Status == 126 || done.Status == 127: // the runtime says why in the place of the command's output
		text = strings.Join(done.Lines, "\n")
	}
	if strings.Contains(text, "OCI runtime exec failed") && noProgram.MatchString(text) {
		e.Message = fmt.Sprintf("the setup step %q of %s cannot run: its container has no program %s", s.Name, s.Service, s.Command[0])
		e.Lines, e.Told = nil, true
		if s.Command[0] == "sh" {
			e.Hint = "write the command as a list of words, which needs no shell"
		}
	}
	return e
}

// noProgram is what the engine's runtimes say of a command that the container lacks.
var noProgram = lazyregexp.New(`executable file not found|no such file or directory`)
