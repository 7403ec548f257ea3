// Package provider runs the programs behind services that are no containers (provider in a
// Compose file): a database in a cloud, a model. Such a program is on the user's machine, as a
// plugin of docker or on the PATH, and speaks the protocol of Docker Compose's providers.
//
// [Runner.Up] starts what the providers stand for, and gives the project without them, with
// the variables that they set in the services that depend on them. [Runner.End] is the
// way back. A clone names the programs: one that is no plugin of docker runs only if the user
// has agreed.
package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/graph"
	"github.com/devup-cli/devup/internal/project"
)

// Runner runs providers. All fields but Grace are needed.
type Runner struct {
	Environ []string                     // "NAME=value", of devup itself
	Plugins []string                     // the directories of docker's plugins
	Consent func(program string) Consent // to run a program on the PATH
	Sink    event.Sink
	Grace   time.Duration // how long a program may go on after an interruption; zero for 10 s
}

// Consent is what the user has said about a program.
type Consent int

// Kinds of consent.
const (
	Undecided Consent = iota
	Agreed
	Declined
)

// Names are the services of a project that are run by providers, dependencies first.
func Names(p *project.Project) []string {
	before := graph.Graph{}
	var names []string
	for _, name := range p.ServiceNames() {
		if s := p.Services[name]; s.Provider != nil {
			names = append(names, name)
			before[name] = slices.Sorted(maps.Keys(s.DependsOn))
		}
	}
	order, _ := before.Order(names...) // a circle was refused when the files were loaded
	return slices.DeleteFunc(order, func(name string) bool { return !slices.Contains(names, name) })
}

// Up starts what the project's providers stand for, one after the other, and gives a copy of
// the project without them. dry runs none, and so sets no variables.
func (r Runner) Up(ctx context.Context, p *project.Project, dry bool) (*project.Project, error) {
	names := Names(p)
	if len(names) == 0 {
		return p, nil
	}
	set := map[string]variables{}
	for _, name := range names {
		if dry {
			r.Sink(event.Event{Kind: event.Note, Text: "the provider of " + name + " is not run, so its variables are missing here"})
			continue
		}
		got, err := r.call(ctx, p, name, up)
		if err != nil {
			return nil, err
		}
		set[name] = got
	}
	return p.Without(names...).Edit(func(own *project.Project) {
		for _, service := range own.ServiceNames() {
			for _, name := range names {
				if _, depends := p.Services[service].DependsOn[name]; depends {
					r.inject(own, service, name, set[name])
				}
			}
		}
	}), nil
}

// inject gives a service the variables of a provider. Those that it has already are replaced.
func (r Runner) inject(p *project.Project, service, provider string, set variables) {
	s := p.Services[service]
	before := maps.Clone(s.Environment)
	if s.Environment == nil {
		s.Environment = types.MappingWithEquals{}
	}
	for name, value := range set.prefixed {
		s.Environment[strings.ToUpper(provider)+"_"+name] = &value
	}
	for _, name := range slices.Sorted(maps.Keys(set.raw)) {
		value := set.raw[name]
		if old, had := s.Environment[name]; had && (old == nil || *old != value) {
			r.Sink(event.Event{
				Kind: event.Note, State: event.Warning, ID: service + " " + name, Name: service,
				Text: fmt.Sprintf("the provider %s overrides the variable %s of %s", provider, name, service),
			})
		}
		s.Environment[name] = &value
	}
	p.Services[service] = s
	p.Redeclare(service, s.Environment, before)
}

// End asks the providers of the services to end with c, dependents first. No services means
// all. Those after one that fails are asked too. One whose program cannot have started
// anything, because it is not there or the user declined it, is left out with a warning.
func (r Runner) End(ctx context.Context, p *project.Project, services []string, c Command) error {
	var failed []error
	for _, name := range ending(p, services) {
		if ctx.Err() != nil {
			return errors.Join(append(failed, context.Cause(ctx))...)
		}
		if _, ok := r.ends(p, name); !ok {
			continue
		}
		if _, err := r.call(ctx, p, name, c); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// Asked are the services whose providers [Runner.End] would ask, in this order.
func (r Runner) Asked(ctx context.Context, p *project.Project, services []string, c Command) []string {
	return slices.DeleteFunc(ending(p, services), func(name string) bool {
		program, ok := r.ends(p, name)
		return !ok || c == Stop && program != "" && r.metadata(ctx, program).Stop == nil
	})
}

// ends tells whether a provider is there to be ended, with a warning where it is not. The
// program is empty where the user has not decided about it.
func (r Runner) ends(p *project.Project, service string) (program string, ok bool) {
	program, _, err := r.allowed(p.Services[service].Provider.Type)
	if e, refused := errors.AsType[*fail.Error](err); refused && e.Code != fail.NeedsAnswer {
		r.Sink(event.Event{
			Kind: event.Note, State: event.Warning, ID: service + " provider", Name: service,
			Text: service + " is left as it is: " + e.Message,
		})
		return "", false
	}
	return program, true
}

// ending are the services, of all without any, that are run by providers, dependents first.
func ending(p *project.Project, services []string) []string {
	names := Names(p)
	slices.Reverse(names)
	return slices.DeleteFunc(names, func(name string) bool {
		return len(services) > 0 && !slices.Contains(services, name)
	})
}
