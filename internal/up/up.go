// Package up is the straight line of `devup up`: it alone knows the order in
// which the other packages work. It prints nothing and asks nothing.
//
//	ports → Resolve → build and pull → plan → Apply → Wait → setup → Table → Open → Check
package up

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/watch"
	"github.com/devup-cli/devup/internal/workspace"
)

// Machine is where the line runs: the engine, the place, and what the machine
// needs to reach the outside. All fields but StateDir, Gateway, Applied and Confirm must be set.
type Machine struct {
	Engine  Engine
	Images  images.Store // of the engine; Run gives it Sink
	Remote  bool         // the engine runs on another machine, whose ports cannot be tried from here
	Distant bool         // bind mounts of what is developed are impossible or slow: it is synced instead
	// Owner gives the user and group that files on bind mounts should belong to.
	// It is asked only when the project says DEVUP_UID or DEVUP_GID.
	Owner    func(context.Context) (uid, gid int, err error)
	Place    workspace.Place
	Ports    workspace.Control // what can be done with the ports of the place
	Web      expose.Client     // asks URLs from outside; needed in a remote place only
	Egress   egress.Settings
	StateDir string         // a folder of the person's own for files that containers read; made when needed
	Gateway  gateway.Keeper // of the project; the zero value can start none
	Applied  func()         // called when the plan is carried out, before the wait for answers; nil for nothing
	// Confirm asks whether data may be lost; nil answers no.
	Confirm func(ctx context.Context, question string) (bool, error)
	Sink    event.Sink
}

// Options are the choices of one run. The zero value builds what is stale,
// starts everything and waits as long as package ready does by default.
type Options struct {
	images.Options
	DryRun      bool                    // stop after the plan
	Ports       map[project.PortKey]int // what published ports had in an earlier run, where no container says it
	StrictPorts bool                    // every port is the one that the files ask for, or there is none
	Public      bool                    // treat every service with a URL as public
	NoWait      bool                    // return when the containers run, whether they answer or not
	Healthy     bool                    // a service with a healthcheck must pass it, even one that answers
	Timeout     time.Duration           // how long to wait for answers; zero for the default of package ready
	StopTimeout *time.Duration          // how long containers may take to stop; nil for their own time
	// StopOnFailure starts nothing when an image could not be built or pulled.
	// Without it the services that do not need that image are started.
	StopOnFailure bool
	Setup         setup.Memory   // of the steps of setup that ran before; nil runs none
	Known         images.Listing // what is known of the images already; Run asks for what is not
	Plan          plan.Options   // what to recreate, keep and remove; Run fills in what it finds out itself
}

// Outcome is what a run decided and did. It is valid, as far as the run came,
// also beside an error.
type Outcome struct {
	Project *project.Project          // resolved for this place and these ports
	Builds  []images.Build            // images that were built, or would be in a dry run
	Pulls   []run.Pull                // images that were pulled, or would be in a dry run
	Plan    *plan.Plan                // nil when the run did not come so far
	Setup   []setup.Step              // that were to run, or would be in a dry run
	Kept    []plan.Change             // volumes that are not as the files say, and stay because of the data in them
	Applied run.Options               // how the plan was carried out: the container of a one-off command needs it too
	IDs     map[string]map[int]string // the containers of the services that were to run, by service and number
	Ports   map[project.PortKey]int   // the host port of every published port
	Moves   []ports.Move              // ports that got another number than the config asks for
	Place   workspace.Place           // where this is, with what its platform told in this run
	URLs    []expose.Row              // the URL table, opened and checked; empty in a dry run
	Changed bool                      // an image was built or the plan did something
	Started []string                  // services of which containers were to be made or started
	Synced  []string                  // services whose source has to be synced, because it is not mounted
}

