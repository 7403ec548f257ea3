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
	dryRun, public        bool
	again                 []string
	ci                    string // directory for the files of a CI job; empty for none
	detach, wait, noStart bool
	logs                  logOptions
	watch                 bool            // follow the files besides the logs
	alone                 bool            // with watch: show no logs, and leave running what was started
	watching              watchOptions    // how to watch
	snapshot              *watch.Snapshot // with watch: the files when the run began
}

// NewUp is `devup up`.
func NewUp(p *command.Program) *cobra.Command {
	var o upOptions
	c := &cobra.Command{
		Use:   "up [SERVICE...]",
		Short: "Build and start the services, wait until they answer, print their URLs",
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
	f.BoolVar(&o.wait, "wait", false, "as --detach, and what has a healthcheck must pass it, not just answer")
	f.BoolVar(&o.noStart, "no-start", false, "create the containers without starting them")
	f.BoolVar(&o.dryRun, "dry-run", false, "print what would be done and do nothing")
	f.BoolVar(&o.public, "public", false, "open the ports of all services but databases in a cloud workspace")
	f.Var(command.NewDuration(5*time.Minute), "wait-timeout", "how long the services may take until they answer: `90s`, 5m, or seconds")
	f.BoolVarP(&o.watch, "watch", "w", false, "follow the files too, and bring changes into the services as develop.watch says")
	f.StringVar(&o.ci, "ci", "", "with --detach: write logs of services that fail, and junit.xml, to this `directory`")
	f.Lookup("ci").NoOptDefVal = "devup-ci"
	f.StringArrayVar(&o.again, "setup-again", nil, "run the setup steps of a service again, or one: `SERVICE[:STEP]`; may be repeated")
	o.logs.bind(c)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runUp(ctx, env, args, o)
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
func (o upOptions) detached() bool { return o.detach || o.wait || o.noStart }

// request is what the flags mean for services.
func (o *upOptions) request(env *command.Env, services []string) (reconcile.Request, error) {
	r, err := o.Request(env, services)
	if err != nil {
		return r, err
	}
	r.Options.DryRun, r.Options.Public, r.Options.Healthy = o.dryRun, o.public, o.wait
	r.Options.Plan.NoStart, r.Options.NoWait = o.noStart, o.logs.aborts()
	r.Setup, r.Again = true, o.again
	r.Check = func(s *session.Session) (*session.Session, error) {
		if err := errors.Join(o.logs.check(s.Project), checkAgain(s.Project, o.again)); err != nil || !o.watch {
			return s, err
		}
		rules, err := watchable(s.Project, services)
		if err == nil {
			o.snapshot = watch.NewSnapshot(rules) // before any image is built of them
		}
		return s, err
	}
	return r, nil
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

func runUp(ctx context.Context, env *command.Env, services []string, o upOptions) (failed error) {
	began := time.Now()
	report := newRunReport(env, o)
	var s *session.Session
	outcome := new(up.Outcome)
	closeSession := func() {}
	defer func() {
		failed = report.print(ctx, s, outcome.URLs, failed)
		closeSession()
	}()
	if err := o.check(); err != nil {
		return err
	}
	second := context.WithoutCancel(ctx)
	if !o.detached() && !o.dryRun {
		var stop context.CancelFunc
		second, stop = env.UntilSecondInterrupt(ctx)
		defer stop()
	}
	r, err := o.request(env, services)
	if err != nil {
		return err
	}
	record := history.Begin()
	end := report.begin()
	s, outcome, err = reconcile.Run(ctx, show.Recorded(env, record), r)
	end()
	if s == nil {
		if fail.CodeOf(err) == fail.NoProject && len(env.Flags.Files) == 0 && !env.CanAsk() { // else init is run
			show.Unprepared(env)
		}
		return err
	}
	closeSession = s.Close
	show.Notes(env, outcome)
	if o.dryRun {
		if err == nil {
			show.Outcome(env, outcome)
		}
		return err
	}
	show.Keep(env, s, record, outcome.Changed, err)
	s = s.With(outcome.Project)
	s.Observed.Containers = outcome.Containers
	return (&after{env: env, session: s, outcome: outcome, services: services, options: o, began: began, second: second.Done(), suspects: make(chan string, 1)}).run(ctx, err)
}
