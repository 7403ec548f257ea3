package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/up"
)

// pruneOptions are the flags of prune.
type pruneOptions struct {
	volumes bool
	seconds int
}

func (a *app) pruneCommand() *cobra.Command {
	var o pruneOptions
	c := &cobra.Command{
		Use:   "prune [PROJECT...]",
		Short: "Remove what is left of projects whose folder is gone",
		Long: `Remove the containers and networks of projects whose folder was removed from this
machine, whoever started them. Lists them with their sizes and asks before. Volumes
stay; --volumes removes them too, with the data in them. Images stay. With names as
arguments: only these of such projects.`,
		Example: `  devup prune --dry-run
  devup prune --volumes old-shop`,
		Annotations: canRehearse,
	}
	c.Flags().BoolVarP(&o.volumes, "volumes", "v", false, "remove the volumes too, with the data in them")
	timeoutFlag(c, &o.seconds)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.prune(ctx, args, o) })
	return c
}

func (a *app) prune(ctx context.Context, names []string, o pruneOptions) error {
	e, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	if !e.Local() {
		return fail.New(fail.Usage, "run it on that machine, or name a project: devup down -p NAME",
			"the engine runs on another machine, and which folders are gone there cannot be seen from here")
	}
	if !a.flags.dryRun {
		checkout.PruneLocks(a.checkoutLocks())
	}
	if err := a.sweepForgotten(ctx, e); err != nil {
		return err
	}
	left, err := leftovers(ctx, e, names)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		a.ui.Say("nothing to remove: no project on this engine has lost its folder")
		return nil
	}
	a.showLeftovers(left)
	total := sum(left)
	if question := total.question(len(left), o.volumes); question == "" {
		a.ui.Say("only volumes are left of them; `devup prune --volumes` removes them, with the data in them")
		return nil
	} else if !a.flags.dryRun {
		yes, err := a.confirm(ctx, question)
		if err != nil {
			return err
		}
		if !yes {
			a.ui.Say("nothing was removed")
			return nil
		}
	}
	for _, l := range left {
		if err := a.pruneOne(ctx, e, l, o); err != nil {
			return err
		}
	}
	if total.volumes > 0 && !o.volumes {
		a.note(fmt.Sprintf("%s (%s) %s; `devup prune --volumes` removes %s, with the data", total.volumesText(), sizeText(total.volumeBytes),
			one(total.volumes, "stays", "stay"), one(total.volumes, "it", "them")))
	}
	return nil
}

// sweepForgotten removes the files for containers of projects that have none any more,
// whoever removed them.
func (a *app) sweepForgotten(ctx context.Context, e *engine.Engine) error {
	projects := up.KeptProjects(a.stateDir(), e.Endpoint)
	if len(projects) == 0 || a.flags.dryRun {
		return nil
	}
	survey, err := everything(ctx, e, "")
	if err != nil {
		return err
	}
	for _, name := range projects {
		if len(survey.Project(name).Containers) > 0 {
			continue
		}
		held, err := a.turn(ctx, e, name)
		if err != nil {
			return err
		}
		now, err := everything(ctx, e, "") // another devup may have had its turn
		if err == nil {
			a.mounts(e, name).Sweep(up.MountedBy(now.Project(name).Containers))
		}
		held.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// pruneOne removes what is left of a project, unless another devup has brought it up from
// elsewhere since it was looked at.
func (a *app) pruneOne(ctx context.Context, e *engine.Engine, l leftover, o pruneOptions) error {
	held, err := a.turn(ctx, e, l.name)
	if err != nil {
		return err
	}
	defer held.Release()
	survey, err := everything(ctx, e, "")
	if err != nil || survey.Owners[l.name] != l.dir || !folderGone(l.dir) {
		return err
	}
	seen := survey.Project(l.name).Observed
	todo := plan.Down(seen, plan.DownOptions{Volumes: o.volumes, Masks: true})
	err = a.apply(ctx, &running{engine: e, name: l.name}, todo, grace(o.seconds))
	if err == nil && !a.flags.dryRun {
		a.mounts(e, l.name).Sweep(up.MountedBy(remaining(seen.Containers, todo)))
	}
	return err
}
