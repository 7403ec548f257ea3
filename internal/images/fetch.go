package images

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/run"
)

// fetch is an image to pull.
type fetch struct {
	run.Pull
	present bool         // an image of the name is there and will do when the pull fails
	builds  []build.Spec // what is built when the pull fails
	pulled  bool         // it came
}

// wish is what one service says about pulling its image.
type wish struct {
	policy string        // one of Compose's, where daily and its like are refresh
	every  time.Duration // of refresh
	said   bool          // it stands in a file or in --pull
}

// wishOf reads pull_policy, or what stands in its place for the whole run.
func wishOf(s types.ServiceConfig, o Options) (wish, error) {
	if o.Pull != "" && o.Pull != "policy" {
		s.PullPolicy = o.Pull
	}
	policy, every, err := s.GetPullPolicy()
	if err != nil && s.PullPolicy == o.Pull {
		return wish{}, fail.New(fail.Usage, "it is always, missing, never, build or policy", "--pull cannot be %q", o.Pull)
	}
	if err != nil {
		e := fail.Wrap(err, fail.Config, "it is always, missing, never, build, daily, weekly or every_ and a time, such as every_12h", "the pull_policy %q of %s is none", s.PullPolicy, s.Name)
		e.Service, e.Told = s.Name, true
		return wish{}, e
	}
	if policy == types.PullPolicyIfNotPresent {
		policy = types.PullPolicyMissing
	}
	return wish{policy: policy, every: every, said: s.PullPolicy != ""}, nil
}

// pulls reports whether a service's image comes from a registry before anything
// is built. One with a build section says so by its pull_policy; without that its
// files are the image. (Compose asks the registry first, and then runs what
// somebody published instead of what lies here.)
func (w wish) pulls(s types.ServiceConfig) bool {
	if s.Image == "" || w.policy == types.PullPolicyNever || w.policy == types.PullPolicyBuild {
		return false
	}
	return s.Build == nil || w.said
}

// local is what is known here of the images that services want.
type local struct {
	ids      map[string]string // reference -> ID
	tagged   map[string]time.Time
	unfit    map[string]bool // "service": its image is there, but for another platform
	memory   *memory
	now      time.Time
	building map[string]bool // images that some service builds, by full name
}

// due reports whether an image has to be pulled.
func (l local) due(s types.ServiceConfig, w wish) bool {
	id := l.ids[s.Image]
	if id == "" || l.unfit[s.Name] {
		return true
	}
	switch w.policy {
	case types.PullPolicyAlways:
		return true
	case types.PullPolicyRefresh:
		return l.now.Sub(l.lastCurrent(s.Image, id)) >= w.every
	default:
		return false
	}
}

// lastCurrent is when the image was the registry's for certain.
func (l local) lastCurrent(ref, id string) time.Time {
	last := l.memory.current(ref, id)
	if l.tagged[ref].After(last) {
		return l.tagged[ref]
	}
	return last
}

// fetches says which images are to be pulled, and which services get none: those
// whose pull_policy forbids it and whose image is not there.
func fetches(p *project.Project, specs []build.Spec, l local, o Options) (all []*fetch, barred []error, err error) {
	wanted := fetchList{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		w, err := wishOf(s, o)
		if err != nil {
			return nil, nil, err
		}
		for _, image := range imageVolumes(s) {
			if l.ids[image] == "" && !l.building[registry.FullName(image)] && w.policy != types.PullPolicyNever {
				wanted.add(image, "", name)
			}
		}
		switch {
		case s.Image == "" || l.made(s) || o.Build && s.Build != nil:
		case w.pulls(s) && l.due(s, w):
			f := wanted.add(s.Image, s.Platform, name)
			f.present = w.policy == types.PullPolicyRefresh && l.ids[s.Image] != "" && !l.unfit[name]
			f.builds = append(f.builds, specsOf(specs, name)...)
		case s.Build == nil && (l.ids[s.Image] == "" || l.unfit[name]):
			barred = append(barred, l.barredBy(s, o))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		all = append(all, wanted[key])
	}
	return all, barred, nil
}

// made reports whether another service builds the image of this one.
func (l local) made(s types.ServiceConfig) bool {
	return s.Build == nil && l.building[registry.FullName(s.Image)]
}

// specsOf is the spec of a service, if it has one.
func specsOf(specs []build.Spec, service string) []build.Spec {
	return slices.DeleteFunc(slices.Clone(specs), func(s build.Spec) bool { return s.Service != service })
}

// fetchList are fetches by image and platform.
type fetchList map[string]*fetch

// add wants an image for one more service.
func (all fetchList) add(image, platform, service string) *fetch {
	key := image + " " + platform
	if all[key] == nil {
		all[key] = &fetch{Pull: run.Pull{Image: image, Platform: platform}}
	}
	f := all[key]
	if !slices.Contains(f.Services, service) {
		f.Services = append(f.Services, service)
	}
	return f
}

// barredBy is the failure of a service whose image may not be pulled.
func (l local) barredBy(s types.ServiceConfig, o Options) error {
	by, hint := "its pull_policy", "pull it once (`docker pull "+s.Image+"`), or change pull_policy"
	if o.Pull != "" && o.Pull != "policy" {
		by, hint = "--pull "+o.Pull, "leave that out, or run `devup pull "+s.Name+"` first"
	}
	state := "is not on this engine"
	if l.unfit[s.Name] {
		state = "is on this engine, but not for " + s.Platform
	}
	e := fail.New(fail.ImageMissing, hint, "the image %s of %s %s, and %s forbids to pull it", s.Image, s.Name, state, by)
	e.Service = s.Name
	return e
}

// imageVolumes are the images that a service mounts.
func imageVolumes(s types.ServiceConfig) []string {
	var images []string
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeImage {
			images = append(images, v.Source)
		}
	}
	return images
}

