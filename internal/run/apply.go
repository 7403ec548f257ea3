package run

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// parallel is how many operations run at a time. Half of a container's start is
// waiting, for the kernel to make and unmake namespaces: on two cores ten containers
// start 15 % sooner all at once than four at a time, and thirty in the same time.
var parallel = 8 * runtime.NumCPU()

// Options says how a plan is applied.
type Options struct {
	Project string            // the project's name; without it, what a killed run left unfinished stays in the way
	Inputs  map[string]string // service -> hash of its build inputs, for the container's label
	Images  map[string]string // image reference -> ID, for the container's label
	// StopTimeout replaces every container's own grace period; nil keeps it.
	StopTimeout *time.Duration
	// PortsMove says that the caller takes another host port for one that is in use: that a
	// container cannot have its port is not a failure yet.
	PortsMove bool
	Sink      event.Sink
}

// Result names the containers that Apply left running, by service.
type Result struct {
	mu  sync.Mutex
	IDs map[string]map[int]string // service -> number -> ID of containers that were made, started or restarted
}

func newResult() *Result { return &Result{IDs: map[string]map[int]string{}} }

func (r *Result) add(op plan.Op, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.IDs[op.Service] == nil {
		r.IDs[op.Service] = map[int]string{}
	}
	r.IDs[op.Service][op.Number] = id
}

// first is the ID of the container with the lowest number of a service that was made
// or started, empty for none.
func (r *Result) first(service string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	numbers := slices.Sorted(maps.Keys(r.IDs[service]))
	if len(numbers) == 0 {
		return ""
	}
	return r.IDs[service][numbers[0]]
}

// gate is where operations wait for an earlier one.
type gate struct {
	succeeded chan struct{} // closed when the operation has succeeded, and only then
	ended     chan struct{} // closed when it will not run any more
}

// Apply carries out a plan. The project may be nil for plans that make nothing
// (down, stop, restart). An operation runs when all that it waits for has
// succeeded; what waits for a failed one never runs, everything else does. The
// error joins all failures in the plan's order, or is the context's. The result
// is valid also next to an error.
func (e Engine) Apply(ctx context.Context, p *types.Project, todo *plan.Plan, o Options) (*Result, error) {
	a := &applier{engine: e, project: p, options: o, result: newResult()}
	gates := make([]gate, len(todo.Ops))
	for i := range gates {
		gates[i] = gate{succeeded: make(chan struct{}), ended: make(chan struct{})}
	}
	errs := make([]error, len(todo.Ops))
	slots := make(chan struct{}, parallel)
	var group errgroup.Group
	for i, op := range todo.Ops {
		group.Go(func() error {
			defer close(gates[i].ended)
			if !awaitSuccess(ctx, gates, op.After) || !awaitEnd(ctx, gates, op.AfterEnd) {
				return nil
			}
			if op.Action != plan.Await { // waiting takes no slot
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return nil
				}
				defer func() { <-slots }()
			}
			if errs[i] = a.do(ctx, op); errs[i] == nil {
				close(gates[i].succeeded)
			}
			return nil
		})
	}
	_ = group.Wait() // every error is in errs, in the plan's order
	if ctx.Err() != nil {
		return a.result, context.Cause(ctx)
	}
	return a.result, errors.Join(errs...)
}

// awaitEnd waits until operations have ended, with or without an error; false when ctx ends first.
func awaitEnd(ctx context.Context, gates []gate, operations []int) bool {
	for _, i := range operations {
		select {
		case <-gates[i].ended:
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

// awaitSuccess waits for operations; false when one of them did not succeed.
func awaitSuccess(ctx context.Context, gates []gate, operations []int) bool {
	for _, i := range operations {
		select {
		case <-gates[i].succeeded:
		case <-ctx.Done():
			return false
		case <-gates[i].ended:
			select {
			case <-gates[i].succeeded: // both were ready
			default:
				return false
			}
		}
	}
	return ctx.Err() == nil
}
