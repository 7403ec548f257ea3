package up

import (
	"context"

	"github.com/devup-cli/devup/internal/packages"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
	"github.com/devup-cli/devup/internal/watch"
)

// adapter changes a resolved project so that it fits its workspace and this machine. The project is a
// copy of the run's own: an adapter may write into it anywhere.
type adapter func(ctx context.Context, r *Run, p *project.Project) error

// adapters are all that is changed in a resolved project, in this order.
var adapters = []adapter{
	func(_ context.Context, r *Run, p *project.Project) error {
		AddProxySettings(p, r.Outcome.Workspace)
		return nil
	},
	func(_ context.Context, r *Run, p *project.Project) error {
		RemoveDebuggers(p, r.Outcome.Workspace)
		return nil
	},
	func(_ context.Context, r *Run, p *project.Project) (err error) { // what follows is of this machine alone, and no change that Compose would have to know
		if r.options.Plan.Contents, err = contents(p); err == nil {
			r.options.Plan.Declared, err = declared(r.loaded, p, r.options.Plan.Contents)
		}
		return err
	},
	func(_ context.Context, r *Run, p *project.Project) error { return withEgress(p, r.Egress, r.mounts(p)) },
	func(_ context.Context, r *Run, p *project.Project) error {
		if r.Unshared {
			return nil
		}
		return mountCopies(p, r.mounts(p))
	},
	func(_ context.Context, r *Run, p *project.Project) error { renameTaken(p, r.state); return nil },
	func(_ context.Context, r *Run, p *project.Project) error {
		if r.Distant {
			r.Outcome.Synced = watch.Replace(p)
		}
		return nil
	},
	func(_ context.Context, r *Run, p *project.Project) error {
		if !r.Unshared {
			return nil
		}
		services, err := copyMounts(p, r.mounts(p))
		r.Outcome.Synced = append(r.Outcome.Synced, services...)
		return err
	},
	func(ctx context.Context, r *Run, p *project.Project) error {
		if r.InVolumes {
			r.installs = packages.Apply(p.Project, r.state.Observed, r.options.NoBuild, readPackages(ctx, p, r.Egress))
		}
		return nil
	},
}

// adapt puts the host ports and the URLs of the workspace into the project, and what else
// workspace and machine ask for. [urls.Resolve] makes the one copy.
func (r *Run) adapt(ctx context.Context, assigned map[project.PortKey]int) error {
	ws := r.Outcome.Workspace
	where := urls.Where{URL: ws.URL, HostIP: ws.HostIP()}
	if urls.NeedsOwner(r.loaded) {
		var err error
		if where.UID, where.GID, err = r.Owner(ctx); err != nil {
			return err
		}
	}
	r.Outcome.Project, r.Outcome.Synced = urls.Resolve(r.loaded, assigned, where), nil
	for _, adapt := range adapters {
		if err := adapt(ctx, r, r.Outcome.Project); err != nil {
			return err
		}
	}
	return nil
}
