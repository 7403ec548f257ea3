package up

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

// images builds what is stale and pulls what is missing. In a dry run it only
// says what it would do.
func (m Machine) images(ctx context.Context, out *Outcome, look run.Look, o Options) (images, error) {
	made := images{ids: maps.Clone(look.Images), failed: map[string]bool{}}
	specs, err := build.Specs(out.Project)
	if err != nil {
		return made, err
	}
	m.watchSizes(specs)
	if made.inputs, err = inputs(specs, look.Images, o); err != nil {
		return made, err
	}
	l := local{
		ids: look.Images, unfit: map[string]bool{}, tagged: map[string]time.Time{},
		memory: recall(m.StateDir), now: time.Now(), building: building(specs),
	}
	if !o.DryRun {
		defer l.memory.save()
	}
	if err := inspectLocal(ctx, m.Engine, out.Project, &l, o); err != nil {
		return made, err
	}
	wanted, barred, err := fetches(out.Project, specs, l, o)
	if err != nil {
		return made, err
	}
	work := work{fetches: wanted, local: l, options: o}
	if err := work.stale(out.Project, specs, made.inputs, look); err != nil {
		return made, err
	}
	if o.NoBuild {
		if err := noneMissing(work.builds, look.Images); err != nil {
			return made, err
		}
		// Their containers must not say that their images were built from what is there
		// now: the next up would take them for current.
		for _, spec := range work.builds {
			delete(made.inputs, spec.Service)
		}
		work.builds, work.causes = nil, nil
	}
	out.Builds, out.Pulls = work.causes, pulls(wanted)
	if o.DryRun {
		return made, errors.Join(barred...)
	}
	return m.provide(ctx, out, &work, made, barred)
}

// provide builds and pulls, and finds out who is left without an image.
func (m Machine) provide(ctx context.Context, out *Outcome, w *work, made images, barred []error) (images, error) {
	for _, e := range barred {
		if f, ok := errors.AsType[*fail.Error](e); ok {
			made.failed[f.Service] = true
		}
	}
	made.failure = errors.Join(barred...)
	if len(w.builds)+len(w.fetches) == 0 {
		if made.failure != nil {
			made.failed = unmade(out.Project, made.failed, made.ids)
		}
		return made, nil
	}
	failed, failure := m.make(ctx, w)
	if ctx.Err() != nil {
		return made, failure
	}
	out.Builds = w.causes
	var err error
	if made.ids, err = run.Images(ctx, m.Engine, References(out.Project)); err != nil {
		return made, errors.Join(failure, err)
	}
	w.remember(failed, made)
	made.failure = errors.Join(made.failure, failure)
	if made.failure != nil {
		maps.Copy(made.failed, failed)
		made.failed = unmade(out.Project, made.failed, made.ids)
	}
	return made, nil
}

// work is what there is to build and to pull.
type work struct {
	builds  []build.Spec
	causes  []Build // of builds
	fetches []*fetch
	local   local
	options Options
}

// stale collects what has to be built whatever comes of the pulls.
func (w *work) stale(p *project.Project, specs []build.Spec, inputs map[string]string, look run.Look) error {
	for _, spec := range specs {
		wish, err := wishOf(p.Services[spec.Service], w.options)
		if err != nil {
			return err
		}
		pulled := slices.ContainsFunc(w.fetches, func(f *fetch) bool {
			return slices.ContainsFunc(f.builds, func(s build.Spec) bool { return s.Service == spec.Service })
		})
		if pulled || w.options.NoBuild && inputs[spec.Service] == "" && look.Images[spec.Image] != "" {
			continue
		}
		if cause := staleness(spec, inputs[spec.Service], look, wish, w); cause != "" {
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
func (w *work) remember(failed map[string]bool, made images) {
	for _, spec := range w.builds {
		if id := made.ids[spec.Image]; id != "" && !failed[spec.Service] && made.inputs[spec.Service] != "" {
			w.local.memory.add("built %s %s", id, made.inputs[spec.Service])
		}
	}
	for _, f := range w.fetches {
		id := made.ids[f.Image]
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
func (m Machine) make(ctx context.Context, w *work) (failed map[string]bool, err error) {
	others := m.pullOrBuild(ctx, w)
	failed = map[string]bool{}
	var built, pulled error
	var ids map[string]string
	var group errgroup.Group
	group.Go(func() error {
		options := m.Build
		options.Egress, options.BuildKit, options.Sink, options.Logins = m.Egress, m.BuildKit, m.Sink, m.Logins
		if len(w.builds) > 0 {
			ids, built = build.Run(ctx, m.Engine, w.builds, options)
		}
		return nil
	})
	group.Go(func() error {
		pulled = m.pull(ctx, others, w.options, failed)
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
func (m Machine) pullOrBuild(ctx context.Context, w *work) []*fetch {
	var either, others []*fetch
	for _, f := range w.fetches {
		if len(f.builds) > 0 && !w.options.NoBuild {
			either = append(either, f)
		} else {
			others = append(others, f)
		}
	}
	_ = m.pull(ctx, either, w.options, map[string]bool{}) // what fails is built
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
func (m Machine) pull(ctx context.Context, all []*fetch, o Options, failed map[string]bool) error {
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
		soft = m.pullAll(ctx, gentle, run.PullOptions{Logins: m.Logins, Sink: m.Sink, Quiet: o.QuietPull, Gentle: true})
		return nil
	})
	group.Go(func() error {
		hard = m.pullAll(ctx, strict, run.PullOptions{Logins: m.Logins, Sink: m.Sink, Quiet: o.QuietPull})
		return nil
	})
	_ = group.Wait() // the errors are in their lists
	for i, f := range gentle {
		if !f.pulled && ctx.Err() == nil {
			m.Sink(event.Event{Kind: event.Note, ID: "pull " + f.Image, State: event.Warning, Text: soft[i].Error() + f.instead()})
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
func (m Machine) pullAll(ctx context.Context, all []*fetch, o run.PullOptions) []error {
	errs := run.PullAll(ctx, m.Engine, pulls(all), o)
	for i, f := range all {
		if errs[i] == nil && f.Platform != "" {
			unfit, _, err := inspect(ctx, m.Engine, f.Image, f.Platform)
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
func staleness(spec build.Spec, hash string, look run.Look, wish wish, w *work) string {
	id := look.Images[spec.Image]
	switch {
	case w.options.Build:
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
	if len(look.Of(spec.Service)) == 0 && spec.Service == w.options.Plan.OneOff {
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