// Run takes a loaded project to working URLs, given one look at the engine. A service that fails stops only
// those that need it: the rest is started and waited for. The error is a [fail.Error], a join of several (one
// per service), or the context's.
func Run(ctx context.Context, m Machine, p *project.Project, survey run.Survey, o Options) (*Outcome, error) {
	out := &Outcome{}
	m.Images.Build.Sink = m.Sink
	if err := run.External(ctx, m.Engine, p.Project); err != nil {
		return out, err
	}
	t := try{look: survey.Look(p.Name)}
	t.before = t.look.Containers
	for n := 1; ; n++ {
		t.last = n == mostTries
		err := m.try(ctx, out, p, &t, o)
		if !t.again || ctx.Err() != nil {
			return out, err
		}
		if survey, err = run.Observe(ctx, m.Engine); err != nil {
			return out, err
		}
		t.look, t.again, o.Known = survey.Look(p.Name), false, images.Listing{}
	}
}

// try is the line from the ports to the answers.
func (m Machine) try(ctx context.Context, out *Outcome, p *project.Project, t *try, o Options) error {
	look := &t.look
	if err := m.adapt(ctx, out, p, t, &o); err != nil {
		return err
	}
	made, err := m.Images.Prepare(ctx, images.Request{
		Options: o.Options, Project: out.Project, Containers: look.Containers, Known: o.Known, OneOff: o.Plan.OneOff, DryRun: o.DryRun,
	})
	out.Builds, out.Pulls = made.Builds, made.Pulls
	if err != nil {
		return err
	}
	look.Images = made.IDs
	able := out.Project
	if made.Failure != nil {
		if o.StopOnFailure {
			return made.Failure
		}
		var blocked map[string]string
		able, blocked = without(out.Project, made.Failed)
		if len(able.Services) == 0 {
			return made.Failure
		}
		m.sayBlocked(blocked)
	}
	if err := m.volumes(ctx, out, able, *look, &o); err != nil {
		return err
	}
	if out.Plan, err = plan.Make(able.Project, look.Observed, o.Plan); err != nil {
		return err
	}
	out.Changed = out.Changed || len(out.Builds)+len(out.Pulls) > 0 || !out.Plan.Empty()
	if o.DryRun {
		out.foresee(able, *look, o)
		return nil
	}
	return errors.Join(made.Failure, m.carryOut(ctx, out, able, t, made, o))
}

// adapt puts what this place and this machine ask for into the project.
func (m Machine) adapt(ctx context.Context, out *Outcome, p *project.Project, t *try, o *Options) error {
	var err error
	if err = m.place(ctx, out, p, t, *o); err != nil {
		return err
	}
	out.Project = Proxied(out.Project, out.Place)
	if o.Plan.Contents, err = contents(out.Project); err != nil {
		return err
	}
	if o.Plan.Authored, err = authored(p, out.Project, o.Plan.Contents); err != nil {
		return err
	}
	if out.Project, err = withEgress(out.Project, m.Egress, m.StateDir); err != nil {
		return err
	}
	out.Project = apart(out.Project, t.look)
	if m.Distant {
		out.Project, out.Synced = watch.Replace(out.Project)
	}
	return nil
}

// volumes asks whether volumes that changed may be replaced. Without a yes, or anybody
// to ask, they stay, and the run goes on with them.
func (m Machine) volumes(ctx context.Context, out *Outcome, p *project.Project, look run.Look, o *Options) error {
	changed, err := plan.ChangedVolumes(p.Project, look.Observed, o.Plan)
	if err != nil || len(changed) == 0 {
		return err
	}
	if out.Kept = changed; o.DryRun || m.Confirm == nil || o.Plan.NoRecreate {
		return nil
	}
	free := slices.DeleteFunc(slices.Clone(changed), func(c plan.Change) bool { return len(c.Held) > 0 })
	if len(free) == 0 {
		return nil
	}
	var names []string
	for _, c := range free {
		names = append(names, c.Name+" ("+strings.Join(c.Causes, "; ")+")")
	}
	if o.Plan.RenewVolumes, err = m.Confirm(ctx, "replace what changed in the files, and lose the data in it: "+strings.Join(names, ", ")+"?"); err != nil && fail.CodeOf(err) != fail.NeedsAnswer {
		return err
	}
	if o.Plan.RenewVolumes {
		out.Kept = slices.DeleteFunc(changed, func(c plan.Change) bool { return len(c.Held) == 0 })
	}
	return nil
}

