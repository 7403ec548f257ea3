// Package urlcmd holds the commands about the URLs of services: urls, open and share.
package urlcmd

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// urlsOptions are the flags of urls.
type urlsOptions struct {
	check bool // ask every URL from outside
	qr    bool // as codes for phones
}

// NewUrls is `devup urls`.
func NewUrls(p *command.Program) *cobra.Command {
	var o urlsOptions
	c := &cobra.Command{
		Use:         "urls [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Print the URL of each published port, running or not",
		Long: `Print the URL of each published port, running or not. With --check, in a cloud workspace,
each URL of what runs is asked without a login, as the rest of the world would do it.

Exit codes: 1 with --check, when a service that is to be public is not.`,
		Example: `  devup urls
  devup urls --check
  devup urls backend-flask --json
  devup urls --qr`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.BoolVar(&o.check, "check", false, "ask each URL from outside, without a login")
	f.BoolVar(&o.qr, "qr", false, "print the URL of the frontend, or of each named service, as a QR code for phones")
	c.MarkFlagsMutuallyExclusive("check", "qr")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, services []string) error {
		return runUrls(ctx, env, services, o)
	})
	return c
}

func runUrls(ctx context.Context, env *command.Env, services []string, o urlsOptions) error {
	found, err := addresses(ctx, env, services)
	if err != nil {
		return err
	}
	if len(found.Rows) == 0 {
		env.Say("no service publishes a port")
		return nil
	}
	if o.check {
		if err := check(ctx, env, &found); err != nil {
			return err
		}
	}
	if o.qr && env.UI.Mode() != ui.JSON {
		return showCodes(ctx, env, found.Workspace, found.Rows, services)
	}
	show.URLs(env, found)
	if o.check && slices.ContainsFunc(found.Rows, show.Locked) {
		return command.ExitCode(fail.Failed.Exit())
	}
	return nil
}

// check asks every URL from outside.
func check(ctx context.Context, env *command.Env, found *show.Addresses) error {
	if !found.Workspace.Remote {
		env.Say("nothing to check: browsers reach these addresses on this machine only")
		return nil
	}
	client := env.ReadEgress().Client()
	found.Rows = expose.Check(ctx, client, found.Workspace, env.WorkspaceControl(found.Workspace, client), found.Rows)
	return ctx.Err()
}

// addresses are the published ports of the services, of all without any. Where no engine
// answers, nothing runs, and the files alone say what the URLs will be.
func addresses(ctx context.Context, env *command.Env, services []string) (show.Addresses, error) {
	s, err := session.Open(ctx, env.Env, session.Want{
		Project: session.Required, Unset: true, Engine: session.Optional, State: session.Containers,
		Workspace: true, Gateway: session.GatewayAsConfigured,
	})
	if err != nil {
		return show.Addresses{}, err
	}
	defer s.Close()
	if s.EngineErr != nil {
		env.Say("no engine answers, so nothing runs: " + s.EngineErr.Error())
	}
	others, running := services, show.States(s.Observed.Containers)
	if gateway := s.Project.Gateway; gateway != nil {
		others = without(services, project.GatewayName)
		if gateway.Now.Serves {
			running[project.GatewayName] = expose.Running
		}
	}
	if err := s.CheckServices(others); err != nil {
		return show.Addresses{}, err
	}
	maps.Copy(running, show.Wrong(ctx, s))
	resolved := session.ResolvedAsRunning(ctx, s)
	rows := slices.DeleteFunc(expose.Table(resolved, s.Workspace, running), func(row expose.Row) bool {
		return len(services) > 0 && !slices.Contains(services, row.Service)
	})
	return show.Addresses{Workspace: s.Workspace, Project: resolved, Rows: rows}, nil
}

// without are the names but one.
func without(names []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == one })
}
