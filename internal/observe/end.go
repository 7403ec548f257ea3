package observe

import (
	"context"
	"fmt"
	"sync"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// waiter is what [Ends] needs of the engine.
type waiter interface {
	ContainerWait(context.Context, string, client.ContainerWaitOptions) client.ContainerWaitResult
}

// End is how a container ended.
type End struct {
	Service string
	ID      string
	Code    int // its exit code
}

// Ends waits for the ends of containers and passes on each as it comes, also of those that
// have ended already, until all have ended or yield says that this is enough. containers
// are IDs with their services. yield is not called twice at a time.
func Ends(ctx context.Context, e waiter, containers map[string]string, yield func(End) (more bool)) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	group, inner := errgroup.WithContext(inner)
	var mu sync.Mutex
	enough := false
	for id, service := range containers {
		group.Go(func() error {
			end, err := awaitEnd(inner, e, service, id)
			mu.Lock()
			defer mu.Unlock()
			if enough {
				return nil
			}
			if err == nil && !yield(end) {
				enough = true
				cancel()
			}
			return err
		})
	}
	err := group.Wait()
	switch {
	case enough:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return err
}

// FirstEnd waits until a container ends that counts, and says how it ended. It
// also notices one that has ended already. containers are IDs by service and number; counts
// says which ends do. When none counted, because all have ended, ok is false.
func FirstEnd(ctx context.Context, e waiter, containers map[string]map[int]string, counts func(End) bool) (first End, ok bool, err error) {
	services := map[string]string{}
	for service, ids := range containers {
		for _, id := range ids {
			services[id] = service
		}
	}
	err = Ends(ctx, e, services, func(end End) bool {
		if counts(end) {
			first, ok = end, true
		}
		return !ok
	})
	return first, ok, err
}

func awaitEnd(ctx context.Context, e waiter, service, id string) (End, error) {
	wait := e.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case result := <-wait.Result:
		return End{Service: service, ID: id, Code: int(result.StatusCode)}, nil
	case err := <-wait.Error:
		return End{}, fmt.Errorf("wait for a container of %s: %w", service, err)
	case <-ctx.Done():
		return End{}, ctx.Err()
	}
}
