package up

import (
	"context"

	"github.com/devup-cli/devup/internal/event"
)

// removeInBackground begins to apply what [plan.Plan.Split] left for the end. Nothing waits for it but
// [Outcome.WaitCleanup], and what fails is only noted: it holds nothing that is needed.
func (r *Run) removeInBackground(ctx context.Context) {
	if r.cleanup.Empty() {
		return
	}
	done := make(chan struct{})
	r.Outcome.cleanup = done
	go func() {
		defer close(done)
		if _, err := r.Applier.Apply(ctx, r.runnable.Project, r.cleanup, r.Outcome.Applied); err != nil && ctx.Err() == nil {
			r.Sink(event.Event{Kind: event.Note, Text: err.Error()})
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
