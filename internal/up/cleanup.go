package up

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// cleanUp begins to apply what [split] left for the end. Nothing waits for it but
// [Outcome.WaitCleanup], and what fails is only noted: it holds nothing that is needed.
func (l *upRun) cleanUp(ctx context.Context, runnable *project.Project, cleanup *plan.Plan) {
	if cleanup.Empty() {
		return
	}
	applied, done := l.out.Applied, make(chan struct{})
	l.out.cleanup = done
	go func() {
		defer close(done)
		if _, err := l.target.Engine.Apply(ctx, runnable.Project, cleanup, applied); err != nil && ctx.Err() == nil {
			l.target.Sink(event.Event{Kind: event.Note, Text: err.Error()})
		}
	}()
}

// WaitCleanup waits until what the run removes in the background is removed: copies of an
// image's files that no container has any more. The services answer before.
func (o *Outcome) WaitCleanup() {
	if o.cleanup != nil {
		<-o.cleanup
	}
}

// split parts what a plan removes at its end and nothing waits for from the rest:
// the node_modules of replaced containers, 40,000 files that a slow disk needs
// many seconds for. It is to be applied after the rest, while services start.
func split(p *plan.Plan) (first, cleanup *plan.Plan) {
	first, cleanup = &plan.Plan{Orphans: p.Orphans}, &plan.Plan{}
	end := len(p.Ops)
	for end > 0 && p.Ops[end-1].Action == plan.RemoveVolume && p.Ops[end-1].Disposable {
		end--
	}
	first.Ops = p.Ops[:end]
	for _, op := range slices.Clone(p.Ops[end:]) {
		op.After = nil // all of it is in the rest
		cleanup.Ops = append(cleanup.Ops, op)
	}
	return first, cleanup
}
