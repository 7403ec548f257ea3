package observe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/plan"
)

// An engine goes on with what a killed devup asked for: what is seen running may be
// about to stop.
const (
	stableFor   = time.Second // this long nothing changes: it is done
	stableEvery = 250 * time.Millisecond
	stableLimit = 15 * time.Second // longer than most containers take to stop
)

// WaitStable waits until the engine no longer changes the containers of a project, or for
// stableLimit. It is for a project whose last devup was killed.
func WaitStable(ctx context.Context, e containerLister, project string) error {
	tick := time.NewTicker(stableEvery)
	defer tick.Stop()
	began := time.Now()
	before, since := "", began
	for {
		list, err := e.ContainerList(ctx, client.ContainerListOptions{
			All: true, Filters: client.Filters{}.Add("label", plan.LabelProject+"="+project),
		})
		if err != nil {
			return wrap(err, "list containers")
		}
		now := time.Now()
		if states := statesOf(list.Items); states != before {
			before, since = states, now
		}
		if now.Sub(since) >= stableFor || now.Sub(began) >= stableLimit {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func statesOf(list []container.Summary) string {
	var all []string
	for _, c := range list {
		all = append(all, fmt.Sprint(c.ID, " ", c.Names, " ", c.State))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
