package ready

import (
	"context"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// watch keeps the state of the containers that are waited for. It asks the
// engine nothing until a caller follows one; from then on there is one
// subscription to events for all of them, one list, and an inspection of a container that
// does not simply run or that something happened to.
type watch struct {
	engine     Engine
	views      map[string]*view // by container; the map is fixed
	subscribed chan struct{}    // closed by run when the first subscription is open
	once       sync.Once
	listing    sync.Once
	cancel     context.CancelFunc
	running    sync.WaitGroup
	away       func() // called when the engine has not answered for awayTime
}

// view is what is known of one container.
type view struct {
	inspecting sync.Mutex // one inspection at a time, so that an older one never comes last

	mu      sync.Mutex
	state   state
	changed chan struct{} // holds one value when state has changed since it was last received
}

func newWatch(e Engine, probes []Probe, away func()) *watch {
	w := &watch{engine: e, views: map[string]*view{}, subscribed: make(chan struct{}), cancel: func() {}, away: away}
	for _, p := range probes {
		w.views[p.Container] = &view{changed: make(chan struct{}, 1)}
	}
	return w
}

// close ends the subscription and waits for it. No caller may call follow any more.
func (w *watch) close() {
	w.cancel()
	w.running.Wait()
}

// Times of a watch.
const (
	subscribeTime = 2 * time.Second // how long follow waits for a subscription before it inspects all the same
	renewTime     = time.Second     // until a subscription that broke off is renewed
	// awayTime is how long an engine may be away before the wait is given up: one
	// that restarts ends its containers first, and is there again within seconds after that.
	awayTime = 15 * time.Second
)

// follow opens the subscription where that has not happened yet, and gives the
// view of a container, which is kept up to date from then on. ctx ends the
// subscription of all.
func (w *watch) follow(ctx context.Context, id string) *view {
	w.once.Do(func() {
		ctx, w.cancel = context.WithCancel(ctx)
		w.running.Go(func() { w.run(ctx) })
	})
	late := time.NewTimer(subscribeTime)
	defer late.Stop()
	select {
	case <-w.subscribed:
	case <-late.C:
	case <-ctx.Done():
	}
	w.listing.Do(func() { w.list(ctx) }) // after subscribing, so that nothing falls between the two
	v := w.views[id]
	if !v.now().known {
		w.inspect(ctx, id)
	}
	return v
}

// list reads in one request which containers have just begun to run. The others are to be
// inspected.
func (w *watch) list(ctx context.Context) {
	filters := make(client.Filters)
	for id := range w.views {
		filters.Add("id", id)
	}
	found, err := w.engine.Containers.ContainerList(ctx, client.ContainerListOptions{Filters: filters})
	if err != nil {
		return // each is inspected
	}
	for _, c := range found.Items {
		if v := w.views[c.ID]; v != nil && begins(c) {
			v.begin(state{known: true, listed: true, status: container.StateRunning})
		}
	}
}

// run keeps a subscription until ctx ends.
func (w *watch) run(ctx context.Context) {
	lastReached := time.Now()
	for first := true; ctx.Err() == nil; first = false {
		switch {
		case w.subscribe(ctx, first):
			lastReached = time.Now()
		case time.Since(lastReached) > awayTime:
			w.away()
		}
		select {
		case <-ctx.Done():
		case <-time.After(renewTime):
		}
	}
}

// subscribe follows the events until they break off, which happens when an
// engine restarts. Every subscription but the first begins with an inspection of all containers;
// for the first one follow does that. It gives false when the engine
// could not be reached for it.
func (w *watch) subscribe(ctx context.Context, first bool) (reached bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream := w.engine.Containers.Events(ctx, client.EventsListOptions{Filters: w.filters()})
	if reached = first; first {
		close(w.subscribed)
	} else {
		for id := range w.views {
			reached = w.inspect(ctx, id) || reached
		}
	}
	for {
		select {
		case <-ctx.Done():
			return reached
		case <-stream.Err: //nolint:errcheck // for any error, the subscription is made again
			return reached
		case message := <-stream.Messages:
			w.inspect(ctx, message.Actor.ID)
		}
	}
}

// filters leaves out the events of devup's own exec calls.
func (w *watch) filters() client.Filters {
	filters := make(client.Filters).Add("type", "container").
		Add("event", "start", "die", "oom", "health_status", "destroy")
	for id := range w.views {
		filters.Add("container", id)
	}
	return filters
}

// inspect reads the state of a container. It returns false where there was nothing to
// inspect, or no engine to ask.
func (w *watch) inspect(ctx context.Context, id string) (reached bool) {
	v, ours := w.views[id]
	if !ours {
		return false
	}
	v.inspecting.Lock()
	defer v.inspecting.Unlock()
	result, err := w.engine.Containers.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	switch {
	case errdefs.IsNotFound(err):
		v.set(state{known: true, gone: true})
	case err == nil && result.Container.State != nil:
		v.set(stateOf(result.Container))
	}
	return !client.IsErrConnectionFailed(err)
}

// begin sets the state where none is known yet.
func (v *view) begin(s state) {
	v.inspecting.Lock()
	defer v.inspecting.Unlock()
	if !v.now().known {
		v.set(s)
	}
}

func (v *view) set(s state) {
	v.mu.Lock()
	v.state = s
	v.mu.Unlock()
	select {
	case v.changed <- struct{}{}:
	default: // a change is pending already
	}
}

func (v *view) now() state {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.state
}
