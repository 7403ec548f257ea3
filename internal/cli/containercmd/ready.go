package containercmd

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
)

// NewReady is `devup ready`.
func NewReady(p *command.Program) *cobra.Command {
	annotations := maps.Clone(command.ReadOnly)
	annotations[command.HasResult] = "true"
	c := &cobra.Command{
		Use:         "ready SERVICE [SERVICE...]",
		Annotations: annotations,
		Short:       "Wait until the services answer, or say why they do not",
		Long: `Wait until the services answer, as up does, without starting or changing anything. A
devup that is starting them is waited for.

Exit codes: 3 a service did not become ready, or does not run.`,
		Example: `  devup ready backend-flask
  devup ready --timeout 20s --json backend-flask db`,
		Args:              atLeastOneService,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().Var(command.NewDuration(5*time.Minute), "timeout", "how long the services may take until they answer: `90s`, 5m, or seconds")
	c.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.TrimPrefix(name, "wait-")) // as the setting and the flag of up are called
	})
	c.RunE = p.Run(runReady)
	return c
}

func runReady(ctx context.Context, env *command.Env, services []string) error {
	limited, cancel := context.WithTimeout(ctx, env.Settings.WaitTimeout)
	defer cancel()
	began := time.Now()
	s, err := env.Open(limited, session.Want{State: session.Containers, Lock: true, Workspace: true}, services)
	if err != nil {
		show.SetResult(ctx, env, nil, nil, nil)
		if limited.Err() != nil && ctx.Err() == nil {
			return fail.Wrap(err, fail.NotReady, "a longer --timeout gives it more time", "another devup still changes the project after %v", env.Settings.WaitTimeout)
		}
		return err
	}
	defer s.Close()
	s.Unlock()
	defer func() {
		var rows []expose.Row
		if s.Project != nil {
			rows = expose.Table(session.ResolvedAsRunning(ctx, s), s.Workspace, nil)
		}
		show.SetResult(ctx, env, s, services, rows)
	}()
	if s.Project == nil {
		return s.Unreadable // what a service answers with is only in its files
	}
	never := slices.DeleteFunc(slices.Clone(services), func(name string) bool {
		scaled := s.Project.Services[name]
		started := func(c plan.Container) bool { return c.State != "created" }
		return scaled.GetScale() == 0 || slices.ContainsFunc(s.Observed.Of(name), started)
	})
	if len(never) > 0 {
		return notRunning(never)
	}
	return ready.On(s.Engine.Client).Wait(ctx, session.Probes(ctx, s, services), ready.Options{Timeout: env.Settings.WaitTimeout - time.Since(began), Compiles: true, Sink: env.Sink})
}

// notRunning is the failure of services that do not run, one for each.
func notRunning(services []string) error {
	var all []error
	for _, name := range services {
		e := fail.New(fail.NotReady, "start it with `devup up --detach "+name+"`", "%s does not run", name)
		e.Service = name
		all = append(all, e)
	}
	return errors.Join(all...)
}

// readyNow is how long a service may take to answer where the question is whether it
// answers now. A program that is compiling is slow, not silent.
const readyNow = 2 * time.Second

// answering fails unless all of the services, or of the project's, answer now or have
// done their work.
func answering(ctx context.Context, s *session.Session, services []string) error {
	if s.Project == nil {
		return s.Unreadable // what a service answers with is only in its files
	}
	probes := session.Probes(ctx, s, services)
	if idle := idle(s, services, probes); len(idle) > 0 {
		return notRunning(idle)
	}
	err := ready.On(s.Engine.Client).Wait(ctx, probes, ready.Options{Timeout: readyNow, Grace: readyNow})
	if silent := slices.Sorted(maps.Keys(fail.Services(err))); len(silent) > 0 {
		return fail.New(fail.NotReady, "run `devup up`: it waits, and says why a service does not answer", "%s", command.List(silent)+command.Plural(len(silent), " is", " are")+" not ready")
	}
	return err
}

// idle are the services, all that are to run without any, of which nothing runs and
// nothing has done its work.
func idle(s *session.Session, services []string, probes []ready.Probe) []string {
	if len(services) == 0 {
		services = s.Project.ServiceNames()
	}
	var idle []string
	for _, name := range services {
		service := s.Project.Services[name]
		if service.GetScale() == 0 {
			continue
		}
		oneShot := slices.ContainsFunc(probes, func(p ready.Probe) bool { return p.Service == name && p.OneShot })
		alive := false
		for _, c := range s.Observed.Of(name) {
			alive = alive || c.Up() || oneShot && c.State == "exited"
		}
		if !alive {
			idle = append(idle, name)
		}
	}
	return idle
}