// carryOut applies the plan and waits until the services answer.
func (m Machine) carryOut(ctx context.Context, out *Outcome, able *project.Project, t *try, made images.Result, o Options) error {
	first, sweep := split(out.Plan)
	options := run.Options{Project: able.Name, Inputs: made.Inputs, Images: made.IDs, StopTimeout: o.StopTimeout, Sink: m.Sink}
	out.Applied, options.PortsMove = options, !t.last
	out.start(first)
	result, failed := run.Apply(ctx, m.Engine, able.Project, first, options)
	if t.again = !t.last && t.lose(ctx, m, failed); t.again {
		return failed
	}
	ungated := m.gate(ctx, out, o)
	if t.again = !t.last && fail.CodeOf(ungated) == fail.PortTaken; t.again {
		t.avoid(ctx, false, out.Project.Gateway.HostPort, "tcp") // the gateway runs on this machine
		return errors.Join(failed, ungated)
	}
	if m.Applied != nil {
		m.Applied()
	}
	if ctx.Err() != nil {
		return cmp.Or(failed, context.Cause(ctx))
	}
	out.IDs = standing(able, t.look, out.Plan, result)
	delete(out.IDs, o.Plan.OneOff)
	m.sayBlocked(notStarted(able, failed, out.IDs))
	probes := settled(ready.Probes(able, out.IDs), t.before)
	for i := range probes {
		probes[i].MustHealthy = probes[i].MustHealthy || o.Healthy
	}
	var unswept, unready error
	awaited := probes
	if o.NoWait {
		awaited = ofSetup(able, probes, o)
	}
	var group errgroup.Group
	group.Go(func() error {
		_, unswept = run.Apply(ctx, m.Engine, able.Project, sweep, options)
		return nil
	})
	if len(awaited) > 0 && !o.Plan.NoStart {
		group.Go(func() error {
			unready = ready.Wait(ctx, m.Engine, awaited, ready.Options{Timeout: o.Timeout, Compiles: true, Sink: m.Sink})
			return nil
		})
	}
	_ = group.Wait() // all errors are kept
	unset := m.setUp(ctx, out, able, t.look, errors.Join(failed, unready), o)
	out.URLs = expose.Table(out.Project, out.Place, states(out.Project, probes, ungated))
	err := errors.Join(besides(failed, unready), unready, unswept, ungated)
	m.publish(ctx, out, err, o)
	err = errors.Join(err, unset) // not before: a service that is not set up answers all the same
	if err == nil && ctx.Err() != nil {
		return context.Cause(ctx) // opening a port may take a while, and nobody waits for it any more
	}
	return err
}

// standing gives the containers of the project's services after the plan: those that
// it left alone and those that it started. Services that are no part of this run may
// have containers too, which are no business of it.
func standing(p *project.Project, look run.Look, done *plan.Plan, result *run.Result) map[string]map[int]string {
	touched := map[string]bool{}
	for _, op := range done.Ops {
		touched[op.Old.ID] = true
	}
	ids := map[string]map[int]string{}
	for name := range p.Services {
		ids[name] = map[int]string{}
	}
	for _, c := range look.Containers {
		if _, ours := p.Services[c.Service]; ours && !c.OneOff && !touched[c.ID] {
			ids[c.Service][c.Number] = c.ID
		}
	}
	for service, started := range result.IDs {
		maps.Copy(ids[service], started)
	}
	return ids
}

// settled marks the probes of containers that ran before this command.
func settled(probes []ready.Probe, seen []plan.Container) []ready.Probe {
	before := map[string]bool{}
	for _, c := range seen {
		before[c.ID] = c.State == "running" && (c.Health == "" || c.Health == "healthy")
	}
	for i := range probes {
		probes[i].Settled = before[probes[i].Container]
	}
	return probes
}

func states(p *project.Project, probes []ready.Probe, ungated error) map[string]string {
	running := map[string]string{}
	if p.Gateway != nil && ungated == nil {
		running[project.GatewayName] = expose.Running
	}
	for _, p := range probes {
		running[p.Service] = "running"
	}
	return running
}
