package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/up"
)

// convergeOptions are the flags of the commands that bring the engine to what the
// files say: up, create, scale and plan. Names and meaning are Compose's.
type convergeOptions struct {
	up.Options
	noDeps    bool
	keepGoing bool
	scale     []string
	seconds   int
	gateway   choice
}

// asUsual are the options of a run without any flag.
func asUsual() convergeOptions { return convergeOptions{seconds: -1, keepGoing: true} }

// bind declares the flags.
func (o *convergeOptions) bind(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&o.Build, "build", false, "build every image, stale or not")
	f.BoolVar(&o.NoBuild, "no-build", false, "build nothing")
	f.StringVar(&o.Pull, "pull", "policy", "pull before starting: always, missing, never, or policy for what the files say")
	f.BoolVar(&o.QuietPull, "quiet-pull", false, "show no progress of pulls")
	f.BoolVar(&o.keepGoing, "keep-going", true, "start the services that do not need an image that could not be had; --keep-going=false starts none then")
	f.BoolVar(&o.Plan.ForceRecreate, "force-recreate", false, "replace the containers also where nothing changed")
	f.BoolVar(&o.Plan.AlwaysDeps, "always-recreate-deps", false, "replace the containers of the dependencies too")
	f.BoolVar(&o.Plan.NoRecreate, "no-recreate", false, "leave containers that exist as they are")
	f.BoolVarP(&o.Plan.RenewAnon, "renew-anon-volumes", "V", false, "give new containers new anonymous volumes")
	f.BoolVar(&o.Plan.RemoveOrphans, "remove-orphans", false, "remove containers that belong to no service")
	f.BoolVar(&o.noDeps, "no-deps", false, "without the services that the named ones depend on")
	f.StringArrayVar(&o.scale, "scale", nil, "run this many containers of a service: `SERVICE=NUMBER`; may be repeated")
	f.BoolVar(&o.StrictPorts, "strict-ports", false, "take the host ports that the files ask for, or fail where somebody holds one")
	bindGateway(f, &o.gateway)
	timeoutFlag(c, &o.seconds)
	c.MarkFlagsMutuallyExclusive("build", "no-build")
	c.MarkFlagsMutuallyExclusive("force-recreate", "no-recreate")
	c.MarkFlagsMutuallyExclusive("always-recreate-deps", "no-recreate")
	c.MarkFlagsMutuallyExclusive("renew-anon-volumes", "no-recreate")
}

// complete fills in what the flags mean together with the arguments and the
// environment.
func (a *app) complete(o *convergeOptions, services []string) {
	o.StopOnFailure = !o.keepGoing
	o.Timeout, o.StopTimeout, o.Plan.Services = a.settings.WaitTimeout, grace(o.seconds), services
	o.Plan.RemoveOrphans = o.Plan.RemoveOrphans || a.removesOrphans()
}

// numbers reads SERVICE=NUMBER pairs.
func numbers(pairs []string) (map[string]int, error) {
	scale := map[string]int{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		n, err := strconv.Atoi(text)
		if !ok || name == "" || err != nil || n < 0 {
			return nil, fail.New(fail.Usage, "for example web=3", "%q is no SERVICE=NUMBER", pair)
		}
		scale[name] = n
	}
	return scale, nil
}

// site is a project in its place: the machine that runs it and what is there.
type site struct {
	app     *app
	machine up.Target
	engine  *engine.Engine
	project *project.Project
	survey  observe.State
	images  images.Listing
	// withheld says which credentials the project does without, because no user was there to ask.
	withheld []string
	unlock   func() // see release
}

