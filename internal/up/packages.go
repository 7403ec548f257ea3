package up

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/packages"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// WithSlimImages is a project with the names of the images that services are likely to have once
// [Start] has adapted it: those without packages, where a Dockerfile leaves them out.
func WithSlimImages(p *project.Project) *project.Project {
	if !slices.ContainsFunc(slices.Collect(maps.Values(p.Services)), plan.HasPackages) {
		return p
	}
	specs, _ := build.Specs(p)
	changed, files := *p, *p.Project
	changed.Project, files.Services = &files, maps.Clone(p.Services)
	for _, spec := range specs {
		if s := files.Services[spec.Service]; plan.HasPackages(s) && spec.LeavesPackages() {
			s.Image = plan.SlimImage(p.Project, s)
			files.Services[spec.Service] = s
		}
	}
	return &changed
}

// readPackages reads how the services of a project install their packages. A mistake in a
// build section is told where the images are prepared.
func readPackages(ctx context.Context, p *project.Project, settings egress.Settings) func(service string) *build.Packages {
	specs := sync.OnceValue(func() []build.Spec { specs, _ := build.Specs(p); return specs })
	return func(service string) *build.Packages {
		for _, s := range specs() {
			if s.Service != service {
				continue
			}
			if found := build.ReadPackages(ctx, s); found != nil {
				if _, _, ok := found.Grant(settings); ok {
					return found
				}
			}
		}
		return nil
	}
}

// installPackages installs the packages that are in no image. What fails counts as an image
// that could not be built.
func (r *Run) installPackages(ctx context.Context, made *images.Result) error {
	p := r.Outcome.Project
	w := packages.Work{Project: p.Project, Images: made.IDs, Builder: r.Images.Builder, Build: r.Images.Build}
	w.Installs = slices.DeleteFunc(slices.Clone(r.installs), func(i packages.Install) bool {
		return made.Failed[i.Service] || r.broken.Failed[i.Service]
	})
	if r.options.DryRun {
		for _, i := range w.Missing() {
			made.Builds = append(made.Builds, images.Build{Service: i.Service, Cause: "its packages have to be installed"})
		}
		return nil
	}
	if len(w.Missing()) == 0 {
		return nil
	}
	failed := r.Packages.Install(ctx, w)
	services := fail.Services(failed)
	if ctx.Err() != nil || failed != nil && len(services) == 0 {
		return failed
	}
	for service := range services {
		made.Failed[service] = true
	}
	made.Failure = errors.Join(made.Failure, failed)
	return nil
}
