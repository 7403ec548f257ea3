package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/project"
)

// pullOptions are the flags of pull.
type pullOptions struct {
	images.PullOptions
	dependencies bool
}

func (a *app) pullCommand() *cobra.Command {
	var o pullOptions
	c := &cobra.Command{
		Use:   "pull [SERVICE...]",
		Short: "Pull the images of the services, newer ones too",
		Long: `Pull the images of the services, or of all, with the logins of docker login and of
its credential helpers. devup up pulls what is missing by itself.`,
		Example: `  devup pull
  devup pull --ignore-buildable
  devup pull --include-deps backend-flask`,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "show no progress")
	f.BoolVar(&o.dependencies, "include-deps", false, "pull for the services that the named ones depend on, too")
	f.BoolVar(&o.IgnoreFailures, "ignore-pull-failures", false, "go on when an image cannot be pulled, and warn")
	f.BoolVar(&o.IgnoreBuildable, "ignore-buildable", false, "leave out services that have a build section")
	f.StringVar(&o.Policy, "policy", "", "whatever the files say: always, or missing for what is not here")
	deprecated(f, "parallel", "no-parallel")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.pull(ctx, args, o) })
	return c
}

func (a *app) pull(ctx context.Context, services []string, o pullOptions) error {
	if o.Policy != "" && o.Policy != "missing" && o.Policy != "always" {
		return fail.New(fail.Usage, "it is missing or always", "--policy cannot be %q", o.Policy)
	}
	store, p, err := a.imageWork(ctx, services, o.Quiet)
	if err != nil {
		return err
	}
	if !o.dependencies {
		o.Services = services
	}
	return store.Pull(ctx, p, o.PullOptions)
}

// imageWork is what the commands about images need: the images, and the project
// of the services and of what they depend on, under the name that this checkout
// has, with the addresses of this place in it.
func (a *app) imageWork(ctx context.Context, services []string, quiet bool) (images.Store, *project.Project, error) {
	p, err := a.load(ctx, services...)
	if err != nil {
		return images.Store{}, nil, err
	}
	machine, e, err := a.machine(ctx)
	if err != nil {
		return images.Store{}, nil, err
	}
	survey, err := everything(ctx, e, "")
	if err != nil {
		return images.Store{}, nil, err
	}
	if p, err = a.checkout(ctx, p, survey, a.projectOptions(services...)); err != nil {
		return images.Store{}, nil, err
	}
	if p, err = a.gated(ctx, p, e, p.Name, choice{}); err != nil {
		return images.Store{}, nil, err
	}
	uid, gid := 0, 0
	if p.WantsOwner() {
		if uid, gid, err = machine.Owner(ctx); err != nil {
			return images.Store{}, nil, err
		}
	}
	store := machine.Images
	if quiet {
		store.Build.Sink = notesOnly(store.Build.Sink)
	}
	return store, a.resolve(ctx, p, machine.Place, survey.Project(p.Name).Containers, uid, gid), nil
}

// notesOnly lets pass what a person should know, and no progress.
func notesOnly(sink event.Sink) event.Sink {
	return func(e event.Event) {
		if e.Kind == event.Note {
			sink(e)
		}
	}
}
