package session

import (
	"context"
	"sync"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/observe"
)

// locks are the lock that a session holds, shared by its copies.
type locks struct {
	mu   sync.Mutex
	held lock.Held
	name string // of the project that it is for; empty for none
}

// replace releases the lock that is held and holds that of a project.
func (l *locks) replace(name string, with lock.Held) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held.Release()
	l.held, l.name = with, name
}

// of tells whether the lock of a project is held.
func (l *locks) of(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.name == name
}

// background is work that goes on after a command has its result, shared by the copies of a
// session.
type background struct {
	mu    sync.Mutex
	waits []func()
}

// add notes work by the function that waits for it.
func (b *background) add(wait func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waits = append(b.waits, wait)
}

// wait waits for all of it.
func (b *background) wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, wait := range b.waits {
		wait()
	}
}

// Acquire waits until no other devup of this user changes a project on an engine, and
// until the engine has done what a killed one asked of it.
func (e *Env) Acquire(ctx context.Context, on *engine.Engine, name string) (lock.Held, error) {
	held, err := lock.Acquire(ctx, e.stateSubdir("locks"), on.Endpoint, name, func() {
		e.Note("another devup is working on project " + name + "; waiting until it is done")
	})
	if err == nil && held.Killed {
		held.Contended = true // what was observed before may have changed
		if err = observe.WaitStable(ctx, on.Client, name); err != nil {
			held.Release()
		}
	}
	return held, err
}

// Unlock lets other devups change the project. It may be called more than once.
func (s *Session) Unlock() { s.locks.replace("", lock.Held{}) }

// Relock is the session with the lock that [Session.Unlock] released, and with the engine observed
// again.
func Relock(ctx context.Context, s *Session) (*Session, error) {
	held, err := s.Acquire(ctx, s.Engine, s.Name)
	if err != nil {
		return nil, err
	}
	s.locks.replace(s.Name, held)
	now, err := s.Refresh(ctx)
	if err == nil {
		now.Images = images.Listing{}
	}
	return now, err
}
