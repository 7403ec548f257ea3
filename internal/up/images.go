package up

import (
	"context"
	"errors"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// Build is an image that has to be built, and why.
type Build struct {
	Service string
	Cause   string
}

// images is what the images step hands on.
type images struct {
	ids    map[string]string // reference -> image ID
	inputs map[string]string // service -> hash of what its image is built from
	// failed are the services without an image that can be started, and failure
	// says why; the rest of the project can go on.
	failed  map[string]bool
	failure error
}

// references are the images of the project's services.
func references(p *project.Project) []string {
	set := map[string]bool{}
	for _, s := range p.Services {
		set[plan.ImageName(p.Project, s)] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// images builds what is stale and pulls what is missing. In a dry run it only
// says what it would do.
func (m Machine) images(ctx context.Context, out *Outcome, look run.Look, o Options) (images, error) {
	made := images{ids: maps.Clone(look.Images)}
	specs, err := build.Specs(out.Project)
	if err != nil {
		return made, err
	}
	if made.inputs, err = inputs(specs); err != nil {
		return made, err
	}
	var stale []build.Spec
	for _, spec := range specs {
		if cause := staleness(spec, made.inputs[spec.Service], look, o); cause != "" {
			stale = append(stale, spec)
			out.Builds = append(out.Builds, Build{Service: spec.Service, Cause: cause})
		}
	}
	out.Pulls = missing(out.Project, look.Images)
	if o.DryRun || len(stale)+len(out.Pulls) == 0 {
		return made, nil
	}
	if o.NoBuild {
		if err := noneMissing(stale, look.Images); err != nil {
			return made, err
		}
		stale, out.Builds = nil, nil
	}
	notBuilt, failure := m.make(ctx, stale, out.Pulls)
	if ctx.Err() != nil {
		return made, failure
	}
	if made.ids, err = run.Images(ctx, m.Engine, references(out.Project)); err != nil {
		return made, errors.Join(failure, err)
	}
	if made.failure = failure; failure != nil {
		made.failed = unmade(out.Project, notBuilt, made.ids)
	}
	return made, nil
}

// make builds and pulls at the same time. It reports every failure, and which
// services' images were not built.
func (m Machine) make(ctx context.Context, specs []build.Spec, pulls []run.Pull) (notBuilt []string, err error) {
	var built, pulled error
	var ids map[string]string
	var group errgroup.Group
	group.Go(func() error {
		options := m.Build
		options.Egress, options.BuildKit, options.Sink = m.Egress, m.BuildKit, m.Sink
		if len(specs) > 0 {
			ids, built = build.Run(ctx, m.Engine, specs, options)
		}
		return nil
	})
	group.Go(func() error {
		auth := m.Auth
		if auth == nil {
			auth = func(string) string { return "" }
		}
		pulled = run.PullAll(ctx, m.Engine, pulls, auth, m.Sink)
		return nil
	})
	_ = group.Wait() // both errors are kept
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, spec := range specs {
		if ids[spec.Service] == "" {
			notBuilt = append(notBuilt, spec.Service)
		}
	}
	return notBuilt, errors.Join(built, pulled)
}

// inputs hashes what each image is built from, in parallel.
func inputs(specs []build.Spec) (map[string]string, error) {
	hashes := make([]string, len(specs))
	var group errgroup.Group
	for i, spec := range specs {
		group.Go(func() (err error) {
			hashes[i], err = build.Inputs(spec)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	byService := map[string]string{}
	for i, spec := range specs {
		byService[spec.Service] = hashes[i]
	}
	return byService, nil
}

// staleness says why an image has to be built, or nothing.
func staleness(spec build.Spec, hash string, look run.Look, o Options) string {
	switch {
	case o.Build:
		return "asked for"
	case look.Images[spec.Image] == "":
		return "no image yet"
	}
	containers := look.Of(spec.Service)
	if len(containers) == 0 && spec.Service == o.Plan.OneOff {
		return "" // as with Compose, a command runs in the image that is there
	}
	if len(containers) == 0 {
		return "not known what its image was built from"
	}
	for _, c := range containers {
		if c.Inputs != hash {
			return "its files or its build settings changed"
		}
	}
	return ""
}

// missing are the images to pull: those of services that build nothing.
func missing(p *project.Project, there map[string]string) []run.Pull {
	byImage := map[string]*run.Pull{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		wanted := there[s.Image] == "" || s.PullPolicy == "always"
		if s.Build != nil || !wanted || s.PullPolicy == "never" {
			continue
		}
		if byImage[s.Image] == nil {
			byImage[s.Image] = &run.Pull{Image: s.Image, Platform: s.Platform}
		}
		byImage[s.Image].Services = append(byImage[s.Image].Services, name)
	}
	var pulls []run.Pull
	for _, image := range slices.Sorted(maps.Keys(byImage)) {
		pulls = append(pulls, *byImage[image])
	}
	return pulls
}

func noneMissing(stale []build.Spec, there map[string]string) error {
	for _, spec := range stale {
		if there[spec.Image] == "" {
			return fail.New(fail.ImageMissing, "leave out --no-build, or run `devup build "+spec.Service+"`", "%s has no image yet, and --no-build forbids to build it", spec.Service)
		}
	}
	return nil
}
