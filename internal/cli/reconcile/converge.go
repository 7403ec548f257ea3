// Package reconcile brings the engine to what the project's files say, for all commands that
// do so: it turns flags into a [Request], and [Run] opens the session, runs the line of
// package up, and asks the user what only the user can decide.
package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/up"
)

// Request is one run.
type Request struct {
	Want    session.Want // the services and their numbers; Run adds what every run needs
	Options up.Options
	Setup   bool     // run the setup steps that are due
	Again   []string // setup steps to run again, due or not: SERVICE or SERVICE:STEP
	// Check may refuse the session, or give another in its place; nil for no check.
	Check func(*session.Session) (*session.Session, error)
}

// Run opens a session and takes its project to what the files say. The user is asked,
// without the lock, whether volumes that changed may be replaced. The caller closes the
// session, which is nil where it could not be opened; the outcome never is nil.
func Run(ctx context.Context, env *command.Env, r Request) (*session.Session, *up.Outcome, error) {
	o := r.Options
	o.Plan.RenewVolumes = o.Plan.RenewVolumes || env.Settings.Yes
	o.AskVolumes = env.CanAsk()
	s, outcome, err := r.try(ctx, env, o)
	changed, ask := errors.AsType[*up.VolumesChanged](err)
	if !ask {
		return s, outcome, err
	}
	s.Close()
	if o.Plan.RenewVolumes, err = env.Confirm(ctx, changed.Error()+"?"); err != nil {
		return nil, outcome, err
	}
	o.AskVolumes = false
	return r.try(ctx, env, o)
}

// try is one run of the line.
func (r Request) try(ctx context.Context, env *command.Env, o up.Options) (*session.Session, *up.Outcome, error) {
	s, err := Open(ctx, env, r.Want, o.DryRun)
	if err == nil && r.Check != nil {
		checked, refused := r.Check(s)
		if refused != nil {
			s.Close()
			return nil, &up.Outcome{}, refused
		}
		s = checked
	}
	if err != nil {
		return nil, &up.Outcome{}, err
	}
	o.Plan.RemoveOrphans = o.Plan.RemoveOrphans || session.RemovesOrphans(s)
	if r.Setup {
		o.Setup = setup.Again(s.SetupMemory(), r.Again)
	}
	outcome, err := s.Up(ctx, o)
	return s, outcome, err
}

// Open opens a session with everything that a run needs. A dry run neither locks the
// project nor gets what a fresh clone lacks.
func Open(ctx context.Context, env *command.Env, w session.Want, dryRun bool) (*session.Session, error) {
	w.Project, w.Engine, w.Start = session.Required, session.Required, true
	w.State, w.Images, w.Workspace, w.Egress = session.Everything, true, true, true
	w.Lock, w.Prepare, w.Providers, w.Credentials = !dryRun, !dryRun, !dryRun, session.Asked
	if dryRun {
		w.Credentials = session.Decided
	}
	w.Check = func(p *project.Project) error {
		if len(p.Services) > 0 {
			return nil
		}
		return fail.New(fail.Config, "name one under services, or activate its profile with --profile", "project %s has no service to start", p.Name)
	}
	return session.Open(ctx, env.Env, w)
}

// Apply carries out a plan that creates nothing, or prints it in a dry run.
func Apply(ctx context.Context, env *command.Env, s *session.Session, todo *plan.Plan, stop *time.Duration) error {
	if env.Flags.DryRun {
		show.Operations(env, todo)
		return nil
	}
	_, err := run.Apply(ctx, run.On(s.Engine.Client), s.Files(), todo, run.Options{Project: s.Name, StopTimeout: stop, Sink: env.Sink})
	return err
}
