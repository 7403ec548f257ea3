package show

import (
	"cmp"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
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
// possible, nothing but looking back is lost. One that found nothing to do says only that a failure
// before it is over.
func Keep(env *command.Env, s *session.Session, r *history.Recorder, changed bool, failed error) {
	store := session.Runs(s.Env, s.Engine, s.Name)
	if !changed && failed == nil {
		store.Clear()
		return
	}
	code, failures := 0, []any{}
	if all := fail.Failures(failed); len(all) > 0 {
		mask := MaskIn(env, s.Project.WorkingDir, s.Project)
		for _, e := range all {
			code = e.Code.Exit()
			o := ui.Object(e)
			o.Message, o.Cause = mask.Text(o.Message), mask.Text(o.Cause)
			o.Lines = slices.Clone(o.Lines)
			for i, line := range o.Lines {
				o.Lines[i] = mask.Text(line)
			}
			failures = append(failures, o)
		}
	}
	run := r.End(code, failures)
	run.Project, run.Dir, run.Files = s.Name, s.Project.WorkingDir, s.Project.ComposeFiles
	_ = store.Save(run)
}

// MaskIn masks the secrets of a project in a directory; its model may be nil.
func MaskIn(env *command.Env, dir string, model *project.Project) secret.Mask {
	root, err := os.OpenRoot(cmp.Or(dir, "."))
	if err != nil {
		return Masker(env, noFiles{}, model)
	}
	defer root.Close()
	return Masker(env, untrusted.FS(root), model)
}

// noFiles is a directory without files.
type noFiles struct{}

func (noFiles) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }
