package up

import (
	"context"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// removeInBackground begins to apply what [plan.Plan.Split] left for the end. Nothing waits for it but
// [Outcome.WaitCleanup], and what fails is only noted: it holds nothing that is needed.
func (l *upRun) removeInBackground(ctx context.Context, runnable *project.Project, cleanup *plan.Plan) {
	if cleanup.Empty() {
		return
	}
	applied, done := l.out.Applied, make(chan struct{})
	l.out.cleanup = done
	go func() {
		defer close(done)
		if _, err := l.Engine.Apply(ctx, runnable.Project, cleanup, applied); err != nil && ctx.Err() == nil {
			l.Sink(event.Event{Kind: event.Note, Text: err.Error()})
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
