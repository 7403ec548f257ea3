package imagecmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/session"
)

// pushOptions are the flags of push.
type pushOptions struct {
	images.PushOptions
	dependencies bool
}

// NewPush is `devup push`.
func NewPush(p *command.Program) *cobra.Command {
	var o pushOptions
	c := &cobra.Command{
		Use:   "push [SERVICE...]",
		Short: "Push the images that the services build to their registries",
		Long: `Push the images of the services that have build and image, or of the named ones, to
the registries in the images' names, with the logins of docker login and of its
credential helpers. Exit code 1 when an image could not be pushed.`,
		Example: `  devup build && devup push
  devup push backend-flask`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "show no progress")
	f.BoolVar(&o.dependencies, "include-deps", false, "push for the services that the named ones depend on, too")
	f.BoolVar(&o.IgnoreFailures, "ignore-push-failures", false, "warn and continue when an image cannot be pushed")
	f.BoolVar(&o.IgnoreMissing, "ignore-missing", false, "leave out images that are not here")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runPush(ctx, env, args, o) })
	return c
}

func runPush(ctx context.Context, env *command.Env, services []string, o pushOptions) error {
	s, p, err := open(ctx, env, services, o.Quiet, session.NoCredentials)
	if err != nil {
		return err
	}
	defer s.Close()
	if !o.dependencies {
		o.Services = services
	}
	pushed, err := s.ImageStore().Push(ctx, p, o.PushOptions)
	if pushed == 0 && err == nil {
		env.Say("nothing to push: no service has both build and image")
	}
	return err
}

// deprecated accepts flags that Compose still takes and that do nothing.
func deprecated(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		f.Bool(name, false, "does nothing")
		_ = f.MarkHidden(name) // it was declared a line above
	}
}
