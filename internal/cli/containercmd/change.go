// Package containercmd holds the commands that look at or change the containers of a
// project's services: ps, logs, start, stop, restart, kill, pause, rm, wait, down and others.
package containercmd

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/provider"
	"github.com/devup-cli/devup/internal/session"
)

// changing gives a command that changes containers of services what all of these have.
func changing(p *command.Program, c *cobra.Command) *cobra.Command {
	c.ValidArgsFunction, c.Annotations = p.CompleteServices, command.HasDryRun
	return c
}

// openLocked opens a session on what runs, which no other devup changes until it is closed.
func openLocked(ctx context.Context, env *command.Env, w session.Want, services []string) (*session.Session, error) {
	w.Lock = true
	return env.Open(ctx, w, services)
}

// change is what a command does to the containers of services.
type change struct {
	decide      func(*session.Session) (todo *plan.Plan, idle string) // idle is what to say where there is nothing to do
	stopTimeout *time.Duration                                        // nil for the containers' own
	providers   bool                                                  // after runs providers
	after       func(*session.Session) error                          // what to do then; nil for nothing
}

// apply locks the project and applies a plan that is made of what was observed.
func (c change) apply(ctx context.Context, env *command.Env, services []string) error {
	s, err := openLocked(ctx, env, session.Want{State: session.Containers, Providers: c.providers && !env.Flags.DryRun}, services)
	if err != nil {
		return err
	}
	defer s.Close()
	todo, idle := c.decide(s)
	if todo.Empty() {
		env.Say(idle)
	} else if err := reconcile.Apply(ctx, env, s, todo, c.stopTimeout); err != nil {
		return err
	}
	if c.after == nil {
		return nil
	}
	return c.after(s)
}

// endProviders asks the providers of services to end, after the containers that use what they
// stand for. Without readable files nothing is known of providers.
func endProviders(ctx context.Context, env *command.Env, s *session.Session, services []string, c provider.Command) error {
	if s.Project == nil {
		return nil
	}
	if !env.Flags.DryRun {
		return session.Providers(s).End(ctx, s.Project, services, c)
	}
	what := "remove"
	if c == provider.Stop {
		what = "stop"
	}
	for _, name := range session.Providers(s).Asked(ctx, s.Project, services, c) {
		show.Operation(env, what, name)
	}
	return nil
}

// loss says what of the engine would be lost, by name, and asks for it.
type loss func(*session.Session) (lost []string, question string)

// openAgreed is [openLocked] after the user has agreed to lose what ask names. The user is asked
// before the project is locked; what appears meanwhile is an error. The result is nil where
// the user does not agree. flags name what answers without a terminal.
func openAgreed(ctx context.Context, env *command.Env, w session.Want, services []string, flags string, ask loss) (*session.Session, error) {
	agreed, err := agree(ctx, env, w, services, flags, ask)
	if err != nil || agreed == nil {
		return nil, err
	}
	s, err := openLocked(ctx, env, w, services)
	if err != nil {
		return nil, err
	}
	lost, _ := ask(s)
	for _, name := range lost {
		if !slices.Contains(agreed, name) {
			s.Close()
			return nil, fail.New(fail.Failed, "run the command again, which asks about it", "project %s: %s appeared while you were asked", s.Name, name)
		}
	}
	return s, nil
}

// agree gives what the user agrees to lose, without a question where that is nothing; nil
// where the user does not agree.
func agree(ctx context.Context, env *command.Env, w session.Want, services []string, flags string, ask loss) ([]string, error) {
	s, err := env.Open(ctx, w, services)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	lost, question := ask(s)
	if len(lost) == 0 {
		return []string{}, nil
	}
	yes, err := env.ConfirmBy(ctx, question, flags)
	if err != nil || !yes {
		return nil, err
	}
	return lost, nil
}
