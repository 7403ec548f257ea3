package dashboardcmd

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/workspace"
)

// project is one project with what its services answer now.
func (s *source) project(ctx context.Context, all *session.Session, name string) (dashboard.Project, error) {
	p := dashboard.Project{Name: name, Dir: all.State.Owners[name], URLs: []dashboard.URL{}, Services: []dashboard.Service{}, Failures: []json.RawMessage{}}
	p.DirGone = p.Dir != "" && checkout.Removed(p.Dir)
	env, err := s.in(all, name)
	if err != nil {
		return p, err
	}
	opened, err := s.open(ctx, env, withURLs)
	if err != nil {
		if ctx.Err() != nil {
			return p, err
		}
		p.Problem = problem(err)
		return p, nil
	}
	defer opened.Close()
	if opened.Unreadable != nil {
		p.Problem = problem(opened.Unreadable)
	}
	v := view{source: s, session: opened}
	if opened.Project != nil {
		v.resolved = session.ResolvedAsRunning(ctx, opened)
		v.rows = expose.Table(v.resolved, opened.Workspace, show.States(opened.Observed.Containers))
		v.visible = s.visibilities(ctx, session.PortControl(opened))
		v.findings = show.Answers(ctx, opened, func(c plan.Container) bool { return c.State == "running" })
	}
	p.URLs = v.urls(project.GatewayName)
	for _, service := range opened.Services() {
		p.Services = append(p.Services, v.service(ctx, service))
	}
	p.Failures = append(p.Failures, v.failures(ctx, p.Services)...)
	return p, nil
}

// view is one project while it is read.
type view struct {
	source   *source
	session  *session.Session
	resolved *project.Project // nil where the files cannot be read
	rows     []expose.Row
	findings []ready.Finding
	visible  map[int]workspace.Visibility // of ports in a workspace
}

// withURLs is a project with the URLs that its services have now.
var withURLs = session.Want{Project: session.Optional, Workspace: true, Gateway: session.GatewayAsConfigured}

// service is one service as it is now.
func (v *view) service(ctx context.Context, name string) dashboard.Service {
	s := dashboard.Service{Name: name, URLs: v.urls(name), Containers: []dashboard.Container{}, DependsOn: []dashboard.Dependency{}, Wiring: []dashboard.Wire{}, Setup: []string{}}
	containers := v.session.Containers([]string{name})
	s.State = cmp.Or(show.States(containers)[name], expose.NotRunning)
	for _, c := range containers {
		d := v.source.detail(ctx, c)
		s.Containers = append(s.Containers, dashboard.Container{Name: c.Name, ID: c.ID, State: show.State(c), Started: d.started, Restarts: d.restarts})
		s.Cause, s.Image = cmp.Or(s.Cause, strings.TrimPrefix(c.Cause, plan.NotCreated)), cmp.Or(s.Image, d.image)
		if s.Built == nil {
			s.Built = v.source.imageTime(ctx, c.Image)
		}
		v.judge(&s, c, d)
	}
	if v.resolved != nil {
		v.relations(&s)
		for _, step := range v.resolved.Extensions[name].Setup {
			s.Setup = append(s.Setup, step.Name)
		}
	}
	return s
}

// portsTime is how long the visibility of ports is taken for known: the program of a workspace takes seconds to list them.
const portsTime = 20 * time.Second

// visibilities are those of the ports of the workspace, as they were known last. They are read in the background.
func (s *source) visibilities(ctx context.Context, control workspace.Control) map[int]workspace.Visibility {
	s.mu.Lock()
	defer s.mu.Unlock()
	if control.List != nil && time.Since(s.portsRead) > portsTime {
		s.portsRead = time.Now()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), portsTime)
		go func() {
			defer cancel()
			s.readPorts(limited, control)
		}()
	}
	return s.ports
}

// readPorts asks the workspace which ports are public.
func (s *source) readPorts(ctx context.Context, control workspace.Control) {
	if control.List == nil {
		return
	}
	listed, err := control.List(ctx)
	if err != nil {
		return // as it was known before
	}
	ports := map[int]workspace.Visibility{}
	for _, p := range listed {
		ports[p.Number] = p.Visibility
	}
	s.mu.Lock()
	changed := !maps.Equal(ports, s.ports)
	s.ports = ports
	s.mu.Unlock()
	if changed {
		s.poke()
	}
}

// startTime is how long a service may take until it answers, before that is a failure.
const startTime = 90 * time.Second

// judge says how a service is, by one of its containers and what that answers.
func (v *view) judge(s *dashboard.Service, c plan.Container, d detail) {
	young := d.started != nil && time.Since(*d.started) < startTime
	finding := slices.IndexFunc(v.findings, func(f ready.Finding) bool { return f.Service == c.Service && f.Number == c.Number })
	switch {
	case c.State == string(container.StateExited) && d.exit == 0:
		s.State, s.Evidence = "completed", "ended with exit code 0"
		if d.stopped {
			s.State, s.Evidence = "stopped", ""
		}
	case c.State == string(container.StateExited) && d.stopped:
		s.State = "stopped"
	case c.State == string(container.StateExited), c.State == string(container.StateDead):
		s.State, s.Evidence, s.Bad = expose.Failed, "exit code "+d.code(), true
	case c.State == string(container.StateRestarting):
		s.State, s.Evidence, s.Bad = "restarting", "exit code "+d.code(), true
	case c.State != string(container.StateRunning):
	case c.Health == "unhealthy":
		s.Bad, s.Evidence = true, strings.TrimSuffix("its healthcheck fails: "+d.check, ": ")
	case finding >= 0:
		f := v.findings[finding]
		s.Evidence = f.Text
		if !f.Answers && young {
			s.State = expose.Starting
		} else if !f.Answers {
			s.Bad = true
		}
	case c.Health == "healthy":
		s.Evidence = "its healthcheck passes"
	}
}

