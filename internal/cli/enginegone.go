package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/errno"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
)

// engineGone puts what is to blame in the place of all that failed because the engine was
// stopped, or restarted, during the work. It is nil when the engine has nothing to do with
// the failure. What failed for reasons of its own stays next to it.
func engineGone(ctx context.Context, e *engine.Engine, c *cobra.Command, err error) error {
	if code := fail.CodeOf(err); e == nil || code == fail.NoEngine || code.Exit() == fail.Usage.Exit() {
		return nil
	}
	failures := fail.Failures(err)
	rest := slices.DeleteFunc(slices.Clone(failures), lost)
	if len(rest) == len(failures) && e.Answers(ctx) {
		return nil
	}
	all := make([]error, 0, len(rest)+1)
	for _, other := range rest {
		all = append(all, other)
	}
	gone := fail.Wrap(err, fail.EngineGone, "see with `devup doctor` that it runs, then run `"+c.CommandPath()+"` again: it goes on from here",
		"the engine at %s went away during the work", e.Endpoint)
	gone.CauseShown = true
	return errors.Join(append(all, gone)...)
}

// lost says that a failure is nothing but the loss of the connection to the engine.
func lost(e *fail.Error) bool {
	switch e.Code {
	case fail.EngineGone:
		return true
	case fail.Failed, fail.ImageMissing, fail.BuildFailed:
	default:
		return false
	}
	if client.IsErrConnectionFailed(e) || errors.Is(e, logs.ErrEngineGone) {
		return true
	}
	return errors.Is(e, io.EOF) || errors.Is(e, io.ErrUnexpectedEOF) || errno.Cut.In(e)
}
