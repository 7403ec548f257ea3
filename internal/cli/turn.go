package cli

import (
	"context"
	"path/filepath"
	"time"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/project"
)

// turn waits until no other devup of this person changes the project on the engine.
func (a *app) turn(ctx context.Context, e *engine.Engine, name string) (lock.Held, error) {
	dir := a.stateDir()
	if dir != "" {
		dir = filepath.Join(dir, "locks")
	}
	held, err := lock.Take(ctx, dir, e.Endpoint, name, func() {
		a.note("another devup is working on project " + name + "; waiting until it is done")
	})
	if err == nil && held.Killed {
		held.Waited = true // what was seen before may have changed
		if err = observe.WaitStable(ctx, e.Client, name); err != nil {
			held.Release()
		}
	}
	return held, err
}

// observeInTurn is [app.observe] for a command that changes what it sees. The caller
// releases the lock.
func (a *app) observeInTurn(ctx context.Context, g glance) (*running, lock.Held, error) {
	r, err := a.observeBy(ctx, g)
	if err != nil {
		return nil, lock.Held{}, err
	}
	held, err := a.turn(ctx, r.engine, r.name)
	if err == nil && held.Waited {
		err = r.again(ctx)
	}
	if err != nil {
		held.Release()
		return nil, lock.Held{}, err
	}
	return r, held, nil
}

// surveyInTurn looks at the engine when it is the project's turn, and finds out under
// which name this checkout goes there. The caller calls release, which may be called
// more than once.
func (a *app) surveyInTurn(ctx context.Context, e *engine.Engine, p *project.Project, selection project.Options, before *glimpse) (survey observe.State, own *project.Project, release func(), err error) {
	first, err := a.turn(ctx, e, p.Name)
	if err != nil {
		return survey, nil, nil, err
	}
	second := lock.Held{}
	release = func() { first.Release(); second.Release() }
	changed := first.Changed
	if first.Waited {
		changed = time.Now()
	}
	if survey, err = before.look(ctx, e, changed); err == nil {
		own, err = a.checkout(ctx, p, survey, selection)
	}
	if err == nil && own.Name != p.Name {
		second, err = a.turn(ctx, e, own.Name)
		if err == nil && (second.Waited || second.Changed.After(before.began)) {
			survey, err = before.anew(ctx, e)
		}
	}
	if err != nil {
		release()
		return survey, nil, nil, err
	}
	return survey, own, release, nil
}
