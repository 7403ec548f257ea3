package images

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
)

// imageState is all that is known of the images of a project before it is decided what
// to pull and to build.
type imageState struct {
	ids      map[string]string     // reference -> ID, of the images that are here
	specs    []build.Spec          // the images that the project builds
	inputs   map[string]string     // service -> hash of what its image is built from
	policies map[string]pullPolicy // by service
	building map[string]bool       // images that some service builds, by full name
	unfit    map[string]bool       // services whose image is here, but for another platform
	tagged   map[string]time.Time  // reference -> when the image here got that name
	memory   *memory
	now      time.Time
}

// observe collects the state. It asks the engine, once where the request has a listing.
func (s Store) observe(ctx context.Context, r Request) (*imageState, error) {
	state := &imageState{unfit: map[string]bool{}, tagged: map[string]time.Time{}, memory: recall(s.StateDir), now: time.Now()}
	var err error
	if !r.Known.Covers(r.Project) {
		if r.Known, err = s.List(ctx, r.Project); err != nil {
			return state, err
		}
	}
	state.ids = r.Known.IDs
	if state.specs, err = build.Specs(r.Project); err != nil {
		return state, err
	}
	s.warnLarge(state.specs)
	state.building = building(state.specs)
	if state.inputs, err = inputs(ctx, state.specs, state.ids, r.NoBuild); err != nil {
		return state, err
	}
	if state.policies, err = policies(r.Project, r.Options); err != nil {
		return state, err
	}
	return state, state.inspect(ctx, s.Engine, r.Project)
}

// inputs hashes what each image is built from, in parallel. With noBuild it leaves
// out an image that is here and whose files are not, as where only images were handed on.
func inputs(ctx context.Context, specs []build.Spec, here map[string]string, noBuild bool) (map[string]string, error) {
	hashes := make([]string, len(specs))
	var group errgroup.Group
	for i, spec := range specs {
		group.Go(func() (err error) {
			if hashes[i], err = build.Inputs(ctx, spec); noBuild && here[spec.Image] != "" && ctx.Err() == nil {
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

// building are the full names of the images that the specs make.
func building(specs []build.Spec) map[string]bool {
	names := map[string]bool{}
	for _, s := range specs {
		for _, name := range append([]string{s.Image}, s.Tags...) {
			names[registry.FullName(name)] = true
		}
	}
	return names
}

// pullPolicy is what one service says about pulling its image.
type pullPolicy struct {
	policy string        // one of Compose's, where daily and the like are refresh
	every  time.Duration // of refresh
	set    bool          // a file or --pull sets it
}

// overrides reports whether --pull replaces the pull_policy of every service.
func (o Options) overrides() bool { return o.Pull != "" && o.Pull != "policy" }

// policies reads the pull_policy of every service, or what replaces it for this run.
func policies(p *project.Project, o Options) (map[string]pullPolicy, error) {
	all := map[string]pullPolicy{}
	for _, name := range p.ServiceNames() {
		policy, err := policyOf(p.Services[name], o)
		if err != nil {
			return nil, err
		}
		all[name] = policy
	}
	return all, nil
}

func policyOf(s types.ServiceConfig, o Options) (pullPolicy, error) {
	if o.overrides() {
		s.PullPolicy = o.Pull
	}
	policy, every, err := s.GetPullPolicy()
	if err != nil && s.PullPolicy == o.Pull {
		return pullPolicy{}, fail.New(fail.Usage, "it is always, missing, never, build or policy", "--pull: invalid value %q", o.Pull)
	}
	if err != nil {
		e := fail.Wrap(err, fail.Config, "it is always, missing, never, build, daily, weekly or every_ and a time, such as every_12h", "service %[2]s: unknown pull_policy %[1]q", s.PullPolicy, s.Name)
		e.Service, e.CauseShown = s.Name, true
		return pullPolicy{}, e
	}
	if policy == types.PullPolicyIfNotPresent {
		policy = types.PullPolicyMissing
	}
	return pullPolicy{policy: policy, every: every, set: s.PullPolicy != ""}, nil
}

// inspector is what inspecting images needs of the engine.
type inspector interface {
	ImageInspect(context.Context, string, ...client.ImageInspectOption) (client.ImageInspectResult, error)
}

// inspect asks about images that are here what their list does not say, and only
// where it matters: the platform of an image that has to be for a certain one, and the
// age of one that is to be refreshed.
func (s *imageState) inspect(ctx context.Context, e inspector, p *project.Project) error {
	names := p.ServiceNames()
	unfit, tagged := make([]bool, len(names)), make([]time.Time, len(names))
	var group errgroup.Group
	group.SetLimit(8)
	for i, name := range names {
		service, policy := p.Services[name], s.policies[name]
		id := s.ids[service.Image]
		platform := service.Build == nil && service.Platform != "" && !s.memory.serves(id, service.Platform)
		refresh := policy.policy == types.PullPolicyRefresh && s.now.Sub(s.memory.current(service.Image, id)) >= policy.every
		if id == "" || service.Image == "" || !platform && !refresh {
			continue
		}
		group.Go(func() (err error) {
			unfit[i], tagged[i], err = inspect(ctx, e, service.Image, service.Platform)
			if err == nil && platform && !unfit[i] {
				s.memory.add("serves %s %s", id, service.Platform)
			}
			return err
		})
	}
	err := group.Wait()
	for i, name := range names {
		if unfit[i] {
			s.unfit[name] = true
		}
		if image := p.Services[name].Image; tagged[i].After(s.tagged[image]) {
			s.tagged[image] = tagged[i]
		}
	}
	return err
}

// inspect finds out of an image whether it is unfit for a platform, and when it
// was tagged. An empty platform fits.
func inspect(ctx context.Context, e inspector, image, platform string) (unfit bool, tagged time.Time, err error) {
	found, err := e.ImageInspect(ctx, image)
	if errdefs.IsNotFound(err) {
		return false, tagged, nil // removed a moment ago: the list decides
	}
	if err != nil {
		return false, tagged, fmt.Errorf("inspect the image %s: %w", image, err)
	}
	if platform == "" || fits(platform, found.Os, found.Architecture, found.Variant) {
		return false, found.Metadata.LastTagTime, nil
	}
	// An image store that keeps several platforms under one name shows one of them.
	wanted, err := platforms.Parse(platform)
	if err != nil {
		return false, tagged, nil // creating the container says so with the place
	}
	_, err = e.ImageInspect(ctx, image, client.ImageInspectWithPlatform(&wanted))
	return err != nil, found.Metadata.LastTagTime, nil
}

// fits reports whether an image runs on a platform, by its name. A variant that one of
// them leaves out makes no difference.
func fits(wanted, os, arch, variant string) bool {
	w, err := platforms.Parse(wanted)
	if err != nil {
		return true // creating the container says so with the place
	}
	is := platforms.Normalize(platforms.Platform{OS: os, Architecture: arch, Variant: variant})
	return strings.EqualFold(w.OS, is.OS) && w.Architecture == is.Architecture && (w.Variant == is.Variant || w.Variant == "" || is.Variant == "")
}
