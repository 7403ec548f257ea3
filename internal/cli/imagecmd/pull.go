// Package imagecmd holds the commands about images and volumes: build, pull, push, images and
// volumes.
package imagecmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/urls"
)

// pullOptions are the flags of pull.
type pullOptions struct {
	images.PullOptions
	dependencies bool
}

// NewPull is `devup pull`.
func NewPull(p *command.Program) *cobra.Command {
	var o pullOptions
	c := &cobra.Command{
		Use:   "pull [SERVICE...]",
		Short: "Pull the images of the services, newer ones too",
		Long: `Pull the images of the services, or of all, with the logins of docker login and of
its credential helpers. devup up also pulls what is missing.`,
		Example: `  devup pull
  devup pull --ignore-buildable
  devup pull --include-deps backend-flask`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "show no progress")
	f.BoolVar(&o.dependencies, "include-deps", false, "pull for the services that the named ones depend on, too")
	f.BoolVar(&o.IgnoreFailures, "ignore-pull-failures", false, "warn and continue when an image cannot be pulled")
	f.BoolVar(&o.IgnoreBuildable, "ignore-buildable", false, "leave out services that have a build section")
	f.StringVar(&o.Policy, "policy", "", "whatever the files say: always, or missing for what is not here")
	deprecated(f, "parallel", "no-parallel")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runPull(ctx, env, args, o) })
	return c
}

func runPull(ctx context.Context, env *command.Env, services []string, o pullOptions) error {
	if o.Policy != "" && o.Policy != "missing" && o.Policy != "always" {
		return fail.New(fail.Usage, "it is missing or always", "--policy: invalid value %q", o.Policy)
	}
	s, p, err := open(ctx, env, services, o.Quiet, session.NoCredentials)
	if err != nil {
		return err
	}
	defer s.Close()
	if !o.dependencies {
		o.Services = services
	}
	return s.ImageStore().Pull(ctx, p, o.PullOptions)
}

// open opens a session for the commands about images, and gives the project of the services
// and of what they depend on, with the addresses of this workspace in it.
func open(ctx context.Context, env *command.Env, services []string, quiet bool, credentials session.Consent) (*session.Session, *project.Project, error) {
	s, err := session.Open(ctx, env.Env, session.Want{
		Project: session.Required, Services: services, Gateway: session.GatewayAsConfigured,
		Engine: session.Required, Start: true, State: session.Everything, Workspace: true, Egress: true, Credentials: credentials,
	})
	if err != nil {
		return nil, nil, err
	}
	uid, gid := 0, 0
	if urls.NeedsOwner(s.Project) {
		if uid, gid, err = s.FileOwner(ctx); err != nil {
			s.Close()
			return nil, nil, err
		}
	}
	if quiet {
		s = s.Reporting(notesOnly(s.Sink))
	}
	return s, s.Resolved(ctx, uid, gid), nil
}

// notesOnly lets pass what a user should know, and no progress.
func notesOnly(sink event.Sink) event.Sink {
	return func(e event.Event) {
		if e.Kind == event.Note {
			sink(e)
		}
	}
}
