package images

import (
	"context"
	"errors"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/transfer"
)

// PushOptions are the choices of [Store.Push]. The zero value pushes for all services.
type PushOptions struct {
	Services       []string // only theirs; empty: all
	IgnoreFailures bool     // report what cannot be pushed as warnings
	IgnoreMissing  bool     // leave out images that are not here
	Quiet          bool     // report no progress
}

// Push pushes the images that a project's services build, under every name that
// the files give them, and reports how many there are. A service that builds an
// image without a name of its own is left out, and that is reported. The error
// joins one [fail.Error] for each image that could not be pushed.
func (s Store) Push(ctx context.Context, p *project.Project, o PushOptions) (pushed int, err error) {
	pushes, skipped := choosePushes(p, o.Services)
	for _, text := range skipped {
		s.report(event.Event{Kind: event.Note, Text: text})
	}
	if o.IgnoreMissing {
		if pushes, err = s.withoutMissing(ctx, p, pushes); err != nil {
			return 0, err
		}
	}
	errs := transfer.PushAll(ctx, s.Engine, pushes, s.transfer(o.Quiet, o.IgnoreFailures))
	if ctx.Err() != nil {
		return len(pushes), context.Cause(ctx)
	}
	if o.IgnoreFailures {
		s.warnAll(errs)
		return len(pushes), nil
	}
	return len(pushes), errors.Join(errs...)
}

// withoutMissing leaves out the images that the engine does not have, and reports it.
func (s Store) withoutMissing(ctx context.Context, p *project.Project, pushes []transfer.Push) ([]transfer.Push, error) {
	here, err := s.List(ctx, p)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pushes, func(push transfer.Push) bool {
		missing := here.IDs[p.Services[push.Service].Image] == ""
		if missing {
			s.report(event.Event{Kind: event.Note, Text: push.Service + " is not pushed: " + push.Image + " is not here"})
		}
		return missing
	}), nil
}

func choosePushes(p *project.Project, services []string) (pushes []transfer.Push, skipped []string) {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		switch {
		case len(services) > 0 && !slices.Contains(services, name):
		case s.Build == nil && len(services) > 0:
			skipped = append(skipped, name+" is not pushed: it builds no image")
		case s.Build == nil:
		case s.Image == "":
			skipped = append(skipped, name+" is not pushed: its image has no name; give it one with image")
		default:
			for _, image := range append([]string{s.Image}, s.Build.Tags...) {
				pushes = append(pushes, transfer.Push{Image: image, Service: name})
			}
		}
	}
	return pushes, skipped
}
