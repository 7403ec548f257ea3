package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/workspace"
)

// urlsOptions are the flags of urls.
type urlsOptions struct {
	check bool // ask every URL from outside
	qr    bool // as codes for phones
}

func (a *app) urlsCommand() *cobra.Command {
	var o urlsOptions
	c := &cobra.Command{
		Use:   "urls [SERVICE...]",
		Short: "Print the URL of each published port, running or not",
		Long: `Print the URL of each published port, running or not. With --check, in a cloud workspace,
each URL of what runs is asked without a login, as the rest of the world would do it.

Exit codes: 1 with --check, when a service that is to be public is not.`,
		Example: `  devup urls
  devup urls --check
  devup urls backend-flask --json
  devup urls --qr`,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.BoolVar(&o.check, "check", false, "ask each URL from outside, without a login")
	f.BoolVar(&o.qr, "qr", false, "print the URL of the frontend, or of each named service, as a QR code for phones")
	c.MarkFlagsMutuallyExclusive("check", "qr")
	c.RunE = a.run(func(ctx context.Context, services []string) error { return a.urls(ctx, services, o) })
	return c
}

func (a *app) urls(ctx context.Context, services []string, o urlsOptions) error {
	found, err := a.addresses(ctx, services)
	if err != nil {
		return err
	}
	if len(found.rows) == 0 {
		a.ui.Say("no service publishes a port")
		return nil
	}
	if o.check {
		if err := a.check(ctx, &found); err != nil {
			return err
		}
	}
	if o.qr && a.ui.Mode() != ui.JSON {
		return a.showCodes(ctx, found.place, found.rows, services)
	}
	a.showURLs(found)
	if o.check && slices.ContainsFunc(found.rows, locked) {
		return exitStatus(fail.Failed.Exit())
	}
	return nil
}

// locked tells whether a row that is to be public was checked and is not.
func locked(r expose.Row) bool {
	return r.Public && r.Access != expose.Unchecked && r.Access != expose.Reachable
}

// addresses are the published ports of a project in its place.
type addresses struct {
	place   workspace.Place
	project *project.Project // resolved
	rows    []expose.Row
}

// check asks every URL from outside.
func (a *app) check(ctx context.Context, found *addresses) error {
	if !found.place.Remote {
		a.ui.Say("nothing to check: browsers reach these addresses on this machine only")
		return nil
	}
	outside, err := a.outside()
	if err != nil {
		return err
	}
	client := outside.Client()
	found.rows = expose.Check(ctx, client, found.place, a.control(found.place, client), found.rows)
	return ctx.Err()
}

// addresses are those of the services, all without any. Where no engine answers,
// nothing runs, and the files alone say what the URLs will be.
func (a *app) addresses(ctx context.Context, services []string) (addresses, error) {
	var place workspace.Place
	var nowhere error
	var group errgroup.Group
	group.Go(func() error {
		place, nowhere = a.place(ctx)
		return nil
	})
	r, err := a.observe(ctx)
	_ = group.Wait() // its error is kept
	if nowhere != nil {
		return addresses{}, nowhere
	}
	if code := fail.CodeOf(err); code == fail.NoEngine || code == fail.EngineDenied {
		a.ui.Say("no engine answers, so nothing runs: " + err.Error())
		r, err = a.onlyFiles(ctx)
	}
	if err == nil {
		err = r.broken
	}
	if err != nil {
		return addresses{}, err
	}
	p := r.project // under the name that it has on the engine, to which its kept ports belong
	if p, err = a.gated(ctx, p, r.engine, r.name, choice{}); err != nil {
		return addresses{}, err
	}
	others, running := services, states(r.look.Containers)
	if p.Gateway != nil {
		others = without(services, []string{project.GatewayName})
		if p.Gateway.Now.Serves {
			running[project.GatewayName] = expose.Running
		}
	}
	if err := r.check(others); err != nil {
		return addresses{}, err
	}
	place.Tunnels = a.openTunnels(r.engine, r.name)
	resolved := a.resolve(ctx, p, place, r.look.Containers, 0, 0)
	rows := slices.DeleteFunc(expose.Table(resolved, place, running), func(row expose.Row) bool {
		return len(services) > 0 && !slices.Contains(services, row.Service)
	})
	return addresses{place, resolved, rows}, nil
}
