package cli

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/up"
)

// glimpse is a first look at the engine, taken while the project is read. Where it
// fails, the work is done again in its turn, and that says why.
type glimpse struct {
	group     errgroup.Group
	cancel    context.CancelFunc
	connected chan struct{} // closed when machine, engine and err are there
	found     up.Target
	engine    *engine.Engine
	err       error

	began  time.Time // when the look began
	survey observe.State
	missed error // why there is no survey
	passed bool  // somebody looked again, because this look did not count any more
}

// fresh is how long a look counts.
const fresh = 2 * time.Second

// glimpse begins the look. The caller calls end.
func (a *app) glimpse(ctx context.Context) *glimpse {
	g := &glimpse{connected: make(chan struct{})}
	ctx, g.cancel = context.WithCancel(ctx)
	g.group.Go(func() error {
		g.found, g.engine, g.err = a.machineOf(ctx, false)
		close(g.connected)
		if g.err != nil {
			return nil
		}
		g.began = time.Now()
		g.survey, g.missed = everything(ctx, g.engine, "")
		return nil
	})
	return g
}

// end calls the look off and waits until it is over.
func (g *glimpse) end() {
	g.cancel()
	_ = g.group.Wait() // the errors are in the fields
}

// machine is the machine with its engine, which is started where that is possible.
func (g *glimpse) machine(ctx context.Context, a *app) (up.Target, *engine.Engine, error) {
	<-g.connected
	if g.err != nil && ctx.Err() == nil {
		return a.machineOf(ctx, true)
	}
	return g.found, g.engine, g.err
}

// images asks for the project's images while the look is still under way. What goes
// wrong is found again by who needs it.
func (g *glimpse) images(ctx context.Context, p *project.Project) images.Listing {
	<-g.connected
	if g.err != nil {
		return images.Listing{}
	}
	var listing images.Listing
	err := g.engine.Limited(ctx, func(ctx context.Context) (err error) {
		listing, err = g.found.Images.List(ctx, p)
		return err
	})
	if err != nil {
		return images.Listing{}
	}
	return listing
}

// look is what the look found, or a new one where that is older than changed.
func (g *glimpse) look(ctx context.Context, e *engine.Engine, changed time.Time) (observe.State, error) {
	_ = g.group.Wait() // the errors are in the fields
	if g.engine == e && fail.CodeOf(g.missed) == fail.NoEngine && ctx.Err() == nil {
		return observe.State{}, g.missed // a second look would wait as long again
	}
	old := time.Since(g.began) > fresh // a person was asked something meanwhile
	if g.engine != e || g.missed != nil || !g.began.After(changed) || old {
		return g.anew(ctx, e)
	}
	return g.survey, nil
}

// anew looks again: what was seen before is past.
func (g *glimpse) anew(ctx context.Context, e *engine.Engine) (observe.State, error) {
	g.passed = true
	return everything(ctx, e, "")
}
