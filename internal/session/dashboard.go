package session

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/workspace"
)

// process is what this machine has of a process that goes on after the commands which start it. Its
// state is in a file; it is `devup serve KIND FILE ARG...`.
func process[C any](e *Env, kind, file string, args ...string) daemon.Manager[C] {
	self, err := os.Executable()
	if err != nil || file == "" {
		return daemon.Manager[C]{Name: kind} // finds none and starts none
	}
	return daemon.Manager[C]{
		Name: kind, File: file, Version: e.Version.String(), Env: e.Environ,
		Command: slices.Concat([]string{self}, EngineFlags(e), []string{"serve", kind, file}, args),
	}
}

// dashboardOf is what this machine has of the dashboard of an engine.
func dashboardOf(s *Session) daemon.Manager[dashboard.Config] {
	return process[dashboard.Config](s.Env, "dashboard", s.stateSubdir("dashboards", lock.Name(s.Engine.Endpoint, "dashboard")+".json"))
}

// EndDashboards ends the user's dashboards, of whatever engines.
func EndDashboards(ctx context.Context, e *Env) error {
	held, err := lockDashboards(ctx, e)
	if err != nil {
		return err
	}
	defer held.Release()
	dir := e.stateSubdir("dashboards")
	entries, _ := os.ReadDir(dir) // none where none was started
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".json" {
			err = errors.Join(err, process[dashboard.Config](e, "dashboard", filepath.Join(dir, entry.Name())).End(ctx, false))
		}
	}
	return err
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
	held, err := lockDashboards(ctx, s.Env)
	if err != nil {
		return "", err
	}
	defer held.Release()
	m := dashboardOf(s)
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
	u.Path, u.Fragment = cmp.Or(u.Path, "/"), url.Values{"token": {c.Token}}.Encode()
	return u.String()
}

// lockDashboards lets no other devup start or end a dashboard.
func lockDashboards(ctx context.Context, e *Env) (lock.Held, error) {
	return lock.Acquire(ctx, e.stateSubdir("locks"), "", ".dashboard", func() {})
}

// CloseDashboard ends the dashboard when no project has a container on the engine any more. One that
// the user starts by hand stays.
func CloseDashboard(ctx context.Context, s *Session) error {
	if s.Flags.DryRun || s.Settings.Dashboard == settings.DashboardOff || s.Settings.Dashboard == "" {
		return nil
	}
	m := dashboardOf(s)
	if _, serves := m.Observe(ctx); !serves {
		return nil
	}
	held, err := lockDashboards(ctx, s.Env)
	if err != nil {
		return err
	}
	defer held.Release()
	now, err := observeEngine(ctx, s.Engine, Containers, "")
	if err != nil || len(now.Summaries("")) > 0 {
		return err
	}
	return m.End(ctx, false)
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
