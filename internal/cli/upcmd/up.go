// Package upcmd holds the commands that bring the engine to what the project's files say, or
// say what that would do: up, create, scale, watch, plan and why.
package upcmd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/watch"
)

// upOptions are the flags of up.
type upOptions struct {
	reconcile.Flags
	detach   bool
	ci       string // directory for the files of a CI job; empty for none
	logs     logOptions
	watch    bool            // follow the files besides the logs
	alone    bool            // with watch: show no logs, and leave running what was started
	watching watchOptions    // how to watch
	snapshot *watch.Snapshot // with watch: the files when the run began
}

// NewUp is `devup up`.
func NewUp(p *command.Program) *cobra.Command {
	var o upOptions
	c := &cobra.Command{
		Use:         "up [SERVICE...]",
		Annotations: map[string]string{command.HasResult: "true"},
		Short:       "Build and start the services, wait until they answer, print their URLs",
		Long: `Build what is stale, start what does not run, wait until every service answers and
print the URLs; then show the logs until Ctrl-C, which stops what was started.
At a terminal the last lines keep the URLs and the keys, which take effect with Enter.
With services as arguments: these and what they depend on.

Exit codes: 3 a service did not become ready, 4 no engine, 5 build failed.`,
		Example: `  devup up
  devup up --detach backend-flask
  devup up --exit-code-from tests`,
		ValidArgsFunction: p.CompleteServices,
	}
	o.Bind(c)
	f := c.Flags()
	f.BoolVarP(&o.detach, "detach", "d", false, "return once every service answers; they go on running")
	f.BoolVar(&o.Healthy, "wait", false, "as --detach, and what has a healthcheck must pass it, not just answer")
	f.BoolVar(&o.Plan.NoStart, "no-start", false, "create the containers without starting them")
	f.BoolVar(&o.DryRun, "dry-run", false, "print what would be done and do nothing")
	f.BoolVar(&o.Public, "public", false, "open the ports of all services but databases in a cloud workspace")
	f.Var(command.NewDuration(5*time.Minute), "wait-timeout", "how long the services may take until they answer: `90s`, 5m, or seconds")
	f.BoolVarP(&o.watch, "watch", "w", false, "follow the files too, and bring changes into the services as develop.watch says")
	f.StringVar(&o.ci, "ci", "", "with --detach: write logs of services that fail, and junit.xml, to this `directory`")
	f.Lookup("ci").NoOptDefVal = "devup-ci"
	f.StringArrayVar(&o.SetupAgain, "setup-again", nil, "run the setup steps of a service again, or one: `SERVICE[:STEP]`; may be repeated")
	o.logs.bind(c)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		o.Plan.Services = args
		return runUp(ctx, env, o)
	})
	return c
}

// check refuses flags that contradict each other.
func (o upOptions) check() error {
	switch {
	case o.watch && (o.detached() || o.logs.aborts()):
		return fail.New(fail.Usage, "leave out one of them", "--watch goes on until Ctrl-C: it does not go with --detach, --wait, --no-start, --abort-on-… and --exit-code-from")
	case o.ci != "" && !o.detached():
		return fail.New(fail.Usage, "add --detach", "--ci goes with --detach or --wait only")
	case o.logs.abortsOnExit() && o.logs.abortOnFailure:
		return fail.New(fail.Usage, "", "--abort-on-container-exit and --abort-on-container-failure do not go together")
	case o.detached() && (o.logs.aborts() || len(o.logs.attach) > 0 || o.logs.attachDependencies):
		return fail.New(fail.Usage, "leave out --detach (or --wait, --no-start)", "what is not attached to cannot be followed: --detach does not go with --abort-on-…, --exit-code-from and --attach")
	case len(o.logs.attach) > 0 && o.logs.attachDependencies:
		return fail.New(fail.Usage, "", "--attach and --attach-dependencies do not go together")
	}
	return nil
}

// detached says that the command returns once the services answer.
func (o upOptions) detached() bool { return o.detach || o.Healthy || o.Plan.NoStart }

// open opens the session, and refuses flags that do not fit its project.
func (o *upOptions) open(ctx context.Context, env *command.Env) (*session.Session, error) {
	o.NoWait, o.RunSetup = o.logs.aborts(), true
	s, err := reconcile.Open(ctx, env, o.Flags)
	if err != nil {
		return nil, err
	}
	err = errors.Join(o.logs.check(s.Project), checkAgain(s.Project, o.SetupAgain))
	if err == nil && o.watch {
		var rules []watch.Rule
		if rules, err = watchable(s.Project, o.Plan.Services); err == nil {
			o.snapshot = watch.NewSnapshot(rules) // before any image is built of them
		}
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// checkAgain refuses what names no setup step of the project.
func checkAgain(p *project.Project, steps []string) error {
	for _, words := range steps {
		service, step, one := strings.Cut(words, ":")
		if _, known := p.Services[service]; !known {
			return project.NoService(p, service)
		}
		var names []string
		for _, s := range p.Extensions[service].Setup {
			names = append(names, s.Name)
		}
		if len(names) == 0 || one && !slices.Contains(names, step) {
			return fail.New(fail.Usage, "its steps are: "+command.List(names), "%s has no setup step %q", service, step)
		}
	}
	return nil
}

func runUp(ctx context.Context, env *command.Env, o upOptions) error {
	report := newRunReport(env, o)
	s, rows, err := o.run(ctx, env, report)
	err = report.print(ctx, s, rows, err)
	if s != nil {
		s.Close()
	}
	return err
}

// run takes the project to URLs and goes on with what the flags ask for after that. The session is
// nil where it could not be opened.
func (o upOptions) run(ctx context.Context, env *command.Env, report *runReport) (*session.Session, []expose.Row, error) {
	began := time.Now()
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	second := context.WithoutCancel(ctx)
	if !o.detached() && !o.DryRun {
		var stop context.CancelFunc
		second, stop = env.UntilSecondInterrupt(ctx)
		defer stop()
	}
	record := history.Begin()
	recorded := show.Recorded(env, record)
	open, end := report.fold("devup_up", "devup up")
	env.UI.Mark(open)
	outcome := &up.Outcome{}
	s, err := o.open(ctx, recorded)
	if err == nil {
		outcome, err = reconcile.Run(ctx, recorded, s, o.Flags)
	}
	env.UI.Mark(end)
	if s == nil {
		if fail.CodeOf(err) == fail.NoProject && len(env.Flags.Files) == 0 && !env.CanAsk() { // else init is run
			show.Unprepared(env)
		}
		return nil, nil, err
	}
	show.Notes(env, outcome)
	if o.DryRun {
		if err == nil {
			show.Outcome(env, outcome)
		}
		return s, outcome.URLs, err
	}
	show.Keep(env, s, record, outcome.Changed, err)
	s = s.With(outcome.Project)
	s.Observed.Containers = outcome.Containers
	a := after{env: env, session: s, outcome: outcome, services: o.Plan.Services, options: o, began: began, second: second.Done(), suspects: make(chan string, 1)}
	return s, outcome.URLs, a.run(ctx, err)
}
