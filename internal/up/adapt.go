package up

import (
	"context"

	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/watch"
	"github.com/devup-cli/devup/internal/workspace"
)

// adapter changes a project so that it fits its workspace and this machine. The project is a
// copy of the run's own: an adapter may write into it anywhere.
type adapter func(*project.Project, *adaptation) error

// adaptation is what the adapters go by, and what they find out.
type adaptation struct {
	target Runner
	ws     workspace.Info
	loaded *project.Project // as the files say
	state  observe.Project  // of the project on the engine
	dryRun bool

	contents plan.Contents            // digests of configs and secrets
	declared map[string]plan.Declared // the services as Docker Compose knows them
	synced   []string                 // services whose source is synced
}

// adapters are all that is changed in a resolved project, in this order.
var adapters = []adapter{
	func(p *project.Project, a *adaptation) error { AddProxySettings(p, a.ws); return nil },
	func(p *project.Project, a *adaptation) error { RemoveDebuggers(p, a.ws); return nil },
	compareDeclared, // what follows is of this machine alone, and no change that Compose would have to know
	func(p *project.Project, a *adaptation) error {
		return withEgress(p, a.target.Egress, a.target.mounts(p.Name, a.dryRun))
	},
	func(p *project.Project, a *adaptation) error {
		if a.target.Unshared {
			return nil
		}
		return mountCopies(p, a.target.mounts(p.Name, a.dryRun))
	},
	func(p *project.Project, a *adaptation) error { renameTaken(p, a.state); return nil },
	func(p *project.Project, a *adaptation) error {
		if a.target.Distant {
			a.synced = watch.Replace(p)
		}
		return nil
	},
	func(p *project.Project, a *adaptation) error {
		if !a.target.Unshared {
			return nil
		}
		services, err := copyMounts(p, a.target.mounts(p.Name, a.dryRun))
		a.synced = append(a.synced, services...)
		return err
	},
}

// adapt puts the host ports and the URLs of the workspace into the project, and what else
// workspace and machine ask for. [urls.Resolve] makes the one copy.
func (l *upRun) adapt(ctx context.Context, assigned map[project.PortKey]int, state observe.Project) error {
	ws := l.out.Workspace
	where := urls.Where{URL: ws.URL, HostIP: ws.HostIP()}
	if urls.NeedsOwner(l.loaded) {
		var err error
		if where.UID, where.GID, err = l.Owner(ctx); err != nil {
			return err
		}
	}
	p, a := urls.Resolve(l.loaded, assigned, where), &adaptation{target: l.Runner, ws: ws, loaded: l.loaded, state: state, dryRun: l.options.DryRun}
	l.out.Project = p
	for _, adapt := range adapters {
		if err := adapt(p, a); err != nil {
			return err
		}
	}
	l.options.Plan.Contents, l.options.Plan.Declared, l.out.Synced = a.contents, a.declared, a.synced
	return nil
}
