package containercmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/provider"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/up"
)

// downOptions are the flags of down.
type downOptions struct {
	volumes bool
	orphans bool
	images  string
	seconds int
}

// NewDown is `devup down`.
func NewDown(p *command.Program) *cobra.Command {
	var o downOptions
	c := changing(p, &cobra.Command{
		SuggestFor: []string{"clean", "destroy", "delete", "remove", "teardown"},
		Use:        "down [SERVICE...]",
		Short:      "Stop and remove the project's containers and networks",
		Long: `Stop and remove the project's containers and networks; with services as arguments,
the containers of these and of those that depend on them. Images and volumes stay;
--volumes removes the volumes too; on a terminal it asks first if they may hold data.
Works from the labels on the engine if the project's files are broken or deleted.`,
		Example: `  devup down
  devup down --volumes --remove-orphans
  devup down -p cruddur`,
	})
	f := c.Flags()
	f.BoolVarP(&o.volumes, "volumes", "v", false, "remove the project's volumes too, with the data in them")
	f.BoolVar(&o.orphans, "remove-orphans", false, "remove containers that belong to no service of the files, too")
	f.StringVar(&o.images, "rmi", "", "remove images too (`which`): local for those without an image key, or all")
	command.TimeoutFlag(c, &o.seconds)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runDown(ctx, env, args, o) })
	return c
}

func runDown(ctx context.Context, env *command.Env, services []string, o downOptions) error {
	if o.images != "" && o.images != "all" && o.images != "local" {
		return fail.New(fail.Usage, "", "--rmi must be all or local, not %q", o.images)
	}
	s, err := lockForDown(ctx, env, services, o)
	if err != nil || s == nil {
		return err
	}
	defer s.Close()
	todo, left := downPlan(s, services, o)
	images := imagesToRemove(s, o.images, services)
	if todo.Empty() && len(images) == 0 {
		env.Say("nothing to remove: " + nothingOf(s.Name, services))
	}
	if len(services) == 0 {
		nameLeft(env, left)
	}
	first, cleanup := todo.Split()
	if env.Flags.DryRun || env.Detach == nil {
		first, cleanup = todo, &plan.Plan{}
	}
	if err := reconcile.Apply(ctx, env, s, first, command.StopTimeout(o.seconds)); err != nil {
		return err
	}
	if !env.Flags.DryRun {
		s.Mounts().RemoveUnused(up.MountedBy(todo.Remaining(s.Observed.Containers)))
	}
	failed := endProviders(ctx, env, s, services, provider.Down)
	if len(services) == 0 {
		failed = errors.Join(failed, s.CloseGateway(ctx, true))
		if !env.Flags.DryRun {
			session.Runs(s.Env, s.Engine, s.Name).Clear()
			if err := session.CloseDashboard(ctx, s); err != nil {
				env.Note("the dashboard goes on: " + err.Error())
			}
		}
	}
	failed = errors.Join(failed, removeImages(ctx, env, s, images))
	if !cleanup.Empty() && !session.RunDetached(env.Env, "remove-volumes", s.Name) {
		failed = errors.Join(failed, reconcile.Apply(ctx, env, s, cleanup, nil))
	}
	return failed
}

// nothingOf says what has nothing on the engine: the project, or the named services of it.
func nothingOf(project string, services []string) string {
	if len(services) == 0 {
		return "project " + project + " has nothing on the engine"
	}
	return command.List(services) + " " + command.Plural(len(services), "has", "have") + " no container"
}

// lockForDown locks the project, after the user has agreed to lose its data, if any is
// to be removed. The result is nil where the user does not agree. Without a terminal the flag
// itself is the agreement, as under Docker Compose: scripts rely on it, and nothing else that
// they call would tell them to answer a question.
func lockForDown(ctx context.Context, env *command.Env, services []string, o downOptions) (*session.Session, error) {
	w := session.Want{State: session.Everything, Providers: !env.Flags.DryRun}
	if !o.volumes || env.Settings.Yes || env.Flags.DryRun || !env.CanAsk() {
		return openLocked(ctx, env, w, services)
	}
	s, err := openAgreed(ctx, env, w, services, "--yes", func(s *session.Session) ([]string, string) {
		todo, _ := downPlan(s, services, o)
		return todo.Lost(), volumesQuestion(s.Name, todo)
	})
	if err == nil && s == nil {
		env.Say("nothing was removed")
	}
	return s, err
}

// downPlan is what down does, and the containers of the project that it leaves alone.
func downPlan(s *session.Session, services []string, o downOptions) (todo *plan.Plan, left []plan.Container) {
	meant, left := plan.Part(s.Observed.Observed, plan.PartOptions{
		Known: s.Declared(), Services: services, Orphans: o.orphans || session.RemovesOrphans(s),
	})
	return plan.Down(meant, plan.DownOptions{Volumes: o.volumes}), left
}

// nameLeft names the containers of the project that down leaves alone.
func nameLeft(env *command.Env, left []plan.Container) {
	var orphans, commands []string
	for _, c := range left {
		switch {
		case !c.OneOff:
			orphans = append(orphans, c.Name)
		case c.Up():
			commands = append(commands, c.Name)
		}
	}
	if len(orphans) > 0 {
		env.Note("these containers of the project belong to no service of its files and stay: " + command.List(orphans) + " (--remove-orphans removes them)")
	}
	if len(commands) > 0 {
		env.Note("these containers of `devup run` still run and stay: " + command.List(commands) + " (--remove-orphans removes them)")
	}
}

// volumesQuestion names what a plan would lose: volumes by name, and those that have
// none by the services whose containers hold them.
func volumesQuestion(project string, todo *plan.Plan) string {
	var named, holders []string
	anonymous := map[string]bool{}
	for _, op := range todo.Ops {
		if op.Action == plan.RemoveVolume && !op.Disposable {
			named = append(named, op.Name)
		}
		for _, name := range op.Drop {
			anonymous[name] = true
		}
		if len(op.Drop) > 0 && !slices.Contains(holders, op.Service) {
			holders = append(holders, op.Service)
		}
	}
	slices.Sort(holders)
	var parts []string
	if len(named) > 0 {
		parts = append(parts, command.Plural(len(named), "the volume ", "the volumes ")+command.List(named))
	}
	if n := len(anonymous); n > 0 {
		parts = append(parts, fmt.Sprintf("%d anonymous %s (of %s)", n, command.Plural(n, "volume", "volumes"), command.List(holders)))
	}
	return "remove " + strings.Join(parts, " and ") + " of project " + project + ", with the data in " + command.Plural(len(named)+len(anonymous), "it", "them") + "?"
}
