package up

import (
	"context"
	"errors"
	"slices"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/packages"
	"github.com/devup-cli/devup/internal/project"
)

// readPackages reads how the services of a project install their packages. A mistake in a
// build section is told where the images are prepared.
func readPackages(ctx context.Context, p *project.Project, settings egress.Settings) func(service string) *build.Packages {
	specs, _ := build.Specs(p)
	return func(service string) *build.Packages {
		for _, s := range specs {
			if s.Service != service {
				continue
			}
			found := build.ReadPackages(ctx, s)
			if found == nil {
				return nil
			}
			if _, _, ok := found.Grant(settings); ok {
				return found
			}
		}
		return nil
	}
}

// installPackages installs the packages that are in no image. What fails counts as an image
// that could not be built.
func installPackages(ctx context.Context, l *upRun, made *images.Result) error {
	p := l.out.Project
	w := packages.Work{Project: p.Project, Images: made.IDs, Builder: l.target.Images.Builder, Build: l.target.Images.Build}
	w.Installs = slices.DeleteFunc(slices.Clone(l.installs), func(i packages.Install) bool {
		return made.Failed[i.Service] || l.broken.Failed[i.Service]
	})
	if l.options.DryRun {
		for _, i := range w.Missing() {
			made.Builds = append(made.Builds, images.Build{Service: i.Service, Cause: "its packages have to be installed"})
		}
		return nil
	}
	if len(w.Missing()) == 0 {
		return nil
	}
	failed := l.target.Engine.InstallPackages(ctx, w)
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
