package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/plan"
)

// tellEnds says when a container of the services that is there now ends, until ctx does,
// those too that have ended since began, by the engine's clock.
func (a *app) tellEnds(ctx context.Context, r *running, services []string, began time.Time) {
	var ids []string
	for _, c := range r.containers(services) {
		ids = append(ids, c.ID)
	}
	stream := r.engine.Client.Events(ctx, client.EventsListOptions{
		Since:   began.Format(time.RFC3339Nano),
		Filters: client.Filters{}.Add("label", plan.LabelProject+"="+r.name).Add("type", string(events.ContainerEventType)).Add("event", string(events.ActionDie)),
	})
	for {
		select {
		case m := <-stream.Messages:
			if slices.Contains(ids, m.Actor.ID) {
				name := strings.TrimPrefix(m.Actor.Attributes["name"], r.name+"-")
				a.note(name + " exited with code " + m.Actor.Attributes["exitCode"])
			}
		case <-stream.Err: //nolint:errcheck // the logs go on without
			return
		case <-ctx.Done():
			return
		}
	}
}
