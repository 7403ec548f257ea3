package execcmd

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
)

// attempt is a command that is to run in a container of a service.
type attempt struct{ service, program string }

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
		e.Cause, e.CauseShown = err, true
		return e
	}
	return err
}

// refused says in our words what the engine or its OCI runtime says of a command that
// could not begin; nil where it says something else.
func (t attempt) refused(text string) *fail.Error {
	cause := diagnose.Explain(diagnose.Start, strings.Split(text, "\n"), 0, nil)
	if !cause.Refused {
		return nil
	}
	e := fail.New(fail.Failed, cause.Hint, "service %s: %s", t.service, cause.Sentence)
	switch cause.Reason {
	case diagnose.CommandMissing, diagnose.EntryMissing:
		e.Code = fail.NoProgram
	case diagnose.NotExecutable, diagnose.WrongArchitecture:
		e.Code = fail.NotExecutable
	case diagnose.DiskFull:
		e.Code = fail.DiskFull
	}
	e.Service, e.Reason = t.service, cause.Reason
	return e
}

// refusal is how the words begin that the engine prints in the place of a command that
// its runtime could not begin.
const refusal = "OCI runtime exec failed"

// buffered passes on what a command prints, but keeps back a refusal, which comes first
// and in one piece.
type buffered struct {
	to    io.Writer
	begun bool // something else came
	text  []byte
}

func (w *buffered) Write(p []byte) (int, error) {
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
func (w *buffered) release() error {
	w.begun = true
	if len(w.text) == 0 {
		return nil
	}
	text := w.text
	w.text = nil
	_, err := w.to.Write(text)
	return err
}
