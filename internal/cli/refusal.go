package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// attempt is a command that is to run in a container of a service.
type attempt struct{ service, program, workdir, user string }

// explain says why the engine did not begin the command.
func (t attempt) explain(err error) error {
	if reworded := t.reword(err); reworded != err { //nolint:errorlint // it is the same or not
		return reworded
	}
	return fmt.Errorf("run %s in %s: %w", t.program, t.service, err)
}

// reword says in our words that a command could not begin. Any other error passes.
func (t attempt) reword(err error) error {
	if err == nil {
		return nil
	}
	if e := t.refused(err.Error()); e != nil {
		e.Cause, e.Told = err, true
		return e
	}
	return err
}

var (
	program        = lazyregexp.New(`exec: "([^"]+)"`)
	missingProgram = lazyregexp.New(`executable file not found|no such file or directory|not a directory`)
	notExecutable  = lazyregexp.New(`permission denied|exec format error|is a directory`)
)

// refused says in our words what the engine or its OCI runtime says of a command that
// could not begin; nil where it says something else.
func (t attempt) refused(text string) *fail.Error {
	var e *fail.Error
	if m := program.FindStringSubmatch(text); m != nil {
		t.program = m[1]
	}
	switch {
	case strings.Contains(text, "unable to find user "):
		e = fail.New(fail.Failed, "one that its image does not name can be given by number", "service %s has no user %s", t.service, t.user)
	case !strings.Contains(text, refusal) && !strings.Contains(text, "OCI runtime create failed"):
		return nil
	case strings.Contains(text, "chdir to cwd"):
		e = fail.New(fail.Failed, "make it first", "service %s has no folder %s to run in", t.service, t.workdir)
	case notExecutable.MatchString(text):
		e = fail.New(fail.NotExecutable, "", "%s in service %s cannot be run: it is no program, or not one for its user", t.program, t.service)
	case missingProgram.MatchString(text):
		e = fail.New(fail.NoProgram, "", "service %s has no program %s", t.service, t.program)
	default:
		return nil
	}
	e.Service = t.service
	return e
}

// refusal is how the words begin that the engine prints in the place of a command that
// its runtime could not begin.
const refusal = "OCI runtime exec failed"

// withheld passes on what a command prints, but keeps back a refusal, which comes first
// and in one piece.
type withheld struct {
	to    io.Writer
	begun bool // something else came
	text  []byte
}

func (w *withheld) Write(p []byte) (int, error) {
	const most = 4096 // a command may begin with the same words and print much
	if len(w.text) > 0 && len(w.text) < most || !w.begun && bytes.HasPrefix(p, []byte(refusal)) {
		w.text = append(w.text, p...)
		return len(p), nil
	}
	if err := w.release(); err != nil {
		return 0, err
	}
	return w.to.Write(p)
}

// release prints what was kept back after all.
func (w *withheld) release() error {
	w.begun = true
	if len(w.text) == 0 {
		return nil
	}
	text := w.text
	w.text = nil
	_, err := w.to.Write(text)
	return err
}
