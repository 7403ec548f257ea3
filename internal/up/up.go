// Package up is the straight line of `devup up`: it alone knows the order in
// which the other packages work. It prints nothing and asks nothing.
//
//	ports → Resolve → build and pull → plan → Apply → Wait → Table
package up

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/workspace"
)

// Machine is where the line runs: the engine, the place, and what the machine
// needs to reach the outside. All fields but StateDir, Auth and Applied must be set.
type Machine struct {
	Engine   Engine
	BuildKit bool // the engine builds with BuildKit
	Remote   bool // the engine runs on another machine, whose ports cannot be tried from here
	// Owner gives the user and group that files on bind mounts should belong to.
	// It is asked only when the project says DEVUP_UID or DEVUP_GID.
	Owner    func(context.Context) (uid, gid int, err error)
	Place    workspace.Place
	Egress   egress.Settings
	StateDir string                    // a folder of the person's own for files that containers read; made when needed
	Auth     func(image string) string // registry credentials for a pull; nil for none
	Build    build.Options             // the parts that Run does not fill: environment, home, version
	Applied  func()                    // called when the plan is carried out, before the wait for answers; nil for nothing
	Sink     event.Sink
}

// Options are the choices of one run. The zero value builds what is stale,
// starts everything and waits as long as package ready does by default.
type Options struct {
	Build   bool // build every image, stale or not
	NoBuild bool // build nothing; a missing image is an error
	DryRun  bool // stop after the plan
	Public  bool // treat every service with a URL as public
	Timeout time.Duration
}

// Outcome is what a run decided and did. It is valid, as far as the run came,
// also beside an error.
type Outcome struct {
	Project *project.Project // resolved for this place and these ports
	Builds  []Build          // images that were built, or would be in a dry run
	Pulls   []run.Pull       // images that were pulled, or would be in a dry run
	Plan    *plan.Plan       // nil when the run did not come so far
	Moves   []ports.Move     // ports that got another number than the config asks for
	URLs    []expose.Row     // the URL table; empty in a dry run
	Changed bool             // an image was built or the plan did something
}

// Run takes a loaded project to working URLs, given one look at the engine. A service that fails stops only
// those that need it: the rest is started and waited for. The error is a [fail.Error], a join of several (one
// per service), or the context's.
func Run(ctx context.Context, m Machine, p *project.Project, survey run.Survey, o Options) (*Outcome, error) {
	out := &Outcome{}
	look := survey.Look(p.Name)
	var err error
	if look.Images, err = run.Images(ctx, m.Engine, references(p)); err != nil {
		return out, err
	}
	if out.Project, out.Moves, err = place(ctx, m, p, look, o); err != nil {
		return out, err
	}
	out.Project = apart(out.Project, look)
	made, err := m.images(ctx, out, look, o)
	if err != nil {
		return out, err
	}
	look.Images = made.ids
	able := out.Project
	if made.failure != nil {
		var blocked map[string]string
		able, blocked = without(out.Project, made.failed)
		if len(able.Services) == 0 {
			return out, made.failure
		}
		m.sayBlocked(blocked)
	}
	if out.Plan, err = plan.Make(able.Project, look.Observed, plan.Options{}); err != nil {
		return out, err
	}
	out.Changed = len(out.Builds)+len(out.Pulls) > 0 || !out.Plan.Empty()
	if o.DryRun {
		return out, nil
	}
	first, sweep := split(out.Plan)
	options := run.Options{Project: p.Name, Inputs: made.inputs, Images: made.ids, Sink: m.Sink}
	result, failed := run.Apply(ctx, m.Engine, able.Project, first, options)
	if m.Applied != nil {
		m.Applied()
	}
	if ctx.Err() != nil {
		return out, failed
	}
	probes := settled(ready.Probes(able, standing(look, out.Plan, result)), look)
	var unswept, unready error
	var group errgroup.Group
	group.Go(func() error {
		_, unswept = run.Apply(ctx, m.Engine, able.Project, sweep, options)
		return nil
	})
	group.Go(func() error {
		unready = ready.Wait(ctx, m.Engine, probes, ready.Options{Timeout: o.Timeout, Sink: m.Sink})
		return nil
	})
	_ = group.Wait() // all errors are kept
	out.URLs = expose.Table(out.Project, m.Place, states(probes))
	return out, errors.Join(made.failure, failed, unready, unswept)
}

// standing gives the containers that run after the plan, by service: those that
// it left alone and those that it started.
func standing(look run.Look, done *plan.Plan, result *run.Result) map[string][]string {
	touched := map[string]bool{}
	for _, op := range done.Ops {
		touched[op.Old.ID] = true
	}
	ids := map[string][]string{}
	for _, c := range look.Containers {
		if !c.OneOff && !touched[c.ID] {
			ids[c.Service] = append(ids[c.Service], c.ID)
		}
	}
	for service, started := range result.IDs {
		ids[service] = append(ids[service], started...)
	}
	return ids
}

// settled marks the probes of containers that ran before this command.
func settled(probes []ready.Probe, look run.Look) []ready.Probe {
	before := map[string]bool{}
	for _, c := range look.Containers {
		before[c.ID] = c.State == "running" && (c.Health == "" || c.Health == "healthy")
	}
	for i := range probes {
		probes[i].Settled = before[probes[i].Container]
	}
	return probes
}

func states(probes []ready.Probe) map[string]string {
	running := map[string]string{}
	for _, p := range probes {
		running[p.Service] = "running"
	}
	return running
}