// inspector is what looking at images needs of the engine.
type inspector interface {
	ImageInspect(context.Context, string, ...client.ImageInspectOption) (client.ImageInspectResult, error)
}

// inspectLocal finds out about the images that are there what their list does
// not tell, and only where it matters: of a service with a platform that is not
// known to be served, and of one that is to be refreshed now and then.
func inspectLocal(ctx context.Context, e inspector, p *project.Project, l *local, o Options) error {
	unfit := make([]bool, len(p.ServiceNames()))
	tagged := make([]time.Time, len(unfit))
	names := p.ServiceNames()
	var group errgroup.Group
	group.SetLimit(8)
	for i, name := range names {
		s := p.Services[name]
		w, err := wishOf(s, o)
		if err != nil {
			return err
		}
		id := l.ids[s.Image]
		platform := s.Build == nil && s.Platform != "" && !l.memory.serves(id, s.Platform)
		refresh := w.policy == types.PullPolicyRefresh && l.now.Sub(l.memory.current(s.Image, id)) >= w.every
		if id == "" || s.Image == "" || !platform && !refresh {
			continue
		}
		group.Go(func() (err error) {
			unfit[i], tagged[i], err = inspect(ctx, e, s.Image, s.Platform)
			if err == nil && platform && !unfit[i] {
				l.memory.add("serves %s %s", id, s.Platform)
			}
			return err
		})
	}
	err := group.Wait()
	for i, name := range names {
		if unfit[i] {
			l.unfit[name] = true
		}
		if image := p.Services[name].Image; tagged[i].After(l.tagged[image]) {
			l.tagged[image] = tagged[i]
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

// fits reports whether an image runs on a platform, by its name. What is not
// said of a variant is no difference.
func fits(wanted, os, arch, variant string) bool {
	w, err := platforms.Parse(wanted)
	if err != nil {
		return true // creating the container says so with the place
	}
	is := platforms.Normalize(platforms.Platform{OS: os, Architecture: arch, Variant: variant})
	return strings.EqualFold(w.OS, is.OS) && w.Architecture == is.Architecture && (w.Variant == is.Variant || w.Variant == "" || is.Variant == "")
}

// building are the full names of the images that the specs make.
func building(specs []build.Spec) map[string]bool {
	made := map[string]bool{}
	for _, s := range specs {
		for _, name := range append([]string{s.Image}, s.Tags...) {
			made[registry.FullName(name)] = true
		}
	}
	return made
}

// References are the images of the project's services, those they mount, and those
// that only their builds are made from.
func References(p *project.Project) []string {
	set := map[string]bool{}
	var add func(s types.ServiceConfig)
	add = func(s types.ServiceConfig) {
		image := plan.ImageName(p.Project, s)
		if set[image] {
			return
		}
		set[image] = true
		if s.Build == nil {
			return
		}
		for _, where := range s.Build.AdditionalContexts {
			name, is := strings.CutPrefix(where, types.ServicePrefix)
			if base, ok := p.DisabledServices[name]; is && ok {
				add(base)
			}
		}
	}
	for _, s := range p.Services {
		add(s)
		for _, image := range imageVolumes(s) {
			set[image] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
