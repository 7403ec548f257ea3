package images

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/transfer"
)

// PullOptions are the choices of [Store.Pull]. The zero value pulls for all services.
type PullOptions struct {
	Services        []string // only theirs; empty: all
	Policy          string   // replaces pull_policy: "missing" or "always"; empty: what the files say
	IgnoreBuildable bool     // leave out the services that have a build section
	IgnoreFailures  bool     // report what cannot be pulled as warnings
	Quiet           bool     // report no progress
}

// Pull pulls the images of a project's services, newer ones too, and reports what
// it leaves out. The error joins one [fail.Error] for each image that could not be
// pulled.
func (s Store) Pull(ctx context.Context, p *project.Project, o PullOptions) error {
	here, err := s.List(ctx, p)
	if err != nil {
		return err
	}
	pulls, skipped, err := choosePulls(p, here.IDs, o)
	if err != nil {
		return err
	}
	for _, text := range skipped {
		s.report(event.Event{Kind: event.Note, Text: text})
	}
	if len(pulls) == 0 {
		return nil
	}
	errs := transfer.PullAll(ctx, s.Engine, pulls, s.transfer(o.Quiet, o.IgnoreFailures))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if here, err = s.List(ctx, p); err != nil {
		return errors.Join(append(errs, err)...)
	}
	memory := recall(s.StateDir)
	for i, pulled := range pulls {
		if id := here.IDs[pulled.Image]; errs[i] == nil && id != "" {
			memory.add("current %s %s %d", pulled.Image, id, time.Now().Unix())
			continue
		}
		errs[i] = hintBuild(p, pulled, errs[i])
	}
	memory.save()
	if o.IgnoreFailures {
		s.warnAll(errs)
		if names := buildable(p, pulls, errs); len(names) > 0 {
			s.report(event.Event{Kind: event.Note, Text: "what could not be pulled can be built from source: devup build " + strings.Join(names, " ")})
		}
		return nil
	}
	return errors.Join(errs...)
}

// buildable are the services whose images could not be pulled and can be built.
func buildable(p *project.Project, pulls []transfer.Pull, errs []error) []string {
	var names []string
	for i, pulled := range pulls {
		for _, name := range pulled.Services {
			if errs[i] != nil && p.Services[name].Build != nil {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// warnAll reports errors as warnings.
func (s Store) warnAll(errs []error) {
	for _, err := range errs {
		if err != nil {
			s.warn(err.Error(), err.Error())
		}
	}
}

// hintBuild adds to the hint, where an image can be built, how.
func hintBuild(p *project.Project, pulled transfer.Pull, err error) error {
	e, ok := errors.AsType[*fail.Error](err)
	if !ok {
		return err
	}
	for _, name := range pulled.Services {
		if p.Services[name].Build != nil {
			more := *e
			more.Hint = strings.TrimPrefix(more.Hint+"; `devup build "+name+"` builds it from source", "; ")
			return &more
		}
	}
	return err
}

// choosePulls decides which images the command pulls. It is for newer images, so what is
// here already is pulled again unless a file or the policy says otherwise; the tag latest
// is expected to move and counts as not here.
func choosePulls(p *project.Project, here map[string]string, o PullOptions) (pulls []transfer.Pull, skipped []string, err error) {
	chosen := pullSet{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if len(o.Services) > 0 && !slices.Contains(o.Services, name) {
			continue
		}
		policy, err := policyOf(s, Options{Pull: o.Policy})
		if err != nil {
			return nil, nil, err
		}
		latest := strings.HasSuffix(registry.FullName(s.Image), ":latest")
		switch {
		case s.Image == "":
			skipped = append(skipped, name+" is not pulled: it has no image but is built")
		case o.IgnoreBuildable && s.Build != nil:
			skipped = append(skipped, name+" is not pulled: it can be built")
		case policy.policy == types.PullPolicyNever, policy.policy == types.PullPolicyBuild:
			skipped = append(skipped, name+" is not pulled: its pull_policy is "+policy.policy)
		case policy.set && policy.policy == types.PullPolicyMissing && here[s.Image] != "" && !latest:
			skipped = append(skipped, name+" is not pulled: "+s.Image+" is here already")
		default:
			chosen.add(s.Image, s.Platform, name)
		}
		for _, image := range moreImages(s) {
			chosen.add(image, "", name)
		}
	}
	return requests(chosen.sorted()), skipped, nil
}
