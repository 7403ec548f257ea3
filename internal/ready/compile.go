package ready

import (
	"cmp"
	"context"
	"path"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/diagnose"
)

// How long a dev server that answers is waited for to say whether it compiles, and how
// often its log is read meanwhile. Vite starts to read the sources after it listens,
// and never says that all is well: all of its starts wait that long.
const (
	compileTime  = 600 * time.Millisecond
	compilePause = 200 * time.Millisecond
)

// compiling reads what a service that has just begun to answer printed: it makes a warning of
// the result where the service's dev server says that it cannot compile.
func (pr *prober) compiling(ctx context.Context, r result) result {
	if !pr.compiles || pr.probe.Kind != HTTP || pr.probe.WasReady || pr.probe.Source.Dir == "" || r.warning {
		return r
	}
	for until := time.Now().Add(compileTime); ; {
		log := pr.log(ctx, pr.evidence.state)
		state := diagnose.Explain(diagnose.Compile, log, 0, nil).Reason
		if state == diagnose.CompileError {
			cause := diagnose.Explain(diagnose.Source, log, 0, nil)
			sentence := strings.Replace(cause.Sentence, "("+path.Base(cause.File), "("+pr.probe.Source.file(cause.File), 1)
			return result{ready: true, warning: true, text: "answers, but does not compile: " + sentence + "; " + cmp.Or(cause.Hint, "`devup logs "+pr.probe.Service+"` shows the error")}
		}
		if state != diagnose.Compiling || !time.Now().Before(until) || !pause(ctx, compilePause) {
			return r
		}
	}
}

// pause waits; it gives false where ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