// site loads the services and looks at the engine, both at the same time. With turn it
// waits until no other devup changes the project, and the caller calls release.
func (a *app) site(ctx context.Context, services []string, o convergeOptions, turn bool) (*site, error) {
	scale, err := numbers(o.scale)
	if err != nil {
		return nil, err
	}
	selection := a.projectOptions(services...)
	selection.NoDeps = o.noDeps && len(services) > 0
	first := a.glimpse(ctx)
	defer first.end()
	read := a.read
	if turn {
		read = a.provided
	}
	p, err := read(ctx, &selection)
	if err != nil {
		return nil, err
	}
	if err := known(p, scale); err != nil {
		return nil, err
	}
	if len(p.Services) == 0 {
		return nil, fail.New(fail.Config, "name one under services, or activate its profile with --profile", "project %s has no service to start", p.Name)
	}
	outside, withheld, err := a.allowed(ctx, p, turn)
	if err != nil {
		return nil, err
	}
	at := &site{app: a, unlock: func() {}, images: first.images(ctx, p), withheld: withheld}
	if at.machine, at.engine, err = first.machine(ctx, a); err != nil {
		return nil, err
	}
	at.machine.Egress = outside
	if turn {
		at.survey, at.project, at.unlock, err = a.surveyInTurn(ctx, at.engine, p, selection, first)
	} else if at.survey, err = first.look(ctx, at.engine, time.Time{}); err == nil {
		at.project, err = a.checkout(ctx, p, at.survey, selection)
	}
	if err != nil {
		return nil, err
	}
	if first.passed {
		at.images = images.Listing{} // whoever had the turn before may have built or pulled
	}
	if at.project, err = a.gated(ctx, at.project.WithScale(scale), at.engine, at.project.Name, o.gateway); err != nil {
		at.release()
		return nil, err
	}
	at.machine.Gateway = a.keeper(at.engine, at.project.Name)
	at.machine.Place.Tunnels = a.openTunnels(at.engine, at.project.Name)
	return at, nil
}

// release lets other devups change the project. It may be called more than once.
func (at *site) release() { at.unlock() }

// run takes the project to what the files say. The user is asked whether volumes that
// changed may be replaced, without the lock.
func (at *site) run(ctx context.Context, o up.Options) (*up.Outcome, error) {
	o.Plan.RenewVolumes = o.Plan.RenewVolumes || at.app.settings.Yes
	o.AskVolumes = at.app.canAsk()
	outcome, err := at.try(ctx, o)
	changed, ask := errors.AsType[*up.VolumesChanged](err)
	if !ask {
		return outcome, err
	}
	at.release()
	if o.Plan.RenewVolumes, err = at.app.confirm(ctx, changed.Error()+"?"); err != nil {
		return outcome, err
	}
	if err := at.reopen(ctx); err != nil {
		return outcome, err
	}
	o.AskVolumes = false
	return at.try(ctx, o)
}

// reopen takes the lock again and observes the engine, on which others may have changed the
// project meanwhile.
func (at *site) reopen(ctx context.Context) error {
	held, err := at.app.turn(ctx, at.engine, at.project.Name)
	if err != nil {
		return err
	}
	at.unlock, at.images = held.Release, images.Listing{}
	at.survey, err = everything(ctx, at.engine, "")
	return err
}

// try is one run of the line.
func (at *site) try(ctx context.Context, o up.Options) (*up.Outcome, error) {
	o.Known, at.machine.OnApplied = at.images, at.release
	o.Ports = at.app.keptPorts(ctx, at.project)
	outcome, err := up.Run(ctx, at.machine, at.project, at.survey, o)
	if _, ask := errors.AsType[*up.VolumesChanged](err); !ask && (len(outcome.Builds) > 0 || outcome.Changed) {
		for _, text := range at.withheld {
			at.machine.Sink(event.Event{Kind: event.Note, Text: text})
		}
	}
	if outcome.Plan != nil && !o.DryRun {
		at.app.keepPorts(ctx, at.project, outcome)
	}
	return outcome, err
}

// known refuses numbers for services that are not part of the project.
func known(p *project.Project, scale map[string]int) error {
	for _, name := range slices.Sorted(maps.Keys(scale)) {
		if _, ok := p.Services[name]; !ok {
			e := fail.New(fail.UnknownService, "its services are "+list(p.ServiceNames()), "project %s has no service %q to scale", p.Name, name)
			e.Service = name
			return e
		}
	}
	return nil
}

// createdAt is when a container was made.
func createdAt(c plan.Container) time.Time { return time.Unix(c.Created, 0) }
