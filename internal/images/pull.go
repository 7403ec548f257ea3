package images

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/run"
)

// PullOptions are the choices of [Store.Pull]. The zero value pulls for all services.
type PullOptions struct {
	Services        []string // only theirs; empty: all
	Policy          string   // in the place of pull_policy: "missing" or "always"; empty: what the files say
	IgnoreBuildable bool     // leave out the services that have a build section
	IgnoreFailures  bool     // report what cannot be pulled as warnings
	Quiet           bool     // report no progress
}

// Pull pulls the images of a project's services, newer ones too, and reports what
// it leaves out. The error joins one [fail.Error] for each image that could not be
// pulled.
func (s Store) Pull(ctx context.Context, p *project.Project, o PullOptions) error {
	there, err := run.Images(ctx, s.Engine, References(p))
	if err != nil {
		return err
	}
	pulls, skipped, err := pullsOf(p, there, o)
	if err != nil {
		return err
	}
	for _, text := range skipped {
		s.sink(event.Event{Kind: event.Note, Text: text})
	}
	if len(pulls) == 0 {
		return nil
	}
	errs := run.PullAll(ctx, s.Engine, pulls, run.PullOptions{Logins: s.Build.Logins, Sink: s.sink, Quiet: o.Quiet, Gentle: o.IgnoreFailures})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if there, err = run.Images(ctx, s.Engine, References(p)); err != nil {
		return errors.Join(append(errs, err)...)
	}
	memory := recall(s.StateDir)
	for i, pulled := range pulls {
		if errs[i] == nil && there[pulled.Image] != "" {
			memory.add("current %s %s %d", pulled.Image, there[pulled.Image], time.Now().Unix())
			continue
		}
		errs[i] = buildInstead(p, pulled, errs[i])
	}
	memory.save()
	if o.IgnoreFailures {
		warn(s.sink, errs)
		return nil
	}
	return errors.Join(errs...)
}

// warn reports errors as warnings.
func warn(sink event.Sink, errs []error) {
	for _, err := range errs {
		if err != nil {
			sink(event.Event{Kind: event.Note, ID: err.Error(), State: event.Warning, Text: err.Error()})
		}
	}
}

// buildInstead says, where an image can be built, that it can.
func buildInstead(p *project.Project, pulled run.Pull, err error) error {
	e, ok := errors.AsType[*fail.Error](err)
	if !ok {
		return err
	}
	for _, name := range pulled.Services {
		if p.Services[name].Build != nil {
			more := *e
			more.Hint = strings.TrimPrefix(more.Hint+"; `devup build "+name+"` makes it from source", "; ")
			return &more
		}
	}
	return err
}

// pullsOf decides which images an explicit pull is about. Who asks for a pull wants
// newer images, so what is here already is pulled again unless a file or the policy
// says otherwise; the tag latest is expected to move and counts as not here.
func pullsOf(p *project.Project, there map[string]string, o PullOptions) (pulls []run.Pull, skipped []string, err error) {
	byImage := map[string]*run.Pull{}
	add := func(image, platform, service string) {
		key := image + " " + platform
		if byImage[key] == nil {
			byImage[key] = &run.Pull{Image: image, Platform: platform}
		}
		byImage[key].Services = append(byImage[key].Services, service)
	}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if len(o.Services) > 0 && !slices.Contains(o.Services, name) {
			continue
		}
		w, err := wishOf(s, Options{Pull: o.Policy})
		if err != nil {
			return nil, nil, err
		}
		latest := strings.HasSuffix(registry.FullName(s.Image), ":latest")
		switch {
		case s.Image == "":
			skipped = append(skipped, name+" is not pulled: it has no image but is built")
		case o.IgnoreBuildable && s.Build != nil:
			skipped = append(skipped, name+" is not pulled: it can be built")
		case w.policy == types.PullPolicyNever, w.policy == types.PullPolicyBuild:
			skipped = append(skipped, name+" is not pulled: its pull_policy is "+w.policy)
		case w.said && w.policy == types.PullPolicyMissing && there[s.Image] != "" && !latest:
			skipped = append(skipped, name+" is not pulled: "+s.Image+" is here already")
		default:
			add(s.Image, s.Platform, name)
		}
		for _, image := range imageVolumes(s) {
			add(image, "", name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byImage)) {
		pulls = append(pulls, *byImage[key])
	}
	return pulls, skipped, nil
}
