package up

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/packages"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
)

// steps is an engine that keeps what plans make, so that a second run sees what the
// first one did. It notes each step.
type steps struct {
	mu         sync.Mutex
	containers []container.Summary
	networks   []network.Summary
	volumes    []volume.Volume
	log        []string

	refused     map[int]int      // host ports that containers cannot have, and how often
	removable   chan struct{}    // closed when volumes can be removed; nil for at once
	uninstalled map[string]error // services whose packages cannot be installed
	broken      map[string]error // services whose containers cannot be made
	unready     map[string]error // services that do not become ready
	setupFails  map[string]error // setup steps that fail, by title
	onApply     func()           // called before a plan is carried out
	made        int
}

func (e *steps) note(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log = append(e.log, fmt.Sprintf(format, args...))
}

// taken gives the steps since the last call of it.
func (e *steps) taken() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	log := strings.Join(e.log, "\n")
	e.log = nil
	return log
}

// lists are what a run lists, which is a step.
type lists struct{ *steps }

func (e lists) ContainerList(ctx context.Context, o client.ContainerListOptions) (client.ContainerListResult, error) {
	e.note("observe")
	return e.steps.ContainerList(ctx, o)
}

func (e *steps) ContainerList(context.Context, client.ContainerListOptions) (client.ContainerListResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return client.ContainerListResult{Items: slices.Clone(e.containers)}, nil
}

func (e *steps) NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return client.NetworkListResult{Items: slices.Clone(e.networks)}, nil
}

func (e *steps) VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return client.VolumeListResult{Items: slices.Clone(e.volumes)}, nil
}

func (e *steps) Install(_ context.Context, w packages.Work) error {
	var errs []error
	for _, i := range w.Missing() {
		e.note("install packages of %s", i.Service)
		errs = append(errs, e.uninstalled[i.Service])
	}
	return errors.Join(errs...)
}

func (e *steps) Apply(ctx context.Context, p *types.Project, todo *plan.Plan, o run.Options) (*run.Result, error) {
	if e.onApply != nil {
		e.onApply()
	}
	result := &run.Result{IDs: map[string]map[int]string{}}
	done, errs := map[int]bool{}, []error{}
	for i, op := range todo.Ops {
		if ctx.Err() != nil {
			return result, context.Cause(ctx)
		}
		if slices.ContainsFunc(op.After, func(i int) bool { return !done[i] }) {
			continue
		}
		if op.Action == plan.RemoveVolume && e.removable != nil {
			<-e.removable
		}
		if op.Action != plan.Await {
			e.note("%s %s", op.Action, op.Name)
		}
		id, err := e.do(p, op, o)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if done[i] = true; id != "" {
			if result.IDs[op.Service] == nil {
				result.IDs[op.Service] = map[int]string{}
			}
			result.IDs[op.Service][op.Number] = id
		}
	}
	return result, errors.Join(errs...)
}

// do carries out one operation; the ID is that of a container that runs now.
func (e *steps) do(p *types.Project, op plan.Op, o run.Options) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	labels := maps.Clone(op.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[plan.LabelProject] = p.Name
	switch op.Action {
	case plan.CreateNetwork:
		labels[plan.LabelNetwork] = op.Key
		e.networks = append(e.networks, network.Summary{Network: network.Network{ID: op.Name, Name: op.Name, Labels: labels}})
	case plan.CreateVolume:
		labels[plan.LabelVolume] = op.Key
		maps.Copy(labels, p.Volumes[op.Key].Labels)
		e.volumes = append(e.volumes, volume.Volume{Name: op.Name, Labels: labels})
	case plan.RemoveVolume:
		e.volumes = slices.DeleteFunc(e.volumes, func(v volume.Volume) bool { return v.Name == op.Name })
	case plan.Remove:
		e.containers = slices.DeleteFunc(e.containers, func(c container.Summary) bool { return c.ID == op.Old.ID })
	case plan.Start:
		for i, c := range e.containers {
			if c.ID == op.Old.ID {
				e.containers[i].State = container.StateRunning
			}
		}
		return op.Old.ID, nil
	case plan.Create, plan.Recreate:
		return e.create(p, op, o, labels)
	default:
	}
	return "", nil
}

