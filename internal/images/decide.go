package images

import (
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/transfer"
)

// todo is what there is to pull and to build.
type todo struct {
	builds    []build.Spec
	causes    []Build // of builds
	pulls     []*pull
	forbidden []error           // a [fail.Error] for each service whose image may not be pulled
	inputs    map[string]string // service -> hash of what its image is built from, for the label of its containers
}

func (t *todo) build(spec build.Spec, cause string) {
	t.builds = append(t.builds, spec)
	t.causes = append(t.causes, Build{Service: spec.Service, Cause: cause})
}

// decide says what to pull and to build, from the state alone.
func decide(r Request, state *imageState) (todo, error) {
	t := todo{inputs: maps.Clone(state.inputs)}
	t.pulls, t.forbidden = state.choosePulls(r.Project, r.Options)
	pulled := map[string]bool{} // services that are built only when their pull fails
	for _, p := range t.pulls {
		for _, spec := range p.builds {
			pulled[spec.Service] = true
		}
	}
	for _, spec := range state.specs {
		unknown := r.NoBuild && state.inputs[spec.Service] == "" && state.ids[spec.Image] != ""
		if pulled[spec.Service] || unknown {
			continue
		}
		if cause := state.staleness(spec, r); cause != "" {
			t.build(spec, cause)
		}
	}
	if r.NoBuild {
		return t.withoutBuilds(state.ids)
	}
	return t, nil
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
		case service.Image == "" || service.Build == nil && s.building[registry.FullName(service.Image)] || o.Build && service.Build != nil:
		case policy.pulls(service) && s.due(service, policy):
			pull := chosen.add(service.Image, service.Platform, name)
			pull.optional = policy.policy == types.PullPolicyRefresh && s.ids[service.Image] != "" && !s.unfit[name]
			for _, spec := range s.specs {
				if spec.Service == name {
					pull.builds = append(pull.builds, spec)
				}
			}
		case service.Build == nil && (s.ids[service.Image] == "" || s.unfit[name]):
			forbidden = append(forbidden, s.pullForbidden(service, o))
		}
	}
	return chosen.sorted(), forbidden
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

// due reports whether an image has to be pulled.
func (s *imageState) due(service types.ServiceConfig, policy pullPolicy) bool {
	id := s.ids[service.Image]
	if id == "" || s.unfit[service.Name] {
		return true
	}
	switch policy.policy {
	case types.PullPolicyAlways:
		return true
	case types.PullPolicyRefresh:
		last := s.memory.current(service.Image, id)
		if tagged := s.tagged[service.Image]; tagged.After(last) {
			last = tagged
		}
		return s.now.Sub(last) >= policy.every
	default:
		return false
	}
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

// staleness says why an image has to be built; empty for one that is current. What an
// image was built from is known from the memory, else from the label of a container that
// runs it.
func (s *imageState) staleness(spec build.Spec, r Request) string {
	id, hash, policy := s.ids[spec.Image], s.inputs[spec.Service], s.policies[spec.Service]
	switch {
	case r.Build:
		return "asked for"
	case policy.policy == types.PullPolicyBuild:
		return "its pull_policy is build"
	case id == "":
		return "no image yet"
	case s.memory.built(id, hash):
		return ""
	case policy.set && policy.policy != types.PullPolicyNever && !s.memory.builtHere(id):
		return "" // it was pulled, as pull_policy says
	}
	containers := plan.Observed{Containers: r.Containers}.Of(spec.Service)
	if len(containers) == 0 && spec.Service == r.OneOff {
		return "" // as with Compose, a command runs in the image that is here
	}
	known := s.memory.builtHere(id)
	for _, c := range containers {
		switch {
		case c.Image != id:
		case c.Inputs == hash:
			return ""
		case c.Inputs == "" && !known:
			// Docker Compose built it and runs it, and does not say from what. That was up
			// to date when it was built; from now on a change is seen.
			s.memory.add("built %s %s", id, hash)
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

// withoutBuilds builds nothing, which is an error where an image is missing.
func (t todo) withoutBuilds(ids map[string]string) (todo, error) {
	for _, spec := range t.builds {
		if ids[spec.Image] == "" {
			return todo{}, fail.New(fail.ImageMissing, "leave out --no-build, or run `devup build "+spec.Service+"`", "%s has no image yet, and --no-build forbids to build it", spec.Service)
		}
		// Its container must not say that the image was built from what is here now: the
		// next up would take it for current.
		delete(t.inputs, spec.Service)
	}
	for _, p := range t.pulls {
		p.builds = nil
	}
	t.builds, t.causes = nil, nil
	return t, nil
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
