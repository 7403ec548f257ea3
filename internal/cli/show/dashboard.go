package show

import (
	"context"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
)

// Dashboard starts the dashboard after a run for a user who sees the output, as the settings say.
// That it cannot be started is no failure of the run.
func Dashboard(ctx context.Context, env *command.Env, s *session.Session) {
	off := env.Settings.Dashboard == settings.DashboardOff || env.Settings.Dashboard == ""
	if off || !env.UI.Streams().OutTTY || ctx.Err() != nil {
		return
	}
	address, err := session.OpenDashboard(ctx, s)
	switch {
	case err != nil:
		env.Note("the dashboard cannot be started: " + err.Error())
	case env.Settings.Dashboard == settings.DashboardOpen && OpenBrowser(ctx, env, s.Workspace, address):
	default:
		env.UI.Table(ui.Table{Rows: [][]ui.Cell{{{Text: "dashboard", Tone: ui.Faint}, {Text: address, Link: address, Tone: ui.Faint}}}})
	}
}