func (e *steps) create(p *types.Project, op plan.Op, o run.Options, labels map[string]string) (string, error) {
	s := p.Services[op.Service]
	if err := e.broken[op.Service]; err != nil {
		return "", err
	}
	e.made++
	c := container.Summary{
		ID: fmt.Sprintf("%s#%d", op.Name, e.made), Names: []string{"/" + op.Name}, State: container.StateRunning,
		ImageID: o.Images[plan.ImageName(p, s)], Labels: labels,
	}
	labels[plan.LabelService], labels[plan.LabelNumber], labels[plan.LabelInputs] = s.Name, strconv.Itoa(op.Number), o.Inputs[s.Name]
	for _, port := range s.Ports {
		public, _ := strconv.Atoi(port.Published)
		if e.refused[public] > 0 {
			e.refused[public]--
			failure := fail.Wrap(&run.TakenPort{Port: public}, fail.PortTaken, "", "%s cannot have port %d", s.Name, public)
			failure.Service, failure.CauseShown = s.Name, true
			return "", failure
		}
		c.Ports = append(c.Ports, container.PortSummary{PrivatePort: uint16(port.Target), PublicPort: uint16(public), Type: port.Protocol}) //nolint:gosec // ports of a test
	}
	for _, v := range s.Volumes {
		if named, ok := p.Volumes[v.Source]; ok {
			c.Mounts = append(c.Mounts, container.MountPoint{Type: "volume", Name: named.Name, Destination: v.Target})
		}
	}
	c.NetworkSettings = &container.NetworkSettingsSummary{Networks: map[string]*network.EndpointSettings{}}
	for key := range s.Networks {
		name := p.Networks[key].Name
		c.NetworkSettings.Networks[name] = &network.EndpointSettings{NetworkID: name}
	}
	e.containers = slices.DeleteFunc(e.containers, func(other container.Summary) bool { return other.ID == op.Old.ID })
	e.containers = append(e.containers, c)
	return c.ID, nil
}

func (e *steps) Wait(ctx context.Context, probes []ready.Probe, _ ready.Options) error {
	var names []string
	var errs []error
	for _, p := range probes {
		name := p.Service
		if p.WasReady {
			name += " (was ready)"
		}
		names = append(names, name)
		errs = append(errs, e.unready[p.Service])
	}
	e.note("wait for %s", strings.Join(names, ", "))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(errs...)
}

func (e *steps) SetUp(_ context.Context, w setup.Work, _ run.Options) error {
	var errs []error
	for _, s := range w.Steps {
		e.note("set up %s in %s", s.Title(), w.Containers[s.Service])
		errs = append(errs, e.setupFails[s.Title()])
	}
	return errors.Join(errs...)
}

// fixture is a project in a workspace, with an engine that has nothing yet.
type fixture struct {
	dir    string
	engine *steps
	images *fakeengine.Images
	runner Runner
	mu     sync.Mutex
	said   []string // what services were reported to be, and notes
}

func newFixture(t *testing.T, archive string) *fixture {
	t.Helper()
	f := &fixture{
		dir: t.TempDir(), engine: &steps{refused: map[int]int{}, broken: map[string]error{}, unready: map[string]error{}},
		images: &fakeengine.Images{Registry: map[string]string{"postgres:16": fakeengine.ID("postgres"), "redis:7": fakeengine.ID("redis")}},
	}
	f.write(t, archive)
	state := t.TempDir()
	f.runner = Runner{
		Engine: Engine{lists{f.engine}, f.engine, f.engine, f.engine, f.engine}, Remote: true, StateDir: state, Sink: f.note, // remote: no port of this machine is tried
		Images: images.Store{Engine: f.images, Builder: f.images, StateDir: state, Build: build.Options{}},
		Owner:  func(context.Context) (int, int, error) { return 1000, 1000, nil },
	}
	return f
}

func (f *fixture) note(e event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Kind == event.Service || e.Kind == event.Note {
		f.said = append(f.said, strings.TrimSpace(e.Name+" "+e.Text))
	}
}

func (f *fixture) write(t *testing.T, archive string) {
	t.Helper()
	writeFiles(t, f.dir, archive)
}

// run loads the project and takes it to URLs.
func (f *fixture) run(ctx context.Context, t *testing.T, o Options) (*Outcome, error) {
	t.Helper()
	outcome, err := f.begin(ctx, t, o)
	outcome.WaitCleanup()
	return outcome, err
}

// begin is [fixture.run] without the wait for what goes on in the background.
func (f *fixture) begin(ctx context.Context, t *testing.T, o Options) (*Outcome, error) {
	t.Helper()
	p, err := project.Load(t.Context(), project.Options{Dir: f.dir})
	if err != nil {
		t.Fatal(err)
	}
	observed, err := observe.Engine(t.Context(), f.engine)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Start(ctx, f.runner, p, observed, o)
	if err == nil {
		err = r.Finish(ctx)
	}
	return r.Outcome, err
}

// up is a run that has to succeed; its steps are forgotten.
func (f *fixture) up(t *testing.T, o Options) *Outcome {
	t.Helper()
	outcome, err := f.run(t.Context(), t, o)
	if err != nil {
		t.Fatal(err)
	}
	f.engine.taken()
	f.images.Calls()
	return outcome
}

// names are the containers by name and ID.
func names(containers []plan.Container) string {
	var all []string
	for _, c := range containers {
		all = append(all, c.Service+"="+c.ID)
	}
	return strings.Join(all, " ")
}
