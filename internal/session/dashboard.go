package session

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/workspace"
)

// DashboardManager is what this machine has of the dashboard of an engine, which may be nil.
func DashboardManager(e *Env, on *engine.Engine) daemon.Manager[dashboard.Config] {
	self := ""
	if on != nil && e.StateDir() != "" {
		self, _ = os.Executable() // where no one knows it, there is no dashboard
	}
	if self == "" {
		return daemon.Manager[dashboard.Config]{Name: "dashboard"}
	}
	file := e.stateSubdir("dashboards", lock.Name(on.Endpoint, "dashboard")+".json")
	return daemon.Manager[dashboard.Config]{
		Name: "dashboard", File: file, Version: e.Version.String(), Env: e.Environ,
		Command: slices.Concat([]string{self}, EngineFlags(e), []string{"dashboard", "serve", file}),
	}
}

// EngineFlags are the flags that lead another devup to the engine of this one.
func EngineFlags(e *Env) []string {
	var flags []string
	if e.Settings.Host != "" {
		flags = append(flags, "--host", e.Settings.Host)
	}
	if e.Settings.Context != "" {
		flags = append(flags, "--context", e.Settings.Context)
	}
	return flags
}

// OpenDashboard has the dashboard of the session's engine serve, and gives the URL with which a
// browser is let in.
func OpenDashboard(ctx context.Context, s *Session) (string, error) {
	m := DashboardManager(s.Env, s.Engine)
	wanted := dashboard.Config{ReadOnly: s.Settings.Dashboard == settings.DashboardReadOnly}
	state, serves := m.Observe(ctx)
	wanted.Listen, wanted.Token = state.Config.Listen, state.Config.Token // a page that is open goes on
	if serves && (state.Version != m.Version || state.Config.ReadOnly != wanted.ReadOnly) {
		_ = m.Stop(ctx, state) // if it goes on, another port is taken
		serves = false
	}
	if !serves {
		if err := m.Start(ctx, wanted); err != nil {
			return "", err
		}
		state, _ = m.Observe(ctx)
	}
	return dashboardURL(s.Workspace, state.Config), nil
}

// dashboardURL is where a browser opens the dashboard, with what lets it in.
func dashboardURL(ws workspace.Info, c dashboard.Config) string {
	_, text, _ := net.SplitHostPort(c.Listen)
	port, _ := strconv.Atoi(text) // 0 where it does not serve
	u, err := url.Parse(ws.URL(port))
	if err != nil {
		return ""
	}
	u.Path, u.RawQuery = cmp.Or(u.Path, "/"), url.Values{"token": {c.Token}}.Encode()
	return u.String()
}

// CloseDashboard ends the dashboard when nothing of any project is left on the engine but
// containers of the session's project.
func CloseDashboard(ctx context.Context, s *Session) error {
	others := func(c container.Summary) bool { return c.Labels[plan.LabelProject] != s.Name }
	if s.Flags.DryRun || slices.ContainsFunc(s.State.Summaries(""), others) {
		return nil
	}
	return DashboardManager(s.Env, s.Engine).End(ctx, false)
}

// Runs are the last runs of up of a project on an engine.
func Runs(e *Env, on *engine.Engine, name string) history.Store {
	return history.Store{Dir: e.stateSubdir("runs", lock.Name(on.Endpoint, name))}
}

// FailedRuns are the last runs on an engine, of any project, that failed a while ago at most.
func FailedRuns(e *Env, on *engine.Engine, since time.Time) []history.Run {
	dir := e.stateSubdir("runs")
	entries, err := os.ReadDir(dir)
	if dir == "" || err != nil {
		return nil
	}
	var failed []history.Run
	for _, entry := range entries {
		last, ok := history.Store{Dir: filepath.Join(dir, entry.Name())}.Last()
		if ok && last.ExitCode != 0 && last.Began.After(since) && entry.Name() == lock.Name(on.Endpoint, last.Project) {
			failed = append(failed, last)
		}
	}
	return failed
}
