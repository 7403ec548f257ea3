package session

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/urls"
)

// Gateway says whether a project is served through one port.
type Gateway int

// Values of Gateway.
const (
	GatewayUnused       Gateway = iota // the command does not look at it
	GatewayAsConfigured                // as the files say, or the command that started it
	GatewayOn                          // whatever the files say
	GatewayOff
)

// GatewayManager is what this machine has of the gateway of a project on an engine, which may be
// nil.
func (e *Env) GatewayManager(on *engine.Engine, name string) gateway.Manager {
	file := ""
	if on != nil {
		file = e.stateSubdir("gateways", lock.Name(on.Endpoint, name)+".json")
	}
	return gateway.Manager{Manager: process[gateway.Config](e, "gateway", file, name)}
}

// RunDetached has another devup run a command when this one has ended; false where it cannot.
func RunDetached(e *Env, command ...string) bool {
	return e.Detach != nil && e.Detach(append(EngineFlags(e), command...), e.Environ) == nil
}

// withGateway gives the project its gateway, where one is wanted: by the command, else by
// the files, else by an earlier command that turned it on.
func (s *opener) withGateway(ctx context.Context) error {
	if s.want.Gateway == GatewayUnused {
		return nil
	}
	state, serves := s.GatewayManager(s.Engine, s.Name).Observe(ctx)
	byFiles := s.Project.Gateway != nil
	on := s.want.Gateway == GatewayOn || s.want.Gateway == GatewayAsConfigured && (byFiles || state.Config.Asked)
	if !on {
		s.Project = urls.WithoutGateway(s.Project)
		return nil
	}
	if s.Engine != nil && !s.Engine.Local() {
		return fail.New(fail.Usage, "run devup on that machine, or leave the gateway out with --gateway=false",
			"the engine is on another machine, and a gateway here does not reach the ports there")
	}
	found := map[string]urls.Found{}
	if !urls.RoutesConfigured(s.Project) {
		for service, dirs := range urls.SourceDirectories(s.Project) {
			found[service] = served(dirs)
		}
	}
	p, err := urls.WithGateway(s.Project, found)
	if err != nil {
		return err
	}
	now := project.GatewayNow{Asked: !byFiles}
	if wanted, _ := urls.GatewayPort(p); state.Config.Wanted == wanted.Wanted {
		now.Port, now.Serves = state.Config.Port(), serves
	}
	s.Project = urls.WithGatewayNow(p, now)
	return nil
}

// served finds out what the source of a service serves. Of several services in its
// directories, the nearest is the service itself.
func served(dirs []string) urls.Found {
	for _, dir := range dirs {
		repo, err := detect.Scan(untrusted.DirFS(dir))
		if err != nil {
			continue
		}
		slices.SortStableFunc(repo.Services, func(x, y detect.Service) int { return len(x.Dir) - len(y.Dir) })
		for _, s := range repo.Services {
			if len(s.Routes) > 0 || s.Frontend {
				return urls.Found{Routes: s.Routes, Page: s.Frontend}
			}
		}
	}
	return urls.Found{}
}

// CloseGateway ends the gateway of a project of which nothing runs any more. With forget
// its port is free for others, as those of removed containers are.
func (s *Session) CloseGateway(ctx context.Context, forget bool) error {
	if s.Flags.DryRun {
		return nil
	}
	return s.GatewayManager(s.Engine, s.Name).End(ctx, forget)
}

// ReopenGateway has a gateway that was ended serve again as before.
func (s *Session) ReopenGateway(ctx context.Context) error {
	k := s.GatewayManager(s.Engine, s.Name)
	if state, serves := k.Observe(ctx); state.Config.Port() != 0 && !serves && !s.Flags.DryRun {
		return k.Ensure(ctx, state.Config)
	}
	return nil
}
