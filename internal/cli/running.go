package cli

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/workspace"
)

// running is a project as it stands on the engine. Its files may be broken or
// gone: what runs is known by its labels.
type running struct {
	engine  *engine.Engine
	name    string
	look    observe.Project
	survey  observe.State
	glance  glance
	project *project.Project // nil when its files cannot be read
	broken  error            // why not
}

// glance is one way of looking at the engine. The name is that of the project, empty
// where it may depend on what is there.
type glance func(ctx context.Context, e *engine.Engine, name string) (observe.State, error)

// everything takes in containers, networks and volumes.
func everything(ctx context.Context, e *engine.Engine, _ string) (found observe.State, err error) {
	err = e.Limited(ctx, func(ctx context.Context) error {
		found, err = observe.Engine(ctx, e.Client)
		return err
	})
	return found, err
}

// containersOnly asks the engine as little as it can: one call.
func containersOnly(ctx context.Context, e *engine.Engine, name string) (found observe.State, err error) {
	err = e.Limited(ctx, func(ctx context.Context) error {
		found, err = observe.Containers(ctx, e.Client, name)
		return err
	})
	return found, err
}

// observe connects to the engine and looks at the project's containers there.
func (a *app) observe(ctx context.Context) (*running, error) { return a.observeBy(ctx, containersOnly) }

// observeBy connects to the engine and looks at the project there.
func (a *app) observeBy(ctx context.Context, g glance) (*running, error) {
	r := &running{glance: g}
	r.project, r.broken = a.load(ctx)
	if _, denied := r.broken.(*fail.Error); r.broken != nil && !denied { //nolint:errorlint // ctx errors and bugs are not wrapped
		return nil, r.broken
	}
	var err error
	r.engine, err = a.connect(ctx, false)
	switch {
	case err != nil && r.broken != nil && a.givenName() == "":
		return nil, r.broken // the nearer of two troubles
	case err != nil:
		return nil, err
	}
	if r.survey, err = g(ctx, r.engine, a.givenName()); err != nil {
		return nil, err
	}
	if r.project != nil && a.givenName() == "" && !r.survey.Complete && !slices.Contains(slices.Collect(maps.Values(r.survey.Owners)), r.project.WorkingDir) {
		// Nothing of it runs. Its networks or volumes may say under which name it did.
		if r.survey, err = everything(ctx, r.engine, ""); err != nil {
			return nil, err
		}
	}
	if r.project != nil {
		if r.project, err = a.checkout(ctx, r.project, r.survey, a.projectOptions()); err != nil {
			return nil, err
		}
	}
	if r.name, err = a.projectName(r, r.survey); err != nil {
		return nil, err
	}
	r.look = r.survey.Project(r.name)
	return r, nil
}

// onlyFiles is what the files say where no engine answers: nothing runs.
func (a *app) onlyFiles(ctx context.Context) (*running, error) {
	p, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	return &running{name: p.Name, project: p}, nil
}

// again looks once more, as the first time.
func (r *running) again(ctx context.Context) (err error) {
	if r.survey, err = r.glance(ctx, r.engine, r.name); err == nil {
		r.look = r.survey.Project(r.name)
	}
	return err
}

// checkout loads the project again when its name belongs to another folder.
func (a *app) checkout(ctx context.Context, p *project.Project, survey observe.State, o project.Options) (*project.Project, error) {
	if a.flags.name != "" || a.stdio.env("COMPOSE_PROJECT_NAME") != "" {
		return p, nil
	}
	owners := map[string]string{}
	for name, dir := range survey.Owners {
		if _, err := os.Stat(dir); err == nil { // a folder that is gone owns nothing
			owners[name] = dir
		}
	}
	git, err := os.Lstat(filepath.Join(p.WorkingDir, ".git"))
	worktree := err == nil && git.Mode().IsRegular()
	name := project.Checkout(p.Name, p.WorkingDir, worktree, owners)
	if name == p.Name {
		return p, nil
	}
	o.Name, o.Proof = name, p.Proof
	return project.Load(ctx, a.withAnswers(ctx, o))
}

// look looks at a project on the engine once more.
func look(ctx context.Context, e *engine.Engine, name string) (observe.Project, error) {
	survey, err := everything(ctx, e, "")
	return survey.Project(name), err
}

