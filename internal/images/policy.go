package images

import (
	"maps"
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/transfer"
)

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

// pulls reports whether a service's image comes from a registry before anything is
// built. A service with a build section says so by its pull_policy; without one, its
// files are the image. (Compose asks the registry first, and then runs what was
// published instead of the files here.)
func (policy pullPolicy) pulls(s types.ServiceConfig) bool {
	if s.Image == "" || policy.policy == types.PullPolicyNever || policy.policy == types.PullPolicyBuild {
		return false
	}
	return s.Build == nil || policy.set
}

// pull is an image to pull.
type pull struct {
	transfer.Pull
	optional bool         // an image of the name is here and will do when the pull fails
	builds   []build.Spec // what is built when the pull fails
	done     bool         // the image was pulled
}

// fallback says what is done when the pull fails.
func (p *pull) fallback() string {
	if len(p.builds) > 0 {
		return "; it is built instead"
	}
	return "; the one that is here is taken"
}

// requests are what to hand to the engine for pulls.
func requests(pulls []*pull) []transfer.Pull {
	var list []transfer.Pull
	for _, p := range pulls {
		list = append(list, p.Pull)
	}
	return list
}

// pullSet holds pulls by image and platform.
type pullSet map[string]*pull

// add has an image pulled for one more service.
func (set pullSet) add(image, platform, service string) *pull {
	key := image + " " + platform
	if set[key] == nil {
		set[key] = &pull{Pull: transfer.Pull{Image: image, Platform: platform}}
	}
	p := set[key]
	if !slices.Contains(p.Services, service) {
		p.Services = append(p.Services, service)
	}
	return p
}

// sorted are the pulls by image and platform.
func (set pullSet) sorted() []*pull {
	var list []*pull
	for _, key := range slices.Sorted(maps.Keys(set)) {
		list = append(list, set[key])
	}
	return list
}

// choosePulls says which images are to be pulled, and which services get none: those
// whose pull_policy forbids a pull and whose image is not here.
func (s *imageState) choosePulls(p *project.Project, o Options) (all []*pull, forbidden []error) {
	chosen := pullSet{}
	for _, name := range p.ServiceNames() {
		service, policy := p.Services[name], s.policies[name]
		for _, image := range moreImages(service) {
			if s.ids[image] == "" && !s.building[registry.FullName(image)] && policy.policy != types.PullPolicyNever {
				chosen.add(image, "", name)
			}
		}
		switch {
		case service.Image == "" || s.builtByOther(service) || o.Build && service.Build != nil:
		case policy.pulls(service) && s.due(service, policy):
			pull := chosen.add(service.Image, service.Platform, name)
			pull.optional = policy.policy == types.PullPolicyRefresh && s.ids[service.Image] != "" && !s.unfit[name]
			pull.builds = append(pull.builds, s.specsOf(name)...)
		case service.Build == nil && (s.ids[service.Image] == "" || s.unfit[name]):
			forbidden = append(forbidden, s.pullForbidden(service, o))
		}
	}
	return chosen.sorted(), forbidden
}

// pullForbidden is the failure of a service whose image may not be pulled.
func (s *imageState) pullForbidden(service types.ServiceConfig, o Options) error {
	by, hint := "its pull_policy", "pull it once (`docker pull "+service.Image+"`), or change pull_policy"
	if o.overrides() {
		by, hint = "--pull "+o.Pull, "leave that out, or run `devup pull "+service.Name+"` first"
	}
	state := "is not on this engine"
	if s.unfit[service.Name] {
		state = "is on this engine, but not for " + service.Platform
	}
	e := fail.New(fail.ImageMissing, hint, "the image %s of %s %s, and %s forbids to pull it", service.Image, service.Name, state, by)
	e.Service = service.Name
	return e
}
