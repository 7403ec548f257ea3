package images

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
	"github.com/devup-cli/devup/internal/transfer"
)

// Options are a user's choices for one run. The zero value builds what is stale and
// pulls what is missing.
type Options struct {
	Build   bool // build every image, stale or not
	NoBuild bool // build nothing; a missing image is an error
	// Pull replaces the pull_policy of every service: always, missing, never and what
	// else Compose has; empty or "policy" for none.
	Pull      string
	QuietPull bool // report no progress of pulls
}

// Request is what [Store.Prepare] is asked for.
type Request struct {
	Options
	Project    *project.Project
	Containers []plan.Container // of the project; they say what their images were built from
	Known      Listing          // what is known of the images already; asked for where it is not of this project
	OneOff     string           // a service that only runs a command: the image that is here will do
	DryRun     bool             // decide, and do nothing
}

// Build is an image that has to be built, and why.
type Build struct {
	Service string
	Cause   string
}

// Result is what was decided and done.
type Result struct {
	IDs    map[string]string // reference -> image ID
	Inputs map[string]string // service -> hash of what its image is built from
	Builds []Build           // images that were built, or would be in a dry run
	Pulls  []transfer.Pull   // images that were pulled, or would be in a dry run
	// Failed are the services without an image that can be started, and Failure
	// says why; the rest of the project can go on.
	Failed  map[string]bool
	Failure error
}

// Prepare builds what is stale and pulls what is missing. An image that cannot be had
// is no error but the result's Failure; in a dry run, which only decides, a pull that is
// forbidden is one. The result is valid, as far as Prepare came, also with an error.
func (s Store) Prepare(ctx context.Context, r Request) (Result, error) {
	state, err := s.observe(ctx, r)
	if !r.DryRun {
		defer state.memory.save()
	}
	if err != nil {
		return Result{IDs: maps.Clone(state.ids)}, err
	}
	todo, err := decide(r, state)
	result := Result{IDs: maps.Clone(state.ids), Inputs: todo.inputs, Builds: todo.causes, Pulls: requests(todo.pulls), Failed: map[string]bool{}}
	if err != nil {
		return result, err
	}
	if r.DryRun {
		return result, errors.Join(todo.forbidden...)
	}
	return s.do(ctx, r, state, todo, result)
}

// do pulls and builds, and finds out which services are left without an image.
func (s Store) do(ctx context.Context, r Request, state *imageState, t todo, result Result) (Result, error) {
	result.Failure = errors.Join(t.forbidden...)
	for service := range fail.Services(result.Failure) {
		result.Failed[service] = true
	}
	if len(t.builds)+len(t.pulls) > 0 {
		failed, err := s.pullAndBuild(ctx, r.Options, &t)
		if ctx.Err() != nil {
			return result, err
		}
		result.Builds = t.causes
		maps.Copy(result.Failed, failed)
		now, unlisted := s.List(ctx, r.Project)
		if result.IDs = now.IDs; unlisted != nil {
			return result, errors.Join(err, unlisted)
		}
		result.Failure = errors.Join(result.Failure, err)
		state.remember(t, result)
	}
	if result.Failure != nil {
		result.Failed = missing(r.Project, result.Failed, result.IDs)
	}
	return result, nil
}

// remember keeps what the images that were built and pulled are.
func (s *imageState) remember(t todo, result Result) {
	for _, spec := range t.builds {
		id, hash := result.IDs[spec.Image], result.Inputs[spec.Service]
		if id != "" && hash != "" && !result.Failed[spec.Service] {
			s.memory.add("built %s %s", id, hash)
		}
	}
	for _, p := range t.pulls {
		if id := result.IDs[p.Image]; id != "" && p.done {
			s.memory.add("current %s %s %d", p.Image, id, s.now.Unix())
		}
	}
}

// pullAndBuild pulls and builds at the same time; what is built only where it cannot
// be pulled comes after the attempt. It gives the services that failed, and every
// failure.
func (s Store) pullAndBuild(ctx context.Context, o Options, t *todo) (failed map[string]bool, err error) {
	others := s.pullOrBuild(ctx, o, t)
	var unbuilt, unpulled error
	var ids map[string]string
	var group errgroup.Group
	group.Go(func() error {
		if len(t.builds) > 0 {
			ids, unbuilt = build.Run(ctx, s.Builder, t.builds, s.Build)
		}
		return nil
	})
	group.Go(func() error {
		unpulled = s.pullRest(ctx, others, o)
		return nil
	})
	_ = group.Wait() // both errors are kept
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	failed = map[string]bool{}
	for _, spec := range t.builds {
		if ids[spec.Service] == "" {
			failed[spec.Service] = true
		}
	}
	for _, p := range slices.DeleteFunc(others, func(p *pull) bool { return p.done || p.optional }) {
		for _, service := range p.Services {
			failed[service] = true
		}
	}
	return failed, errors.Join(unbuilt, unpulled)
}

// pullOrBuild pulls what can be built instead, and adds to the builds what could not be
// pulled. It gives the other pulls.
func (s Store) pullOrBuild(ctx context.Context, o Options, t *todo) (others []*pull) {
	var buildable []*pull
	for _, p := range t.pulls {
		if len(p.builds) > 0 {
			buildable = append(buildable, p)
		} else {
			others = append(others, p)
		}
	}
	s.pullOptional(ctx, buildable, o)
	for _, p := range buildable {
		for _, spec := range p.builds {
			if !p.done {
				t.build(spec, "its image cannot be pulled")
			}
		}
	}
	return others
}

// pullRest pulls images that nothing is built for. The error joins those of the images
// without which a service cannot start.
func (s Store) pullRest(ctx context.Context, pulls []*pull, o Options) error {
	var optional, required []*pull
	for _, p := range pulls {
		if p.optional {
			optional = append(optional, p)
		} else {
			required = append(required, p)
		}
	}
	var group errgroup.Group
	group.Go(func() error {
		s.pullOptional(ctx, optional, o)
		return nil
	})
	errs := s.pullAll(ctx, required, s.transfer(o.QuietPull, false))
	_ = group.Wait() // it has no error
	return errors.Join(errs...)
}

// pullOptional pulls images that something else replaces, and warns where it has to.
func (s Store) pullOptional(ctx context.Context, pulls []*pull, o Options) {
	for i, err := range s.pullAll(ctx, pulls, s.transfer(o.QuietPull, true)) {
		if err != nil && ctx.Err() == nil {
			s.warn("pull "+pulls[i].Image, err.Error()+pulls[i].fallback())
		}
	}
}

// pullAll pulls images and checks that those for a certain platform are for that.
func (s Store) pullAll(ctx context.Context, pulls []*pull, o transfer.Options) []error {
	errs := transfer.PullAll(ctx, s.Engine, requests(pulls), o)
	for i, p := range pulls {
		if errs[i] == nil && p.Platform != "" {
			unfit, _, err := inspect(ctx, s.Engine, p.Image, p.Platform)
			if errs[i] = err; unfit {
				errs[i] = transfer.WrongPlatform(p.Pull)
			}
		}
		p.done = errs[i] == nil
	}
	return errs
}

// missing are the services that have no image to start from after images failed:
// those that are known to have failed, and those that lack an image they run or mount.
func missing(p *project.Project, failed map[string]bool, ids map[string]string) map[string]bool {
	all := maps.Clone(failed)
	for name, s := range p.Services {
		if ids[plan.ImageName(p.Project, s)] == "" {
			all[name] = true
		}
		for _, image := range moreImages(s) {
			if ids[image] == "" {
				all[name] = true
			}
		}
	}
	return all
}
