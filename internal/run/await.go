package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// awaitEvery is the pause between two inspections of a dependency. A healthcheck runs
// every few seconds at most, so a shorter pause would gain nothing.
const awaitEvery = 250 * time.Millisecond

// awaitCondition waits until every container of a service meets a condition of
// depends_on, and calls waiting when one does not meet it yet. There is no limit but the
// context's: the healthcheck has its own. Package ready reports the outcome.
func awaitCondition(ctx context.Context, e Containers, op plan.Op, waiting func()) error {
	once := sync.OnceFunc(waiting)
	for _, name := range op.Names {
		if err := awaitContainer(ctx, e, op, name, once); err != nil {
			return explain(err, op)
		}
	}
	return nil
}

func awaitContainer(ctx context.Context, e Containers, op plan.Op, name string, waiting func()) error {
	tick := time.NewTicker(awaitEvery)
	defer tick.Stop()
	for {
		found, err := e.ContainerInspect(ctx, name, client.ContainerInspectOptions{})
		if err != nil {
			return err
		}
		state := found.Container.State
		health := ""
		if state.Health != nil {
			health = string(state.Health.Status)
		}
		met, err := condition(op, state.Running, state.Restarting, state.ExitCode, health)
		if met || err != nil {
			return err
		}
		waiting()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// condition says whether a container's state meets an awaited condition, or why
// it never will.
func condition(op plan.Op, running, restarting bool, exitCode int, health string) (met bool, err error) {
	if op.Condition == types.ServiceConditionCompletedSuccessfully {
		if running || restarting {
			return false, nil
		}
		if exitCode == 0 {
			return true, nil
		}
		return false, neverMet(op, fail.Exited, fmt.Sprintf("exited with code %d", exitCode))
	}
	switch {
	case health == "healthy":
		return true, nil
	case !running && !restarting: // the engine calls it unhealthy as well
		return false, neverMet(op, fail.Exited, fmt.Sprintf("exited with code %d before it was healthy", exitCode))
	case health == "unhealthy":
		return false, neverMet(op, fail.Unhealthy, "is unhealthy: its healthcheck failed")
	case health == "" || health == "none":
		return false, noHealthcheck(op)
	default:
		return false, nil
	}
}

// ErrUnmet is the cause of the error that a service which others wait for has failed.
var ErrUnmet = errors.New("a condition under depends_on is not met")

// noHealthcheck is what the files have to say, and no log.
func noHealthcheck(op plan.Op) error {
	err := neverMet(op, fail.Config, "has no healthcheck, but another service waits for it to be healthy")
	err.Hint = "add a healthcheck to " + op.Service + ", or depend on it with condition: service_started"
	return err
}

func neverMet(op plan.Op, code fail.Code, what string) *fail.Error {
	err := fail.Wrap(ErrUnmet, code, "devup logs "+op.Service, "%s %s", op.Service, what)
	err.Service, err.CauseShown = op.Service, true
	return err
}
