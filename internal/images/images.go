package images

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
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

// Prepare builds what is stale and pulls what is missing. In a dry run it only
// says what it would do. The result is valid beside an error.
func (s Store) Prepare(ctx context.Context, r Request) (Result, error) {
	made := Result{IDs: maps.Clone(r.State.Images), Failed: map[string]bool{}}
	specs, err := build.Specs(r.Project)
	if err != nil {
		return made, err
	}
	s.watchSizes(specs)
	if made.Inputs, err = inputs(specs, r.State.Images, r.Options); err != nil {
		return made, err
	}
	l := local{
		ids: r.State.Images, unfit: map[string]bool{}, tagged: map[string]time.Time{},
		memory: recall(s.StateDir), now: time.Now(), building: building(specs),
	}
	if !r.DryRun {
		defer l.memory.save()
	}
	if err := inspectLocal(ctx, s.Engine, r.Project, &l, r.Options); err != nil {
		return made, err
	}
	wanted, barred, err := fetches(r.Project, specs, l, r.Options)
	if err != nil {
		return made, err
	}
	work := work{fetches: wanted, local: l, request: r}
	if err := work.stale(specs, made.Inputs); err != nil {
		return made, err
	}
	if r.NoBuild {
		if err := noneMissing(work.builds, r.State.Images); err != nil {
			return made, err
		}
		// Their containers must not say that their images were built from what is there
		// now: the next up would take them for current.
		for _, spec := range work.builds {
			delete(made.Inputs, spec.Service)
		}
		work.builds, work.causes = nil, nil
	}
	made.Builds, made.Pulls = work.causes, pulls(wanted)
	if r.DryRun {
		return made, errors.Join(barred...)
	}
	return s.provide(ctx, &work, made, barred)
}

// provide builds and pulls, and finds out who is left without an image.
func (s Store) provide(ctx context.Context, w *work, made Result, barred []error) (Result, error) {
	p := w.request.Project
	for _, e := range barred {
		if f, ok := errors.AsType[*fail.Error](e); ok {
			made.Failed[f.Service] = true
		}
	}
	made.Failure = errors.Join(barred...)
	if len(w.builds)+len(w.fetches) == 0 {
		if made.Failure != nil {
			made.Failed = unmade(p, made.Failed, made.IDs)
		}
		return made, nil
	}
	failed, failure := s.make(ctx, w)
	if ctx.Err() != nil {
		return made, failure
	}
	made.Builds = w.causes
	var err error
	if made.IDs, err = run.Images(ctx, s.Engine, References(p)); err != nil {
		return made, errors.Join(failure, err)
	}
	w.remember(failed, made)
	made.Failure = errors.Join(made.Failure, failure)
	if made.Failure != nil {
		maps.Copy(made.Failed, failed)
		made.Failed = unmade(p, made.Failed, made.IDs)
	}
	return made, nil
}

// work is what there is to build and to pull.
type work struct {
	builds  []build.Spec
	causes  []Build // of builds
	fetches []*fetch
	local   local
	request Request
}

// stale collects what has to be built whatever comes of the pulls.
func (w *work) stale(specs []build.Spec, inputs map[string]string) error {
	p, look := w.request.Project, w.request.State
	for _, spec := range specs {
		wish, err := wishOf(p.Services[spec.Service], w.request.Options)
		if err != nil {
			return err
		}
		pulled := slices.ContainsFunc(w.fetches, func(f *fetch) bool {
			return slices.ContainsFunc(f.builds, func(s build.Spec) bool { return s.Service == spec.Service })
		})
		if pulled || w.request.NoBuild && inputs[spec.Service] == "" && look.Images[spec.Image] != "" {
			continue
		}
		if cause := staleness(spec, inputs[spec.Service], wish, w); cause != "" {
			w.add(spec, cause)
		}
	}
	return nil
}

func (w *work) add(spec build.Spec, cause string) {
	w.builds = append(w.builds, spec)
	w.causes = append(w.causes, Build{Service: spec.Service, Cause: cause})
}

// remember keeps what the images that were built and pulled are.
func (w *work) remember(failed map[string]bool, made Result) {
	for _, spec := range w.builds {
		if id := made.IDs[spec.Image]; id != "" && !failed[spec.Service] && made.Inputs[spec.Service] != "" {
			w.local.memory.add("built %s %s", id, made.Inputs[spec.Service])
		}
	}
	for _, f := range w.fetches {
		id := made.IDs[f.Image]
		if id == "" || !f.pulled {
			continue
		}
		w.local.memory.add("current %s %s %d", f.Image, id, w.local.now.Unix())
	}
}

func pulls(all []*fetch) []run.Pull {
	var list []run.Pull
	for _, f := range all {
		list = append(list, f.Pull)
	}
	return list
}

// make builds and pulls at the same time; what is built only where it cannot be
// pulled comes after the attempt. It gives the services that failed, and every
// failure.
func (s Store) make(ctx context.Context, w *work) (failed map[string]bool, err error) {
	others := s.pullOrBuild(ctx, w)
	failed = map[string]bool{}
	var built, pulled error
	var ids map[string]string
	var group errgroup.Group
	group.Go(func() error {
		if len(w.builds) > 0 {
			ids, built = build.Run(ctx, s.Builder, w.builds, s.Build)
		}
		return nil
	})
	group.Go(func() error {
		pulled = s.pull(ctx, others, w.request.Options, failed)
		return nil
	})
	_ = group.Wait() // both errors are kept
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, spec := range w.builds {
		if ids[spec.Service] == "" {
			failed[spec.Service] = true
		}
	}
	return failed, errors.Join(built, pulled)
}

