package containercmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// rmOptions are the flags of rm.
type rmOptions struct {
	plan.RemoveOptions
	force bool
}

// NewRm is `devup rm`.
func NewRm(p *command.Program) *cobra.Command {
	var o rmOptions
	c := changing(p, &cobra.Command{
		Use:   "rm [SERVICE...]",
		Short: "Remove stopped containers of the services",
		Long: `Remove the stopped containers of the services, after asking. Their anonymous volumes
stay unless --volumes is given; what lies in no volume goes with the container.`,
		Example: `  devup rm
  devup rm --force --stop backend-flask`,
	})
	f := c.Flags()
	p.BindFile(f) // -f is --force here, as everywhere else
	f.BoolVarP(&o.force, "force", "f", false, "do not ask")
	f.BoolVarP(&o.Stop, "stop", "s", false, "stop the containers before, where they run")
	f.BoolVarP(&o.Volumes, "volumes", "v", false, "remove their anonymous volumes too, with the data in them")
	f.BoolP("all", "a", false, "no effect")
	_ = f.MarkHidden("all") // it exists
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runRm(ctx, env, args, o) })
	return c
}

func runRm(ctx context.Context, env *command.Env, services []string, o rmOptions) error {
	remove := func(s *session.Session) *plan.Plan {
		return plan.RemoveStopped(s.Meant(services), services, o.RemoveOptions)
	}
	s, err := lockToRemove(ctx, env, services, o.force, remove)
	if err != nil || s == nil {
		return err
	}
	defer s.Close()
	todo := remove(s)
	if todo.Empty() {
		env.Say("nothing to remove: no container is stopped")
		return nil
	}
	return reconcile.Apply(ctx, env, s, todo, nil)
}

// lockToRemove locks the project, after the user has agreed to what is removed. The result
// is nil where the user does not agree.
func lockToRemove(ctx context.Context, env *command.Env, services []string, force bool, remove func(*session.Session) *plan.Plan) (*session.Session, error) {
	if force || env.Settings.Yes || env.Flags.DryRun {
		return openLocked(ctx, env, session.Want{State: session.Containers}, services)
	}
	return openAgreed(ctx, env, session.Want{State: session.Containers}, services, "-f (--force) or --yes", func(s *session.Session) ([]string, string) {
		todo := remove(s)
		return removed(todo), removalQuestion(todo)
	})
}

// removalQuestion asks for the containers that a plan removes.
func removalQuestion(todo *plan.Plan) string {
	question := "remove " + command.List(removed(todo))
	if lost := len(todo.Lost()); lost > 0 {
		question += fmt.Sprintf(" and %d of their anonymous volumes with the data in them", lost)
	}
	return question + "?"
}

// removed are the names of the containers that a plan removes.
func removed(todo *plan.Plan) []string {
	names := make([]string, len(todo.Ops))
	for i, op := range todo.Ops {
		names[i] = op.Name
	}
	return names
}