// projectName is the name by which the project's resources are labelled: what the
// person says, else what the files say, else that of the project that was started
// from this folder or one above.
func (a *app) projectName(r *running, survey observe.State) (string, error) {
	switch name := a.givenName(); {
	case r.project != nil:
		return r.project.Name, nil
	case name != "":
		return name, nil
	}
	byDir := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(survey.Owners)) {
		byDir[survey.Owners[name]] = append(byDir[survey.Owners[name]], name)
	}
	dir, err := filepath.Abs(a.flags.dir)
	if err != nil {
		return "", r.broken
	}
	for {
		switch names := byDir[dir]; len(names) {
		case 0:
		case 1:
			return names[0], nil
		default:
			return "", fail.Wrap(r.broken, fail.Usage, "say which with --project-name", "the projects %s were started in %s, and its files cannot be read", list(names), dir)
		}
		if dir == filepath.Dir(dir) {
			return "", r.broken
		}
		dir = filepath.Dir(dir)
	}
}

// givenName is the project name that the person gives, or empty.
func (a *app) givenName() string {
	if a.flags.name != "" {
		return a.flags.name
	}
	return a.stdio.env("COMPOSE_PROJECT_NAME")
}

// check refuses names that are no services, neither of the files nor of what runs.
func (r *running) check(services []string) error {
	known := r.services()
	for _, s := range services {
		if !slices.Contains(known, s) {
			e := fail.New(fail.UnknownService, "its services are "+list(known), "project %s has no service %q", r.name, s)
			e.Service = s
			return e
		}
	}
	return nil
}

// services are the names of the services that the files name or that run, sorted.
func (r *running) services() []string {
	var names []string
	if r.project != nil {
		names = slices.Clone(r.project.ServiceNames())
	}
	for _, c := range r.look.Containers {
		if !slices.Contains(names, c.Service) {
			names = append(names, c.Service)
		}
	}
	slices.Sort(names)
	return names
}

// known are the services that the files name, in active profiles or not; nil where the
// files do not say.
func (r *running) known() []string {
	if r.project == nil {
		return nil
	}
	names := []string{}
	for name := range r.project.AllServices() {
		names = append(names, name)
	}
	return names
}

// containers are those of the services, all without any, by service and number.
func (r *running) containers(services []string) []plan.Container {
	var found []plan.Container
	for _, name := range r.services() {
		if len(services) == 0 || slices.Contains(services, name) {
			found = append(found, r.look.Of(name)...)
		}
	}
	return found
}

// list names things in a sentence.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// state is a container's state in a word for people.
func state(c plan.Container) string {
	switch {
	case c.State == "running" && c.Health == "starting":
		return expose.Starting
	case c.State == "running" && c.Health == "unhealthy":
		return "unhealthy"
	case c.State == "exited":
		return "stopped"
	}
	return c.State
}

// states gives the state of each service that has containers: the best of theirs.
func states(containers []plan.Container) map[string]string {
	rank := map[string]int{expose.Running: 3, expose.Starting: 2, "unhealthy": 1}
	best := map[string]string{}
	for _, c := range containers {
		if c.OneOff {
			continue
		}
		if s := state(c); best[c.Service] == "" || rank[s] > rank[best[c.Service]] {
			best[c.Service] = s
		}
	}
	return best
}

// resolve puts the addresses of this place into a project, with the host ports that
// its containers have, or else those that its files ask for.
func (a *app) resolve(ctx context.Context, p *project.Project, place workspace.Place, containers []plan.Container, uid, gid int) *project.Project {
	ports := map[project.PortKey]int{}
	published := p.PublishedPorts()
	for _, wanted := range published {
		ports[wanted.Key()] = wanted.Wanted
	}
	maps.Copy(ports, a.keptPorts(ctx, p)) // what the next up takes
	maps.Copy(ports, up.Remembered(published, containers))
	if gate, gated := p.GatewayPort(); gated {
		ports[gate.Key()] = cmp.Or(p.Gateway.Now.Port, gate.Wanted)
	}
	return p.Resolve(ports, project.Where{URL: place.URL, HostIP: place.HostIP(), UID: uid, GID: gid})
}
