package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
)

// lastAsk is how long an engine may take to say that it is still there.
const lastAsk = 2 * time.Second

// engineGone puts what is to blame in the place of all that failed because the engine was
// stopped, or restarted, during the work. It is nil when the engine has nothing to do with
// the failure. What failed for reasons of its own stays beside it.
func (a *app) engineGone(ctx context.Context, command *cobra.Command, err error) error {
	if code := fail.CodeOf(err); a.engine == nil || code == fail.NoEngine || code.Exit() == fail.Usage.Exit() {
		return nil
	}
	failures := fail.Failures(err)
	rest := slices.DeleteFunc(slices.Clone(failures), func(e *fail.Error) bool { return lost(e) })
	if len(rest) == len(failures) && a.answers(ctx) {
		return nil
	}
	all := make([]error, 0, len(rest)+1)
	for _, e := range rest {
		all = append(all, e)
	}
	gone := fail.Wrap(err, fail.EngineGone, "see with `devup doctor` that it runs, then run `"+command.CommandPath()+"` again: it goes on from here",
		"the engine at %s went away during the work", a.engine.Endpoint)
	gone.Told = true
	return errors.Join(append(all, gone)...)
}

// answers tells whether the engine is there now.
func (a *app) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lastAsk)
	defer cancel()
	_, err := a.engine.Client.Ping(ctx, client.PingOptions{})
	return err == nil
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
	return slices.ContainsFunc([]error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE}, func(cut error) bool { return errors.Is(e, cut) })
}
