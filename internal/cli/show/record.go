package show

import (
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// Recorded is the environment for a run whose events a recorder collects.
func Recorded(env *command.Env, r *history.Recorder) *command.Env {
	return env.WithSink(func(e event.Event) {
		if e.Kind != event.Log && e.Kind != event.Note && e.State != event.Working && e.State != "" {
			r.Add(ui.Event(e, time.Now()))
		}
	})
}

// Keep keeps what was recorded of a run that ended with an error, or none. Where that is not
// possible, nothing but looking back is lost.
func Keep(s *session.Session, r *history.Recorder, failed error) {
	code, failures := 0, []any{}
	for _, e := range fail.Failures(failed) {
		code = e.Code.Exit()
		failures = append(failures, ui.Object(e))
	}
	run := r.End(code, failures)
	run.Project, run.Dir, run.Files = s.Name, s.Project.WorkingDir, s.Project.ComposeFiles
	_ = session.Runs(s.Env, s.Engine, s.Name).Save(run)
}
