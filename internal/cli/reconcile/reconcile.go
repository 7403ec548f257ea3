// Package reconcile brings the engine to what the project's files say, for all commands that
// do so. Their flags are [Flags]; [Open] opens the session for them, and [Run] takes its project
// through package up and asks the user what only the user can decide.
package reconcile

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/up"
)

// Flags are those of the commands that bring the engine to what the files say: up, create,
// scale and plan. Names and meaning are Compose's. [Default] is a run without any flag.
type Flags struct {
	up.Options // what no flag or argument says, [Run] fills in; the services are those of Plan
	NoDeps     bool
	KeepGoing  bool
	Scale      []string // "SERVICE=NUMBER"
	Seconds    int      // that containers may take to stop; negative for their own time
	Gateway    session.Gateway
	RunSetup   bool     // run the setup steps that are due
	SetupAgain []string // setup steps to run again, due or not: SERVICE or SERVICE:STEP
}

// Default are the flags where none is given.
func Default() Flags {
	return Flags{Seconds: -1, KeepGoing: true, Gateway: session.GatewayAsConfigured}
}

// Bind declares the flags, whose values then are the defaults.
func (f *Flags) Bind(c *cobra.Command) {
	*f = Default()
	set := c.Flags()
	set.BoolVar(&f.Build, "build", false, "build every image, stale or not")
	set.BoolVar(&f.NoBuild, "no-build", false, "build nothing")
	set.StringVar(&f.Pull, "pull", "policy", "pull before starting: always, missing, never, or policy for what the files say")
	set.BoolVar(&f.QuietPull, "quiet-pull", false, "show no progress of pulls")
	set.BoolVar(&f.KeepGoing, "keep-going", true, "start the services that do not need an image that could not be had; --keep-going=false starts none then")
	set.BoolVar(&f.Plan.ForceRecreate, "force-recreate", false, "replace the containers also where nothing changed")
	set.BoolVar(&f.Plan.AlwaysDeps, "always-recreate-deps", false, "replace the containers of the dependencies too")
	set.BoolVar(&f.Plan.NoRecreate, "no-recreate", false, "leave containers that exist as they are")
	set.BoolVarP(&f.Plan.RenewAnon, "renew-anon-volumes", "V", false, "give new containers new anonymous volumes")
	set.BoolVar(&f.Plan.RemoveOrphans, "remove-orphans", false, "remove containers that belong to no service")
	set.BoolVar(&f.NoDeps, "no-deps", false, "without the services that the named ones depend on")
	set.StringArrayVar(&f.Scale, "scale", nil, "run this many containers of a service: `SERVICE=NUMBER`; may be repeated")
	set.BoolVar(&f.StrictPorts, "strict-ports", false, "use exactly the host ports in the files; fail if one is taken")
	command.GatewayFlag(set, &f.Gateway)
	command.TimeoutFlag(c, &f.Seconds)
	c.MarkFlagsMutuallyExclusive("build", "no-build")
	c.MarkFlagsMutuallyExclusive("force-recreate", "no-recreate")
	c.MarkFlagsMutuallyExclusive("always-recreate-deps", "no-recreate")
	c.MarkFlagsMutuallyExclusive("renew-anon-volumes", "no-recreate")
}

// Numbers reads SERVICE=NUMBER pairs.
func Numbers(pairs []string) (map[string]int, error) {
	scale := map[string]int{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		n, err := strconv.Atoi(text)
		if !ok || name == "" || err != nil || n < 0 {
			return nil, fail.New(fail.Usage, "for example web=3", "%q is not SERVICE=NUMBER", pair)
		}
		scale[name] = n
	}
	return scale, nil
}

// Want is the project that the flags mean.
func (f Flags) Want() (session.Want, error) {
	scale, err := Numbers(f.Scale)
	return session.Want{Project: session.Required, Services: f.Plan.Services, NoDeps: f.NoDeps, Scale: scale, Gateway: f.Gateway, Workspace: true}, err
}

// Open opens a session with everything that a run needs. A dry run neither locks the
// project nor gets what a fresh clone lacks. The caller closes the session.
func Open(ctx context.Context, env *command.Env, f Flags) (*session.Session, error) {
	w, err := f.Want()
	if err != nil {
		return nil, err
	}
	w.NeedsService = true
	w.Engine, w.Start, w.State, w.Images, w.Egress = session.Required, true, session.Everything, true, true
	w.Lock, w.Prepare, w.Providers, w.Credentials = !f.DryRun, !f.DryRun, !f.DryRun, session.Asked
	if f.DryRun {
		w.Credentials = session.Decided
	}
	return session.Open(ctx, env.Env, w)
}

// Run takes the project of a session that [Open] opened to what the files say. The user is asked,
// without the lock, whether volumes that changed may be replaced. The outcome never is nil.
func Run(ctx context.Context, env *command.Env, s *session.Session, f Flags) (*up.Outcome, error) {
	o := f.Options
	o.Timeout, o.StopTimeout, o.StopOnFailure = env.Settings.WaitTimeout, command.StopTimeout(f.Seconds), !f.KeepGoing
	o.Plan.RenewVolumes = o.Plan.RenewVolumes || env.Settings.Yes
	o.Plan.RemoveOrphans = o.Plan.RemoveOrphans || session.RemovesOrphans(s)
	o.AskVolumes = env.CanAsk()
	if f.RunSetup {
		o.Setup = setup.Again(s.SetupMemory(), f.SetupAgain)
	}
	outcome, err := s.Up(ctx, o)
	changed, ask := errors.AsType[*up.VolumesChanged](err)
	if !ask {
		return outcome, err
	}
	o.AskVolumes = false
	if o.Plan.RenewVolumes, err = env.Confirm(ctx, changed.Error()+"?"); err != nil {
		return &up.Outcome{}, err
	}
	if s, err = session.Relock(ctx, s); err != nil {
		return &up.Outcome{}, err
	}
	return s.Up(ctx, o)
}

// Apply carries out a plan that creates nothing, or prints it in a dry run.
func Apply(ctx context.Context, env *command.Env, s *session.Session, todo *plan.Plan, stop *time.Duration) error {
	if env.Flags.DryRun {
		show.Operations(env, todo)
		return nil
	}
	_, err := run.On(s.Engine.Client).Apply(ctx, s.Files(), todo, run.Options{Project: s.Name, StopTimeout: stop, Sink: env.Sink})
	return err
}
