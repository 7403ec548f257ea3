package containercmd

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
)

// startOptions are the flags of start.
type startOptions struct {
	wait    bool
	seconds int
}

// NewStart is `devup start`.
func NewStart(p *command.Program) *cobra.Command {
	var o startOptions
	c := changing(p, &cobra.Command{
		Use:   "start [SERVICE...]",
		Short: "Start stopped containers of the services",
		Long: `Start the stopped containers of the services as they are, dependencies first.
Nothing is created: devup up creates what is missing or changed.

Exit codes: 3 a service did not become ready (with --wait).`,
		Example: `  devup start
  devup start --wait backend-flask`,
	})
	c.Flags().BoolVar(&o.wait, "wait", false, "wait until the services answer, and pass their healthchecks")
	c.Flags().IntVar(&o.seconds, "wait-timeout", 0, "how many `seconds` to wait at most")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runStart(ctx, env, args, o) })
	return c
}

func runStart(ctx context.Context, env *command.Env, services []string, o startOptions) error {
	s, err := env.Open(ctx, session.Want{State: session.Containers, Lock: true, Workspace: o.wait}, services)
	if err != nil {
		return err
	}
	defer s.Close()
	if missing := without(s, services); len(missing) > 0 {
		e := fail.New(fail.Failed, "create it with `devup up "+missing[0]+"`", "%s has no container to start", command.List(missing))
		e.Service = missing[0]
		return e
	}
	todo := plan.StartAll(s.Meant(services), services, hooked(s.Project))
	if todo.Empty() {
		env.Say("nothing to start: nothing is stopped")
	} else if err := reconcile.Apply(ctx, env, s, todo, nil); err != nil {
		return err
	}
	if err := s.ReopenGateway(ctx); err != nil {
		return err
	}
	if !o.wait || env.Flags.DryRun {
		return nil
	}
	s.Unlock()
	return awaitReady(ctx, env, s, services, time.Duration(o.seconds)*time.Second)
}

// hooked are the services of a project that have pre_start hooks; none where its files
// cannot be read.
func hooked(p *project.Project) []string {
	if p == nil {
		return nil
	}
	return slices.DeleteFunc(p.ServiceNames(), func(name string) bool { return len(p.Services[name].PreStart) == 0 })
}

// without are those of the services that have no container.
func without(s *session.Session, services []string) []string {
	var missing []string
	for _, name := range services {
		if len(s.Observed.Of(name)) == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

// awaitReady waits until the containers of the services answer.
func awaitReady(ctx context.Context, env *command.Env, s *session.Session, services []string, timeout time.Duration) error {
	if s.Project == nil {
		return s.Unreadable // what a service answers with is only in its files
	}
	now, err := s.Refresh(ctx) // ports may be new
	if err != nil {
		return err
	}
	probes := session.Probes(ctx, now, services)
	for i := range probes {
		probes[i].MustHealthy = true
	}
	return ready.Wait(ctx, ready.On(s.Engine.Client), probes, ready.Options{Timeout: timeout, Sink: env.Sink})
}