// urls are the addresses of a service, or of the gateway.
func (v *view) urls(service string) []dashboard.URL {
	urls := []dashboard.URL{}
	for _, r := range v.rows {
		if r.Service != service {
			continue
		}
		u := dashboard.URL{Text: cmp.Or(r.URL, r.Address, "a free port, once it runs"), Link: r.URL, Port: r.Port, Public: r.Public, Access: string(r.Access)}
		if u.Link != "" && !r.Tunneled() {
			u.Visibility = string(v.visible[r.Port])
		}
		urls = append(urls, u)
	}
	return urls
}

// relations are what a service depends on, and which of its variables hold the addresses of others.
func (v *view) relations(s *dashboard.Service) {
	service := v.resolved.Services[s.Name]
	for name, d := range service.DependsOn {
		s.DependsOn = append(s.DependsOn, dashboard.Dependency{Service: name, Condition: strings.ReplaceAll(strings.TrimPrefix(d.Condition, "service_"), "_", " ")})
	}
	slices.SortFunc(s.DependsOn, func(a, b dashboard.Dependency) int { return strings.Compare(a.Service, b.Service) })
	for variable, value := range service.Environment {
		if value == nil {
			continue
		}
		if other := v.addressed(*value); other != "" && other != s.Name {
			s.Wiring = append(s.Wiring, dashboard.Wire{Variable: variable, Service: other})
		}
	}
	slices.SortFunc(s.Wiring, func(a, b dashboard.Wire) int { return strings.Compare(a.Variable, b.Variable) })
}

// addressed is the service whose address a value is; empty for none.
func (v *view) addressed(value string) string {
	if _, known := v.resolved.Services[value]; known {
		return value
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return ""
	}
	if _, known := v.resolved.Services[u.Hostname()]; known {
		return u.Hostname()
	}
	for _, r := range v.rows {
		if at, err := url.Parse(r.URL); err == nil && at.Host != "" && at.Host == u.Host {
			return r.Service
		}
	}
	return ""
}

// detail is what only an inspection says of a container.
type detail struct {
	started  *time.Time
	restarts int
	exit     int
	stopped  bool   // from outside: it ended as one does that was told to
	check    string // what the last failed healthcheck printed
	image    string // the name that it was created with
}

func (d detail) code() string { return strconv.Itoa(d.exit) }

// key is a container in a state: what is known of it holds as long as that is the same.
type key struct {
	id, state, health string
	exit              int
}

func keyOf(c plan.Container) key { return key{c.ID, c.State, c.Health, c.ExitCode} }

// detail inspects a container, once until something happens to it.
func (s *source) detail(ctx context.Context, c plan.Container) detail {
	s.mu.Lock()
	known, ok := s.details[keyOf(c)]
	on := s.engine
	s.mu.Unlock()
	if ok {
		return known
	}
	inspected, err := on.Client.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err != nil || inspected.Container.State == nil {
		return detail{exit: c.ExitCode, image: c.Image}
	}
	d := detailOf(inspected.Container)
	s.mu.Lock()
	s.details[keyOf(c)] = d
	s.mu.Unlock()
	return d
}

// Exit codes of programs that were ended by a signal of `stop`: the engine adds 128.
const (
	interrupted = 128 + 2
	killed      = 128 + 9
	terminated  = 128 + 15
)

func detailOf(c container.InspectResponse) detail {
	d := detail{restarts: c.RestartCount, exit: c.State.ExitCode}
	d.stopped = !c.State.OOMKilled && slices.Contains([]int{interrupted, killed, terminated}, d.exit)
	if at, err := time.Parse(time.RFC3339Nano, c.State.StartedAt); err == nil && !at.IsZero() {
		d.started = &at
	}
	if c.Config != nil {
		d.image = c.Config.Image
	}
	if c.State.Health != nil {
		for _, l := range slices.Backward(c.State.Health.Log) {
			if l != nil && l.ExitCode != 0 {
				d.check, _, _ = strings.Cut(strings.TrimSpace(l.Output), "\n")
				break
			}
		}
	}
	return d
}

// built is when an image was made.
type built struct{ at *time.Time }

// imageTime asks when an image was made, once.
func (s *source) imageTime(ctx context.Context, id string) *time.Time {
	s.mu.Lock()
	known, ok := s.built[id]
	on := s.engine
	s.mu.Unlock()
	if ok || id == "" {
		return known.at
	}
	inspected, err := on.Client.ImageInspect(ctx, id)
	if err != nil {
		return nil
	}
	if at, err := time.Parse(time.RFC3339Nano, inspected.Created); err == nil {
		known.at = &at
	}
	s.mu.Lock()
	s.built[id] = known
	s.mu.Unlock()
	return known.at
}

// forget drops what is known of a container to which something happened, or with an empty ID of all.
func (s *source) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.details, func(k key, _ detail) bool { return id == "" || k.id == id })
	maps.DeleteFunc(s.verdicts, func(k key, _ *verdict) bool { return id == "" || k.id == id })
}
