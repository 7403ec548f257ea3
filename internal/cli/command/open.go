package command

import (
	"context"
	"path/filepath"

	"github.com/devup-cli/devup/internal/session"
)

// Open opens a session for a command that works on what runs, which is known by its labels:
// the project's files may be broken or removed, and their variables need no values. It refuses names that are no services. The
// caller closes the session.
func (e *Env) Open(ctx context.Context, w session.Want, services []string) (*session.Session, error) {
	w.Project, w.Engine, w.Unset = session.Optional, session.Required, true
	s, err := session.Open(ctx, e.Env, w)
	if err != nil {
		return nil, err
	}
	if err := s.CheckServices(services); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Observe is [Env.Open] for a command that only looks at the containers of services.
func (e *Env) Observe(ctx context.Context, services ...string) (*session.Session, error) {
	return e.Open(ctx, session.Want{State: session.Containers}, services)
}

// Directory is the one that the only argument names, seen from that of -C; without one, that of -C.
func (e *Env) Directory(args []string) string {
	switch {
	case len(args) == 0:
		return e.Flags.Dir
	case filepath.IsAbs(args[0]):
		return args[0]
	}
	return filepath.Join(e.Flags.Dir, args[0])
}
