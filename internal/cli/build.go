package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/ui"
)

// buildOptions are the flags of build.
type buildOptions struct {
	noCache bool
	pull    bool
}

func (a *app) buildCommand() *cobra.Command {
	var o buildOptions
	c := &cobra.Command{
		Use:   "build [SERVICE...]",
		Short: "Build the images of the services",
		Long: `Build the images of the services, or of all. devup up builds what is stale by
itself. Exit code 5 when an image could not be built.`,
		Example: `  devup build
  devup build --no-cache backend-flask`,
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().BoolVar(&o.noCache, "no-cache", false, "use nothing of earlier builds")
	c.Flags().BoolVar(&o.pull, "pull", false, "look for newer base images")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.build(ctx, args, o) })
	return c
}

// imageObject is a built image in JSON. Its names are a promise.
type imageObject struct {
	Type    string `json:"type"` // "image"
	Service string `json:"service"`
	ID      string `json:"id"`
}

func (a *app) build(ctx context.Context, services []string, o buildOptions) error {
	p, err := a.load(ctx, services...)
	if err != nil {
		return err
	}
	machine, _, err := a.machine(ctx)
	if err != nil {
		return err
	}
	uid, gid, err := machine.Owner(ctx)
	if err != nil {
		return err
	}
	specs, err := build.Specs(resolve(p, machine.Place, nil, uid, gid))
	if err != nil {
		return err
	}
	if len(services) > 0 {
		specs = slices.DeleteFunc(specs, func(s build.Spec) bool { return !slices.Contains(services, s.Service) })
	}
	if len(specs) == 0 {
		a.ui.Say("nothing to build: no service has a build section")
		return nil
	}
	options := machine.Build
	options.Egress, options.BuildKit, options.NoCache, options.Pull = machine.Egress, machine.BuildKit, o.noCache, o.pull
	ids, err := build.Run(ctx, machine.Engine, specs, options)
	if a.ui.Mode() == ui.JSON {
		for _, service := range slices.Sorted(maps.Keys(ids)) {
			a.ui.Object(imageObject{"image", service, ids[service]})
		}
	}
	return err
}
