package containerexec

import (
	"context"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Starter is what [StartAndWait] needs of the engine to start containers.
type Starter interface {
	ContainerStart(context.Context, string, client.ContainerStartOptions) (client.ContainerStartResult, error)
}

// Waiter is what [StartAndWait] needs of the engine to wait for their ends.
type Waiter interface {
	ContainerWait(context.Context, string, client.ContainerWaitOptions) client.ContainerWaitResult
}

// StartAndWait starts a container, follows it with a function, and gives the status that it ended
// with. It waits from before the start: a short command may have ended when the start is answered.
func StartAndWait(ctx context.Context, s Starter, w Waiter, id string, follow func(context.Context) error) (int, error) {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	ended := w.ContainerWait(waiting, id, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	if _, err := s.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return 0, err
	}
	if err := follow(ctx); err != nil {
		return 0, err
	}
	select {
	case result := <-ended.Result:
		return int(result.StatusCode), nil
	case err := <-ended.Error:
		return 0, err
	}
}