// pullOrBuild pulls what can be built otherwise, and adds to the builds what did
// not come. It gives the other pulls.
func (s Store) pullOrBuild(ctx context.Context, w *work) []*fetch {
	var either, others []*fetch
	for _, f := range w.fetches {
		if len(f.builds) > 0 && !w.request.NoBuild {
			either = append(either, f)
		} else {
			others = append(others, f)
		}
	}
	_ = s.pull(ctx, either, w.request.Options, map[string]bool{}) // what fails is built
	for _, f := range either {
		for _, spec := range f.builds {
			if !f.pulled {
				w.add(spec, "its image cannot be pulled")
			}
		}
	}
	return others
}

// pull pulls images, marks those that came, and names the services of those that
// did not and cannot do without.
func (s Store) pull(ctx context.Context, all []*fetch, o Options, failed map[string]bool) error {
	if len(all) == 0 {
		return nil
	}
	var gentle, strict []*fetch
	for _, f := range all {
		if f.present || len(f.builds) > 0 && !o.NoBuild {
			gentle = append(gentle, f)
		} else {
			strict = append(strict, f)
		}
	}
	var soft, hard []error
	var group errgroup.Group
	group.Go(func() error {
		soft = s.pullAll(ctx, gentle, run.PullOptions{Logins: s.Build.Logins, Sink: s.sink, Quiet: o.QuietPull, Gentle: true})
		return nil
	})
	group.Go(func() error {
		hard = s.pullAll(ctx, strict, run.PullOptions{Logins: s.Build.Logins, Sink: s.sink, Quiet: o.QuietPull})
		return nil
	})
	_ = group.Wait() // the errors are in their lists
	for i, f := range gentle {
		if !f.pulled && ctx.Err() == nil {
			s.sink(event.Event{Kind: event.Note, ID: "pull " + f.Image, State: event.Warning, Text: soft[i].Error() + f.instead()})
		}
	}
	for _, f := range strict {
		if f.pulled {
			continue
		}
		for _, service := range f.Services {
			failed[service] = true
		}
	}
	return errors.Join(hard...)
}

// pullAll pulls images and looks whether those for a certain platform are for that.
func (s Store) pullAll(ctx context.Context, all []*fetch, o run.PullOptions) []error {
	errs := run.PullAll(ctx, s.Engine, pulls(all), o)
	for i, f := range all {
		if errs[i] == nil && f.Platform != "" {
			unfit, _, err := inspect(ctx, s.Engine, f.Image, f.Platform)
			if errs[i] = err; unfit {
				errs[i] = run.WrongPlatform(f.Pull)
			}
		}
		f.pulled = errs[i] == nil
	}
	return errs
}

// instead says what is done without the pull.
func (f *fetch) instead() string {
	if len(f.builds) > 0 {
		return "; it is built instead"
	}
	return "; the one that is here is taken"
}

// inputs hashes what each image is built from, in parallel. With --no-build it leaves
// out an image that is there and whose files are not, as where only images were handed on.
func inputs(specs []build.Spec, there map[string]string, o Options) (map[string]string, error) {
	hashes := make([]string, len(specs))
	var group errgroup.Group
	for i, spec := range specs {
		group.Go(func() (err error) {
			if hashes[i], err = build.Inputs(spec); o.NoBuild && there[spec.Image] != "" {
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	byService := map[string]string{}
	for i, spec := range specs {
		if hashes[i] != "" {
			byService[spec.Service] = hashes[i]
		}
	}
	return byService, nil
}

// staleness says why an image has to be built, or nothing. What an image was built
// from is known from the memory, else from the label of a container that runs it.
func staleness(spec build.Spec, hash string, wish wish, w *work) string {
	look := w.request.State
	id := look.Images[spec.Image]
	switch {
	case w.request.Build:
		return "asked for"
	case wish.policy == types.PullPolicyBuild:
		return "its pull_policy is build"
	case id == "":
		return "no image yet"
	case w.local.memory.built(id, hash):
		return ""
	case wish.said && wish.policy != types.PullPolicyNever && !w.local.memory.builtHere(id):
		return "" // it was pulled, as pull_policy says
	}
	if len(look.Of(spec.Service)) == 0 && spec.Service == w.request.OneOff {
		return "" // as with Compose, a command runs in the image that is there
	}
	known := w.local.memory.builtHere(id)
	for _, c := range look.Of(spec.Service) {
		switch {
		case c.Image != id:
		case c.Inputs == hash:
			return ""
		case c.Inputs == "" && !known:
			// Somebody else, docker compose, built it and runs it. Nobody knows from
			// what; that was up to date as far as they were asked, and from now on a
			// change is seen.
			w.local.memory.add("built %s %s", id, hash)
			return ""
		default:
			known = true
		}
	}
	if !known {
		return "not known what its image was built from"
	}
	return "its files or its build settings changed"
}

func noneMissing(stale []build.Spec, there map[string]string) error {
	for _, spec := range stale {
		if there[spec.Image] == "" {
			return fail.New(fail.ImageMissing, "leave out --no-build, or run `devup build "+spec.Service+"`", "%s has no image yet, and --no-build forbids to build it", spec.Service)
		}
	}
	return nil
}

// unmade are the services that have no image to start from after images failed:
// those that are known to have failed, and those that lack an image they run or mount.
func unmade(p *project.Project, known map[string]bool, there map[string]string) map[string]bool {
	failed := maps.Clone(known)
	for name, s := range p.Services {
		if there[plan.ImageName(p.Project, s)] == "" {
			failed[name] = true
		}
		for _, image := range imageVolumes(s) {
			if there[image] == "" {
				failed[name] = true
			}
		}
	}
	return failed
}
