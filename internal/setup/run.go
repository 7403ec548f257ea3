package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/graph"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// Memory is what is known of steps that ran before.
type Memory interface {
	// Lock waits until no other devup runs steps in this checkout. The error is ctx's.
	Lock(ctx context.Context) (release func(), err error)
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
	Failed     map[string]bool   // services whose steps cannot run, which was reported already
	Memory     Memory
	Sink       event.Sink
	// OneOff runs an early step in a container of its own where that of its service has ended; ran
	// says whether it did. Nil for no such containers.
	OneOff func(ctx context.Context, s Step) (done containerexec.Result, ran bool, err error)
}

// Run runs the steps one after the other. Where one ends badly, the later ones of its
// service and those of the services that need it do not run. The error joins a
// [fail.Error] with the code SetupFailed for each that ended badly, or is ctx's.
func Run(ctx context.Context, e containerexec.Engine, w Work) error {
	var failures []error
	blame := map[string]string{} // service -> what failed there
	for service := range w.Failed {
		blame[service] = service
	}
	needs := plan.Needs(w.Project.Services)
	for _, s := range w.Steps {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if why := blocked(needs, s.Service, blame); why != "" {
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

// Restarts are the services of a project to restart after the steps: those with early ones, all
// of which ended well, and those of the image that is built for one, as workers are. failed is the error of [Run].
func Restarts(p *types.Project, steps []Step, failed error) []string {
	bad := fail.Services(failed)
	var services []string
	for _, s := range steps {
		if s.Early && !bad[s.Service] && !slices.Contains(services, s.Service) {
			services = append(services, s.Service)
		}
	}
	prepared := slices.Clone(services)
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		image := plan.ImageName(p, s)
		same := func(other string) bool {
			return p.Services[other].Build != nil && plan.ImageName(p, p.Services[other]) == image
		}
		if s.GetScale() > 0 && !slices.Contains(services, name) && slices.ContainsFunc(prepared, same) {
			services = append(services, name)
		}
	}
	return services
}

// blocked names what failed and keeps a service's steps from running; empty for nothing.
func blocked(needs graph.Graph, service string, blame map[string]string) string {
	order, _ := needs.Order(service)
	for _, needed := range slices.Backward(order) {
		if blame[needed] != "" {
			return blame[needed]
		}
	}
	return ""
}

// step runs one step and keeps that it did.
func (w Work) step(ctx context.Context, e containerexec.Engine, s Step) error {
	at := event.Event{Kind: event.Setup, Name: s.Title(), State: event.Working, Text: "running"}
	w.Sink(at)
	began := time.Now()
	done, late, err := w.execute(ctx, e, s)
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
	if late {
		failure = explainLate(s, done)
	}
	failure.File, failure.Line = w.Project.Locate("services", s.Service, "x-devup", "setup", strconv.Itoa(s.Index))
	at.State, at.Text = event.Failed, fmt.Sprintf("exit code %d", done.Status)
	switch {
	case late:
		at.Text = "timed out"
	case err != nil:
		at.Text = "cannot run"
	}
	w.Sink(at)
	return failure
}

// execute runs a step's command within its limit. late says that it did not end in time.
func (w Work) execute(ctx context.Context, e containerexec.Engine, s Step) (done containerexec.Result, late bool, err error) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if s.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, s.Timeout)
	}
	defer cancel()
	done, err = containerexec.Tail(limited, e, w.Containers[s.Service], containerexec.Command{Words: s.Command})
	if s.Early && w.OneOff != nil && (err != nil || done.Status != 0) && limited.Err() == nil {
		if result, ran, failed := w.OneOff(limited, s); ran {
			done, err = result, failed
		}
	}
	return done, err != nil && limited.Err() != nil && ctx.Err() == nil, err
}

// explainLate is the error of a step that did not end in time. No engine ends a command
// that it runs in a container.
func explainLate(s Step, done containerexec.Result) *fail.Error {
	e := fail.New(fail.SetupFailed, "give the step a longer timeout; it may still run: `devup restart "+s.Service+"` ends it",
		"the setup step %q of %s did not end within %s", s.Name, s.Service, short(s.Timeout))
	e.Service, e.Lines = s.Service, done.Lines
	return e
}

// short is a duration without the units that count nothing: 30m, and not 30m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, nothing) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// explain says how a step ended badly, and why as far as its last lines show it.
func explain(s Step, done containerexec.Result, err error) *fail.Error {
	e := fail.New(fail.SetupFailed, "", "the setup step %q of %s ended with exit code %d", s.Name, s.Service, done.Status)
	e.Service, e.Lines = s.Service, done.Lines
	said, scope := done.Lines, diagnose.Exec
	if err != nil {
		e.Cause, said, scope = err, strings.Split(err.Error(), "\n"), diagnose.Start
	}
	cause := diagnose.Explain(scope, said, done.Status, nil)
	refused := cause.Refused || err != nil
	if refused {
		e.Message = fmt.Sprintf("the setup step %q of %s cannot run", s.Name, s.Service)
	}
	if cause.Reason != "" {
		e.Message += ": " + cause.Sentence
		e.Reason = cause.Reason
	}
	if cause.Reason != "" && refused { // the runtime's words replace the command's output
		e.Lines, e.CauseShown = nil, true
	}
	if cause.Reason == diagnose.CommandMissing && refused && s.Command[0] == "sh" {
		cause.Hint = "write the command as a list of words, which needs no shell"
	}
	if cause.Reason == diagnose.TableMissing {
		cause.Hint = "a migration has to create it before this step runs: change the migrations"
	}
	e.Hint = cmp.Or(cause.Hint, "fix it and run `devup up` again") + "; completed steps are not repeated"
	return e
}
