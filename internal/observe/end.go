package observe

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// awaiter is what FirstEnd needs of the engine.
type awaiter interface {
	ContainerWait(context.Context, string, client.ContainerWaitOptions) client.ContainerWaitResult
}

// End is how a container ended.
type End struct {
	Service string
	ID      string
	Code    int // its exit code
}

// FirstEnd waits until a container ends that counts, and says how it ended. It
// also notices one that has ended already. containers are IDs by service and number; counts
// says which ends do. When none counted, because all have ended, ok is false.
func FirstEnd(ctx context.Context, e awaiter, containers map[string]map[int]string, counts func(End) bool) (first End, ok bool, err error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	found := make(chan End, 1)
	group, inner := errgroup.WithContext(inner)
	for _, service := range slices.Sorted(maps.Keys(containers)) {
		for _, id := range containers[service] {
			group.Go(func() error {
				end, err := awaitEnd(inner, e, service, id)
				if err != nil || !counts(end) {
					return err
				}
				select {
				case found <- end:
				default: // another one was first
				}
				cancel()
				return nil
			})
		}
	}
	err = group.Wait()
	select {
	case first = <-found:
		return first, true, nil
	default:
	}
	if ctx.Err() != nil {
		return End{}, false, context.Cause(ctx)
	}
	return End{}, false, err
}

func awaitEnd(ctx context.Context, e awaiter, service, id string) (End, error) {
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
