package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/plan"
)

// rmOptions are the flags of rm.
type rmOptions struct {
	plan.RemoveOptions
	force bool
}

func (a *app) rmCommand() *cobra.Command {
	var o rmOptions
	c := a.changing(&cobra.Command{
		Use:   "rm [SERVICE...]",
		Short: "Remove stopped containers of the services",
		Long: `Remove the stopped containers of the services, after asking. Their anonymous volumes
stay unless --volumes is given; what lies in no volume goes with the container.`,
		Example: `  devup rm
  devup rm --force --stop backend-flask`,
	})
	f := c.Flags()
	f.StringArrayVar(&a.flags.files, "file", nil, fileUsage) // -f is --force here, as everywhere else
	f.BoolVarP(&o.force, "force", "f", false, "do not ask")
	f.BoolVarP(&o.Stop, "stop", "s", false, "stop the containers before, where they run")
	f.BoolVarP(&o.Volumes, "volumes", "v", false, "remove their anonymous volumes too, with the data in them")
	f.BoolP("all", "a", false, "no effect")
	_ = f.MarkHidden("all") // it exists
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.rm(ctx, args, o) })
	return c
}

func (a *app) rm(ctx context.Context, services []string, o rmOptions) error {
	remove := func(r *running) *plan.Plan { return plan.RemoveStopped(r.look.Observed, services, o.RemoveOptions) }
	take := func() (*running, lock.Held, error) { return a.takeTurn(ctx, containersOnly, services) }
	if !o.force && !a.settings.Yes && !a.flags.dryRun {
		take = func() (*running, lock.Held, error) {
			return a.takeAgreedTurn(ctx, containersOnly, services, "-f (--force) or --yes", func(r *running) ([]string, string) {
				todo := remove(r)
				return removed(todo), removalQuestion(todo)
			})
		}
	}
	r, held, err := take()
	if err != nil || r == nil {
		return err
	}
	defer held.Release()
	todo := remove(r)
	if todo.Empty() {
		a.ui.Say("nothing to remove: no container is stopped")
		return nil
	}
	return a.apply(ctx, r, todo, nil)
}

// removalQuestion asks for the containers that a plan removes.
func removalQuestion(todo *plan.Plan) string {
	question := "remove " + list(removed(todo))
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
