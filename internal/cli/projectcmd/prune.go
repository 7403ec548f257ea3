package projectcmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/up"
)

// pruneOptions are the flags of prune.
type pruneOptions struct {
	volumes bool
	seconds int
}

// NewPrune is `devup prune`.
func NewPrune(p *command.Program) *cobra.Command {
	var o pruneOptions
	c := &cobra.Command{
		Use:   "prune [PROJECT...]",
		Short: "Remove what is left of projects whose directory was deleted",
		Long: `Remove the containers and networks of projects whose directory was deleted from this
machine, whichever tool started them. Lists them with their sizes and asks first.
Volumes stay; --volumes removes them too, with the data in them. Images stay. With
names as arguments: only these of such projects.`,
		Example: `  devup prune --dry-run
  devup prune --volumes old-shop`,
		Annotations: command.HasDryRun,
	}
	c.Flags().BoolVarP(&o.volumes, "volumes", "v", false, "remove the volumes too, with the data in them")
	command.TimeoutFlag(c, &o.seconds)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runPrune(ctx, env, args, o) })
	return c
}

func runPrune(ctx context.Context, env *command.Env, names []string, o pruneOptions) error {
	s, err := session.Open(ctx, env.Env, session.Want{Engine: session.Required, State: session.Everything})
	if err != nil {
		return err
	}
	defer s.Close()
	if !s.Engine.Local() {
		return fail.New(fail.Usage, "run it on that machine, or name a project: devup down -p NAME",
			"the engine runs on another machine, whose directories devup cannot read")
	}
	if !env.Flags.DryRun {
		checkout.PruneLocks(env.CheckoutLocks())
	}
	if err := sweepForgotten(ctx, env, s); err != nil {
		return err
	}
	left, err := leftovers(ctx, s, names)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		env.Say("nothing to remove: the directory of every project on this engine exists")
		return nil
	}
	showLeftovers(env, left)
	total := sum(left)
	if question := total.question(len(left), o.volumes); question == "" {
		env.Say("only volumes are left of them; `devup prune --volumes` removes them, with the data in them")
		return nil
	} else if !env.Flags.DryRun {
		yes, err := env.Confirm(ctx, question)
		if err != nil {
			return err
		}
		if !yes {
			env.Say("nothing was removed")
			return nil
		}
	}
	for _, l := range left {
		if err := pruneOne(ctx, env, s.Engine, l, o); err != nil {
			return err
		}
	}
	if total.volumes > 0 && !o.volumes {
		env.Note(fmt.Sprintf("%s (%s) %s; `devup prune --volumes` removes %s, with the data", total.volumesText(), command.Size(total.volumeBytes),
			command.Plural(total.volumes, "stays", "stay"), command.Plural(total.volumes, "it", "them")))
	}
	return nil
}

// sweepForgotten removes the files for containers of projects that have none any more.
func sweepForgotten(ctx context.Context, env *command.Env, s *session.Session) error {
	if env.Flags.DryRun {
		return nil
	}
	for _, name := range up.KeptProjects(env.StateDir(), s.Engine.Endpoint) {
		if len(s.State.Project(name).Containers) > 0 {
			continue
		}
		now, err := lock(ctx, env, s.Engine, name) // another devup may have created some
		if err != nil {
			return err
		}
		now.Mounts().RemoveUnused(up.MountedBy(now.Observed.Containers))
		now.Unlock()
	}
	return nil
}

// lock opens a session on a project by its name, which no other devup changes until it is
// unlocked.
func lock(ctx context.Context, env *command.Env, on *engine.Engine, name string) (*session.Session, error) {
	return session.Open(ctx, env.Env, session.Want{Name: name, Engine: session.Required, On: on, State: session.Everything, Lock: true})
}

// pruneOne removes what is left of a project, unless another devup has brought it up from
// elsewhere since it was observed.
func pruneOne(ctx context.Context, env *command.Env, on *engine.Engine, l leftover, o pruneOptions) error {
	s, err := lock(ctx, env, on, l.name)
	if err != nil {
		return err
	}
	defer s.Unlock()
	if s.State.Owners[l.name] != l.dir || !checkout.Removed(l.dir) {
		return nil
	}
	todo := plan.Down(s.Observed.Observed, plan.DownOptions{Volumes: o.volumes, MaskVolumes: true})
	err = reconcile.Apply(ctx, env, s, todo, command.StopTimeout(o.seconds))
	if err == nil && !env.Flags.DryRun {
		s.Mounts().RemoveUnused(up.MountedBy(todo.Remaining(s.Observed.Containers)))
	}
	return err
}
