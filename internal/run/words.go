package run

import (
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// verb says an action while it happens and afterwards.
type verb struct{ doing, done string }

func words(op plan.Op) (event.Kind, verb) {
	switch op.Action {
	case plan.CreateNetwork:
		return event.Network, verb{"creating", "created"}
	case plan.RecreateNetwork:
		return event.Network, verb{"replacing", "replaced"}
	case plan.RemoveNetwork:
		return event.Network, verb{"removing", "removed"}
	case plan.CreateVolume:
		return event.Volume, verb{"creating", "created"}
	case plan.RemoveVolume:
		if op.Disposable {
			return event.Volume, verb{"removing the old copy", "old copy removed"}
		}
		return event.Volume, verb{"removing", "removed"}
	case plan.Recreate:
		return event.Container, verb{"replacing", "replaced"}
	case plan.Stop:
		return event.Container, verb{"stopping", "stopped"}
	case plan.RestartOnly:
		return event.Container, verb{"restarting", "restarted"}
	case plan.Kill:
		if !op.Fatal() {
			return event.Container, verb{"sending signal " + op.Signal, "got signal " + op.Signal}
		}
		return event.Container, verb{"killing", "killed"}
	case plan.Pause:
		return event.Container, verb{"pausing", "paused"}
	case plan.Unpause:
		return event.Container, verb{"unpausing", "runs again"}
	case plan.Remove:
		return event.Container, verb{"removing", "removed"}
	case plan.Await:
		if op.Condition == types.ServiceConditionCompletedSuccessfully {
			return event.Service, verb{"working, others wait for its end", ""}
		}
		return event.Service, verb{"starting, others wait until it is healthy", ""}
	default:
		if op.Action == plan.Create && op.NoStart {
			return event.Container, verb{"creating", "created"}
		}
		return event.Container, verb{"starting", "started"}
	}
}
