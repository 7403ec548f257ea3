package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/up"
)

// downOptions are the flags of down.
type downOptions struct {
	volumes bool
	orphans bool
	images  string
	seconds int
}

func (a *app) downCommand() *cobra.Command {
	var o downOptions
	c := a.changing(&cobra.Command{
		Use:   "down [SERVICE...]",
		Short: "Stop and remove the project's containers and networks",
		Long: `Stop and remove the project's containers and networks; with services as arguments,
the containers of these and of those that depend on them. Images and volumes stay;
--volumes removes the volumes too, with the data in them, and asks before. Works
from the labels on the engine where the project's files are broken or gone.`,
		Example: `  devup down
  devup down --volumes --remove-orphans
  devup down -p cruddur`,
	})
	f := c.Flags()
	f.BoolVarP(&o.volumes, "volumes", "v", false, "remove the project's volumes too, with the data in them")
	f.BoolVar(&o.orphans, "remove-orphans", false, "remove containers that belong to no service of the files, too")
	f.StringVar(&o.images, "rmi", "", "remove images too: local for those that were built under no name of their own, or all (`which`)")
	timeoutFlag(c, &o.seconds)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.down(ctx, args, o) })
	return c
}

// timeoutFlag declares how long containers may take to stop.
func timeoutFlag(c *cobra.Command, seconds *int) {
	c.Flags().IntVarP(seconds, "timeout", "t", -1, "how many `seconds` containers may take to stop; their own by default")
	c.Flags().Lookup("timeout").DefValue = "0" // what the help takes for no default, and does not print
}

// grace is the time that containers have to stop, nil for their own.
func grace(seconds int) *time.Duration {
	if seconds < 0 {
		return nil
	}
	d := time.Duration(seconds) * time.Second
	return &d
}

// removesOrphans tells whether the environment asks to remove orphans.
func (a *app) removesOrphans() bool {
	on, err := strconv.ParseBool(a.stdio.env("COMPOSE_REMOVE_ORPHANS"))
	return err == nil && on
}

func (a *app) down(ctx context.Context, services []string, o downOptions) error {
	if o.images != "" && o.images != "all" && o.images != "local" {
		return fail.New(fail.Usage, "", "--rmi wants all or local, not %q", o.images)
	}
	r, held, err := a.takeTurnForDown(ctx, services, o)
	if err != nil || r == nil {
		return err
	}
	defer held.Release()
	todo, left := a.downPlan(r, services, o)
	images := r.imagesToRemove(o.images, services)
	if todo.Empty() && len(images) == 0 {
		a.ui.Say("nothing to remove: project " + r.name + " has nothing on the engine")
	}
	if len(services) == 0 {
		a.nameLeft(left)
	}
	if err := a.apply(ctx, r, todo, grace(o.seconds)); err != nil {
		return err
	}
	if !a.flags.dryRun {
		a.mounts(r.engine, r.name).Sweep(up.MountedBy(remaining(r.look.Containers, todo)))
	}
	if len(services) == 0 {
		if err := a.closeGateway(ctx, r, true); err != nil {
			return err
		}
	}
	return a.removeImages(ctx, r, images)
}

// mounts is where the files are that a project's containers have mounted.
func (a *app) mounts(e *engine.Engine, project string) up.Mounts {
	return up.Mounts{StateDir: a.stateDir(), Engine: e.Endpoint, Project: project}
}

// remaining are the containers that are there after a plan that makes none.
func remaining(containers []plan.Container, done *plan.Plan) []plan.Container {
	removed := map[string]bool{}
	for _, op := range done.Ops {
		removed[op.Old.ID] = removed[op.Old.ID] || op.Action == plan.Remove
	}
	return slices.DeleteFunc(slices.Clone(containers), func(c plan.Container) bool { return removed[c.ID] })
}

// takeTurnForDown locks the project, after the user has agreed to lose its data, if any is
// to be removed. The result is nil where the user does not agree.
func (a *app) takeTurnForDown(ctx context.Context, services []string, o downOptions) (*running, lock.Held, error) {
	if !o.volumes || a.settings.Yes || a.flags.dryRun {
		return a.takeTurn(ctx, everything, services)
	}
	r, held, err := a.takeAgreedTurn(ctx, everything, services, "--yes", func(r *running) ([]string, string) {
		todo, _ := a.downPlan(r, services, o)
		return todo.Lost(), volumesQuestion(r.name, todo)
	})
	if err == nil && r == nil {
		a.ui.Say("nothing was removed")
	}
	return r, held, err
}

// downPlan is what down does, and the containers of the project that it leaves alone.
func (a *app) downPlan(r *running, services []string, o downOptions) (todo *plan.Plan, left []plan.Container) {
	meant, left := plan.Part(r.look.Observed, plan.PartOptions{
		Known: r.known(), Services: services, Orphans: o.orphans || a.removesOrphans(),
	})
	return plan.Down(meant, plan.DownOptions{Volumes: o.volumes}), left
}

// nameLeft names the containers of the project that down leaves alone.
func (a *app) nameLeft(left []plan.Container) {
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
		a.note("these containers of the project belong to no service of its files and stay: " + list(orphans) + " (--remove-orphans removes them)")
	}
	if len(commands) > 0 {
		a.note("these containers of `devup run` still run and stay: " + list(commands) + " (--remove-orphans removes them)")
	}
}

// volumesQuestion names what a plan would lose: volumes by name, and those that have
// none by the services whose containers hold them.
func volumesQuestion(project string, todo *plan.Plan) string {
	var named, holders []string
	anonymous := map[string]bool{}
	for _, op := range todo.Ops {
		if op.Action == plan.RemoveVolume && !op.Derived {
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
		parts = append(parts, one(len(named), "the volume ", "the volumes ")+list(named))
	}
	if n := len(anonymous); n > 0 {
		parts = append(parts, fmt.Sprintf("%d anonymous %s (of %s)", n, one(n, "volume", "volumes"), list(holders)))
	}
	return "remove " + strings.Join(parts, " and ") + " of project " + project + ", with the data in " + one(len(named)+len(anonymous), "it", "them") + "?"
}

// apply carries out a plan that makes nothing, or prints it in a dry run.
func (a *app) apply(ctx context.Context, r *running, todo *plan.Plan, stop *time.Duration) error {
	if a.flags.dryRun {
		a.rehearse(todo)
		return nil
	}
	_, err := run.Apply(ctx, r.engine.Client, r.files(), todo, run.Options{Project: r.name, StopTimeout: stop, Sink: a.ui.Sink()})
	return err
}

// files are what the project's files say, which knows the hooks of services; nil
// when they cannot be read.
func (r *running) files() *types.Project {
	if r.project == nil {
		return nil
	}
	return r.project.Project
}
