// Package dashboardcmd holds the command about the dashboard, and what the dashboard shows: the
// projects of an engine, read through sessions.
package dashboardcmd

import (
	"context"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// dashboardOptions are the flags of dashboard.
type dashboardOptions struct {
	print bool
	stop  bool
}

// NewDashboard is `devup dashboard`.
func NewDashboard(p *command.Program) *cobra.Command {
	var o dashboardOptions
	c := &cobra.Command{
		Use:   "dashboard",
		Short: "Open a page with all services, their logs, and why one fails",
		Long: `Open the dashboard in the browser: one page for all projects on the engine, with their services,
URLs and logs, why a service fails, and where the time of the last starts went. Without a browser,
its URL is printed. It goes on until the last project is removed.`,
		Example: `  devup dashboard
  devup dashboard --print
  devup dashboard --stop`,
		Args: cobra.NoArgs,
	}
	c.Flags().BoolVar(&o.print, "print", false, "print the URL instead of opening it")
	c.Flags().BoolVar(&o.stop, "stop", false, "end the dashboard")
	c.MarkFlagsMutuallyExclusive("print", "stop")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, _ []string) error { return runDashboard(ctx, env, o) })
	return c
}

// dashboardObject is the dashboard in JSON. Its names are a promise.
type dashboardObject struct {
	Type string `json:"type"` // "dashboard"
	URL  string `json:"url"`  // with the token that lets a browser in
}

func runDashboard(ctx context.Context, env *command.Env, o dashboardOptions) error {
	if o.stop {
		return session.EndDashboards(ctx, env.Env)
	}
	s, err := session.Open(ctx, env.Env, session.Want{Engine: session.Required, Workspace: true})
	if err != nil {
		return err
	}
	defer s.Close()
	address, err := session.OpenDashboard(ctx, s)
	if err != nil {
		return err
	}
	switch {
	case env.UI.Mode() == ui.JSON:
		env.UI.Object(dashboardObject{"dashboard", address})
	case !o.print && show.OpenBrowser(ctx, env, s.Workspace, address):
		env.Say("opened " + withoutToken(address))
	default:
		env.UI.Text(address)
	}
	return nil
}

// withoutToken is a URL as it may be shown to those who look over a shoulder.
func withoutToken(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.Fragment = ""
	return u.String()
}

// Serve serves the dashboard as [daemon.Main] needs it.
func Serve(ctx context.Context, env *command.Env, o daemon.Options, c dashboard.Config, failures *daemon.FailureLog, ready func()) error {
	shown := newSource(env, c.ReadOnly)
	return dashboard.Serve(ctx, o, dashboard.Served{Source: shown, Act: shown.act, Origin: originOf(env), Empty: shown.empty}, c, failures, ready)
}

// originOf gives where browsers reach a port of this machine.
func originOf(env *command.Env) func(int) string {
	ws, err := env.DetectWorkspace()
	if err != nil {
		return func(int) string { return "" } // localhost alone
	}
	return ws.URL
}

// empty tells whether no project has a container on the engine.
func (s *source) empty(ctx context.Context) (bool, error) {
	all, err := s.observe(ctx)
	if err != nil {
		return false, err
	}
	defer all.Close()
	return len(all.State.Summaries("")) == 0, nil
}
