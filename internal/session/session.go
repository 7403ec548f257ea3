// Package session opens what a command works with. It alone knows in which order that is
// obtained:
//
//	workspace ∥ company network ∥ engine ∥ files found, name known
//	→ lock → files loaded, their images listed ∥ engine observed → name of this checkout
//
// [Open] gives a [Session], which does not change afterwards; [Want] says what a command
// needs of it. A session prints nothing but notes. It asks the user through the [Asker] of
// its [Env], and never while the lock is held.
package session

import (
	"context"
	"time"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/provider"
	"github.com/devup-cli/devup/internal/workspace"
)

// Need says how much a command depends on something.
type Need int

// Needs of a command.
const (
	No       Need = iota // not used
	Optional             // used where it can be had
	Required             // its absence is an error
)

// Scope says what a command observes on the engine.
type Scope int

// Scopes of an observation.
const (
	Nothing    Scope = iota
	Containers       // one request; those of networks and volumes too where no container is found
	Everything       // containers, networks and volumes: three requests
)

// Consent says which credentials of this machine a project gets.
type Consent int

// Kinds of consent.
const (
	NoCredentials Consent = iota
	Decided               // those that the user agreed to before, or a setting allows
	Asked                 // and those that the user agrees to now
)

// Want is what a command needs of a session. The zero value needs nothing.
type Want struct {
	Name     string // of the project, instead of what the user and the files say
	Project  Need
	Services []string       // select these and what they depend on; none for all
	NoDeps   bool           // with Services: these alone
	Scale    map[string]int // containers by service, instead of what the files say
	Unset    bool           // required variables may stay without a value
	Gateway  Gateway        // whether everything is served through one port

	// Check refuses a project before the engine is looked at; nil for no check.
	Check func(*project.Project) error

	Engine Need
	On     *engine.Engine // this one, instead of connecting; it is not closed
	Start  bool           // start an engine that is installed and does not run
	State  Scope          // what to observe on the engine
	Images bool           // list the images of the project that the engine has

	Workspace bool // ask the workspace for its URLs
	Egress    bool // read what this machine needs to reach the internet
	Lock      bool // let no other devup change the project until [Session.Unlock]
	Prepare   bool // get what a fresh clone lacks; asks the user

	Credentials Consent // which credentials of this machine the project gets; needs Egress
	Providers   bool    // ask the user which programs may run as providers
}

// Session is what a command works with. Fields that [Want] does not name are zero.
type Session struct {
	*Env
	Workspace workspace.Info  // with the tunnels that are open
	Egress    egress.Settings // with the credentials that the project may use
	Withheld  []string        // sentences about credentials that were withheld, because no user was there to ask
	Engine    *engine.Engine  // nil: none answers
	EngineErr error           // why, where the engine is optional

	Project    *project.Project // nil: its files cannot be read
	Unreadable error            // why, where the project is optional
	Name       string           // of the project on the engine
	State      observe.State    // what was observed of the whole engine
	Observed   observe.Project  // the project's part of State
	Images     images.Listing   // zero: not listed

	programs   map[string]provider.Consent // to run as providers
	want       Want
	locks      *locks
	background *background
}

// Open opens a session, for which the caller calls Close. The error is a [fail.Error] or
// the context's.
func Open(ctx context.Context, env *Env, want Want) (*Session, error) {
	preparer, options := env.Preparer(), env.ProjectOptions(ctx, want)
	for started := false; ; {
		s := &opening{Session: &Session{Env: env, want: want, locks: &locks{}, background: &background{}}, options: options}
		err := s.open(ctx, preparer)
		step := s.missing(preparer, err)
		if step == nil && err == nil && s.absent == nil {
			return s.Session, nil
		}
		s.Close() // nothing is asked while the lock is held
		switch {
		case step != nil:
			err = step(ctx)
		case err == nil && want.Start && !started:
			started, err = true, env.startEngine(ctx)
		case err == nil:
			err = s.absent
		}
		if err != nil {
			return nil, err
		}
		options = s.options // with the file that the user chose
	}
}

// opening is one attempt to open a session.
type opening struct {
	*Session
	options  project.Options
	observed time.Time         // when the engine was asked last
	requests []prepare.Request // credentials that the project would use
	absent   error             // why there is no engine, though one is required
}

// open opens the session once, in the order that the package says.
func (s *opening) open(ctx context.Context, p *prepare.Preparer) error {
	m := s.readMachine(ctx)
	defer m.stop()
	source, err := s.find(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.takeMachine(m) },
		func() error { return s.acquire(ctx, source) },
		func() error { return s.read(ctx, source) },
		func() error { return s.settleName(ctx, source) },
		func() error { return s.completeProject(ctx) },
		func() error { return s.allowCredentials(ctx, p) },
		func() error { s.allowPrograms(ctx, p); return nil },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// missing is the next thing to get before the project can start; nil for nothing. err is
// that of opening the session.
func (s *opening) missing(p *prepare.Preparer, err error) prepare.Step {
	loaded := s.Project
	if err != nil {
		loaded = nil // only what kept the project from being loaded counts
	}
	if s.want.Prepare {
		if step := p.Next(loaded, err); step != nil {
			return step
		}
	}
	if err != nil {
		return nil
	}
	if s.want.Credentials == Asked {
		if step := p.NextConsent(loaded, s.requests); step != nil {
			return step
		}
	}
	return s.nextProgram(p)
}

// Close lets other devups go on, waits for what runs in the background, and ends the connection
// to the engine. It may be called more than once.
func (s *Session) Close() {
	s.Unlock()
	s.background.wait()
	if s.Engine != nil && s.want.On == nil {
		_ = s.Engine.Close() // nothing is under way
	}
}
