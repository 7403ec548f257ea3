package session

import (
	"cmp"
	"context"
	"errors"
	"maps"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/urls"
)

// BuildDefaults are the parts of a build's options that come from the user and the process.
func (e *Env) BuildDefaults() build.Options {
	return build.Options{LookupEnv: e.LookupEnv, Version: e.Version.Version, Sink: e.Sink}
}

// ImageStore is the images of the engine.
func (s *Session) ImageStore() images.Store {
	store := images.Store{Engine: s.Engine.Client, Builder: s.Engine.Client, StateDir: s.StateDir(), Build: s.BuildDefaults()}
	store.Build.Egress, store.Build.BuildKit = s.Egress, s.Engine.BuildKit
	store.Build.Logins = registry.NewCredentials(s.LookupEnv, s.Home(), s.Sink)
	return store
}

// Runner runs the project on the engine.
func (s *Session) Runner(ctx context.Context) up.Runner {
	client := s.Egress.Client()
	return up.Runner{
		Engine: up.On(s.Engine.Client), Images: s.ImageStore(), Owner: s.FileOwner, Egress: s.Egress,
		Workspace: s.Workspace, Ports: s.WorkspaceControl(s.Workspace, client), Web: client,
		StateDir: s.StateDir(), Endpoint: s.Engine.Endpoint, Sink: s.Sink,
		Remote: !s.Engine.Local(), Distant: s.Distant(ctx), Unshared: sharingOf(ctx, s).none(),
		InVolumes: s.Engine.BuildKit, Gateway: s.GatewayManager(s.Engine, s.Name), Providers: Providers(s),
	}
}

// Up takes the project to what the files say, and releases its lock when the containers run. What
// the run still removes in the background, [Session.Close] waits for.
func (s *Session) Up(ctx context.Context, o up.Options) (*up.Outcome, error) {
	o.Known, o.Ports = s.Images, s.KeptPorts(ctx, s.Project)
	started, err := up.Start(ctx, s.Runner(ctx), s.Project, s.State, o)
	s.Unlock() // others need not wait for what this run only waits for
	if err == nil {
		err = started.Finish(ctx)
	}
	outcome := started.Outcome
	s.background.add(outcome.WaitCleanup)
	if _, ask := errors.AsType[*up.VolumesChanged](err); !ask && (len(outcome.Builds) > 0 || outcome.Changed) {
		for _, text := range s.Withheld {
			s.noteOnce(text)
		}
	}
	if outcome.Plan != nil && !o.DryRun {
		s.keepPorts(ctx, outcome)
	}
	return outcome, err
}

// Resolved is the project with the addresses of this workspace, and with the host ports
// that its containers have, or else those that its files ask for.
func (s *Session) Resolved(ctx context.Context, uid, gid int) *project.Project {
	return resolve(ctx, s, s.Project, uid, gid)
}

// ResolvedAsRunning is [Session.Resolved] with as many containers of each service as run,
// where these are more than the files say.
func ResolvedAsRunning(ctx context.Context, s *Session) *project.Project {
	return resolve(ctx, s, s.Project.WithScale(replicas(s)), 0, 0)
}

func resolve(ctx context.Context, s *Session, p *project.Project, uid, gid int) *project.Project {
	ports := map[project.PortKey]int{}
	published := p.PublishedPorts()
	for _, wanted := range published {
		ports[wanted.Key()] = wanted.Wanted
	}
	maps.Copy(ports, s.KeptPorts(ctx, p)) // what the next up takes
	maps.Copy(ports, up.Remembered(published, s.Observed.Containers))
	if gate, gated := urls.GatewayPort(p); gated {
		ports[gate.Key()] = cmp.Or(p.Gateway.Now.Port, gate.Wanted)
	}
	return urls.Resolve(p, ports, urls.Where{URL: s.Workspace.URL, HostIP: s.Workspace.HostIP(), UID: uid, GID: gid})
}

// replicas are the services that run in more containers than the files say, as after
// `devup scale`, each with their number.
func replicas(s *Session) map[string]int {
	running := map[string]int{}
	for _, c := range s.Observed.Containers {
		if c.Up() && !c.OneOff {
			running[c.Service]++
		}
	}
	maps.DeleteFunc(running, func(name string, number int) bool {
		service, known := s.Project.Services[name]
		return !known || number <= service.GetScale()
	})
	return running
}

// Mounts is where the files are that the project's containers have mounted.
func (s *Session) Mounts() up.Mounts {
	return up.Mounts{StateDir: s.StateDir(), Engine: s.Engine.Endpoint, Project: s.Name}
}
