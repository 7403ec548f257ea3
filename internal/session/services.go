package session

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
)

// Services are the names of the services that the files name or that have containers,
// sorted.
func (s *Session) Services() []string {
	var names []string
	if s.Project != nil {
		names = slices.Clone(s.Project.ServiceNames())
	}
	for _, c := range s.Observed.Containers {
		if !slices.Contains(names, c.Service) {
			names = append(names, c.Service)
		}
	}
	slices.Sort(names)
	return names
}

// CheckServices refuses names that are no services, neither of the files nor of what runs.
func (s *Session) CheckServices(names []string) error {
	known := s.Services()
	for _, name := range names {
		switch {
		case slices.Contains(known, name):
		case slices.Contains(s.Declared(), name):
			return project.NoService(s.Project, name)
		default:
			return project.UnknownService(s.Name, name, known)
		}
	}
	return nil
}

// knownServices refuses numbers for services that are not part of the project.
func knownServices(p *project.Project, scale map[string]int) error {
	for _, name := range slices.Sorted(maps.Keys(scale)) {
		if _, ok := p.Services[name]; !ok {
			return project.NoService(p, name)
		}
	}
	return nil
}

// Declared are the services that the files name, in active profiles or not; nil where the
// files do not say.
func (s *Session) Declared() []string {
	if s.Project == nil {
		return nil
	}
	return slices.AppendSeq([]string{}, maps.Keys(s.Project.AllServices()))
}

// RemovesOrphans tells whether the environment, or an env file of the project, asks to remove
// orphans.
func RemovesOrphans(s *Session) bool { return IsOn(s.Env, s.Project, "COMPOSE_REMOVE_ORPHANS") }

// IsOn tells whether a variable is true in the environment, or else in an env file of the project,
// which may be nil.
func IsOn(e *Env, p *project.Project, variable string) bool {
	text := e.Getenv(variable)
	if text == "" && p != nil {
		text = p.Environment[variable]
	}
	on, err := strconv.ParseBool(text)
	return err == nil && on
}

// Meant is the part of the project that a command acts on which names these services; without
// any, that of the services which the files name. Others of the same project may have come
// from other files.
func (s *Session) Meant(services []string) plan.Observed {
	meant, declared := s.Observed.Observed, s.Declared()
	if len(services) == 0 && declared != nil {
		meant.Containers = slices.DeleteFunc(slices.Clone(meant.Containers), func(c plan.Container) bool {
			return !slices.Contains(declared, c.Service)
		})
	}
	return meant
}

// Containers are those of the services, of all without any, by service and number.
func (s *Session) Containers(services []string) []plan.Container {
	var found []plan.Container
	for _, name := range s.Services() {
		if len(services) == 0 || slices.Contains(services, name) {
			found = append(found, s.Observed.Of(name)...)
		}
	}
	return found
}

// Files are what the project's files say; nil where they cannot be read.
func (s *Session) Files() *types.Project {
	if s.Project == nil {
		return nil
	}
	return s.Project.Project
}

// Refresh is the session with the engine observed again.
func (s *Session) Refresh(ctx context.Context) (*Session, error) {
	now := *s
	var err error
	if now.State, err = observeEngine(ctx, s.Engine, s.want.State, s.Name); err != nil {
		return nil, err
	}
	now.Observed = now.State.Project(s.Name)
	return &now, nil
}

// With is the session with another project, of the same name.
func (s *Session) With(p *project.Project) *Session {
	with := *s
	with.Project = p
	return &with
}

// Reporting is the session whose work reports to another sink.
func (s *Session) Reporting(sink event.Sink) *Session {
	with, env := *s, *s.Env
	env.Sink, with.Env = sink, &env
	return &with
}

// Probes are how the containers of the services, of all without any, show that they are ready. The
// project's files can be read.
func Probes(ctx context.Context, s *Session, services []string) []ready.Probe {
	ids := map[string]map[int]string{}
	for _, c := range s.Containers(services) {
		if ids[c.Service] == nil {
			ids[c.Service] = map[int]string{}
		}
		ids[c.Service][c.Number] = c.ID
	}
	return ready.Probes(s.Resolved(ctx, 0, 0), ids)
}
