package dashboardcmd

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/workspace"
)

// source is what the dashboard shows of an engine. It is safe for concurrent use.
type source struct {
	env      *command.Env
	readOnly bool

	mu        sync.Mutex
	engine    *engine.Engine // nil until one answered
	details   map[key]detail
	built     map[string]built
	verdicts  map[key]*verdict
	ports     map[int]workspace.Visibility // of the workspace
	portsRead time.Time
	changed   func() // has the state read again; nil before a page is opened
}

func newSource(env *command.Env, readOnly bool) *source {
	return &source{env: env, readOnly: readOnly, details: map[key]detail{}, built: map[string]built{}, verdicts: map[key]*verdict{}}
}

// connect gives the engine, to which there is one connection.
func (s *source) connect(ctx context.Context) (*engine.Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine != nil {
		return s.engine, nil
	}
	opened, err := session.Open(ctx, s.env.Env, session.Want{Engine: session.Required})
	if err != nil {
		return nil, err
	}
	s.engine = opened.Engine // it stays open as long as the process
	return s.engine, nil
}

// observe gives what all projects have on the engine.
func (s *source) observe(ctx context.Context) (*session.Session, error) {
	on, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	return session.Open(ctx, s.env.Env, session.Want{Engine: session.Required, On: on, State: session.Containers})
}

// parallel is how many projects are read at a time.
const parallel = 4

// State is all projects with their services.
func (s *source) State(ctx context.Context) (dashboard.State, error) {
	all, err := s.observe(ctx)
	if err != nil {
		return dashboard.State{}, err
	}
	defer all.Close()
	names := all.State.Names()
	found := dashboard.State{
		Version: s.env.Version.Version, Engine: all.Engine.Endpoint, Home: s.env.Home(), ReadOnly: s.readOnly,
		Projects: make([]dashboard.Project, len(names)),
	}
	for _, run := range session.FailedRuns(s.env.Env, all.Engine, time.Now().Add(-failureShown)) {
		if !slices.Contains(names, run.Project) && !checkout.Removed(run.Dir) {
			found.Projects = append(found.Projects, failedProject(run))
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, name := range names {
		group.Go(func() (err error) {
			found.Projects[i], err = s.project(ctx, all, name)
			return err
		})
	}
	return found, group.Wait()
}

// failureShown is how long a project is shown whose last start failed before it had a container.
const failureShown = 24 * time.Hour

// failedProject is a project of which there is nothing but a run that failed.
func failedProject(run history.Run) dashboard.Project {
	p := dashboard.Project{Name: run.Project, Dir: run.Dir, URLs: []dashboard.URL{}, Services: []dashboard.Service{}, Failures: []json.RawMessage{}}
	for _, f := range failuresOf(run) {
		p.Failures = append(p.Failures, f.text)
	}
	return p
}

// Changes reports what happens to containers of projects.
func (s *source) Changes(ctx context.Context, changed func()) error {
	on, err := s.connect(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.changed = changed
	s.mu.Unlock()
	s.forget("") // what happened while nothing was read
	stream := on.Client.Events(ctx, client.EventsListOptions{
		Filters: client.Filters{}.Add("type", string(events.ContainerEventType)).Add("label", plan.LabelProject),
	})
	for {
		select {
		case m := <-stream.Messages:
			if !strings.HasPrefix(string(m.Action), "exec_") { // as healthchecks are
				s.forget(m.Actor.ID)
				changed()
			}
		case err := <-stream.Err:
			return err
		}
	}
}

// poke has the state read again, if a page is open.
func (s *source) poke() {
	s.mu.Lock()
	changed := s.changed
	s.mu.Unlock()
	if changed != nil {
		changed()
	}
}

// in is the environment for a project: its directory, its files, its name, as its containers have them
// or the run that failed to make some.
func (s *source) in(all *session.Session, name string) (*session.Env, error) {
	env := *s.env.Env
	env.Sink, env.Asker = nil, nil
	env.Flags = session.Flags{Name: name, Dir: all.State.Owners[name], Files: filesOf(all.State, name)}
	if !slices.Contains(all.State.Names(), name) {
		run, ok := session.Runs(s.env.Env, all.Engine, name).Last()
		if !ok {
			return nil, fail.New(fail.NoProject, "", "no project %q has containers here", name)
		}
		env.Flags.Dir, env.Flags.Files = run.Dir, run.Files
	}
	env.Flags.Root = env.Flags.Dir
	return session.NewEnv(env), nil
}

// filesOf are the config files of a project, by the labels of its containers.
func filesOf(state observe.State, name string) []string {
	for _, c := range state.Summaries(name) {
		if files := c.Labels[plan.LabelFiles]; files != "" {
			return strings.Split(files, ",")
		}
	}
	return nil
}

// open opens the session of one project.
func (s *source) open(ctx context.Context, env *session.Env, w session.Want) (*session.Session, error) {
	on, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	w.Engine, w.On, w.State, w.Unset = session.Required, on, session.Containers, true
	if dir := env.Flags.Dir; dir == "" || checkout.Removed(dir) {
		w.Project, w.Name, w.Gateway = session.No, env.Flags.Name, session.GatewayUnused
	}
	return session.Open(ctx, env, w)
}

// find opens the session of a project that a page named.
func (s *source) find(ctx context.Context, name string, w session.Want) (*session.Session, error) {
	all, err := s.observe(ctx)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	env, err := s.in(all, name)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, env, w)
}

// problem is an error as one sentence.
func problem(err error) string {
	if e, ok := errors.AsType[*fail.Error](err); ok {
		return e.Error()
	}
	return err.Error()
}
