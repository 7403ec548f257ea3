package up

import (
	"context"
	"errors"
	"slices"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/run"
)

// mostTries is how often a run chooses ports. Between the choice and the engine's own bind
// somebody else may take one, and an engine on another machine cannot be asked before.
const mostTries = 5

// try is one of them.
type try struct {
	look   run.Look
	before []plan.Container // those that were there before the first try
	lost   []ports.Holder   // what the engine refused so far, and the next choice leaves out
	last   bool             // no other follows
	again  bool             // another has to follow, with other ports
}

// lose notes the ports that containers could not have, and reports whether there are any.
// Where this machine sees who holds one, the next choice finds that out and says it.
func (t *try) lose(ctx context.Context, m Machine, failed error) bool {
	lost := false
	for _, e := range fail.Failures(failed) {
		taken, ok := errors.AsType[*run.TakenPort](e)
		if !ok {
			continue
		}
		lost = true
		t.avoid(ctx, m.Remote, taken.Port, "tcp", "udp") // the engine may not say which
	}
	return lost
}

// avoid makes the next choice leave out a port, if it cannot find out by itself that the
// port is taken.
func (t *try) avoid(ctx context.Context, remote bool, port int, protocols ...string) {
	for _, protocol := range protocols {
		if remote || len(ports.Bound(ctx, protocol, []int{port})) == 0 {
			t.lost = append(t.lost, ports.Holder{Port: port, Protocol: protocol})
		}
	}
}

// start notes of which services a plan starts containers.
func (o *Outcome) start(p *plan.Plan) {
	for _, op := range p.Ops {
		switch op.Action {
		case plan.Create, plan.Recreate, plan.Start, plan.Rename, plan.Unpause:
			if !slices.Contains(o.Started, op.Service) {
				o.Started = append(o.Started, op.Service)
			}
		}
	}
}
