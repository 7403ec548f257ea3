package up

import (
	"context"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/packages"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/provider"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/transfer"
	"github.com/devup-cli/devup/internal/workspace"
)

// Runner runs projects in one place: the engine, the workspace, and what this machine needs to
// reach the outside. All fields but StateDir and Gateway must be set.
type Runner struct {
	Engine
	Images  images.Store // of the same engine; [Start] gives it Sink and Egress
	Remote  bool         // the engine runs on another machine, whose ports cannot be tried from here
	Distant bool         // bind mounts of what is developed are impossible or slow: it is synced instead
	// Unshared says that the engine cannot mount this machine's files.
	Unshared bool
	// InVolumes says that images can be built without their packages: the engine has BuildKit.
	InVolumes bool
	// Owner gives the user and group that files on bind mounts should belong to.
	// It is asked only when the project says DEVUP_UID or DEVUP_GID.
	Owner     func(context.Context) (uid, gid int, err error)
	Workspace workspace.Info
	Ports     workspace.Control // what can be done with the ports of the workspace
	Web       expose.Client     // asks URLs from outside; needed in a remote workspace only
	Egress    egress.Settings
	StateDir  string          // a directory of the user's own for files that containers read; made when needed
	Endpoint  string          // the address of the engine, which identifies it
	Gateway   gateway.Manager // of the project; the zero value can start none
	Providers provider.Runner // runs the services that are no containers
	Sink      event.Sink
}

// Engine is what a run does on the engine.
type Engine struct {
	Lister   observe.Lister
	Applier  Applier
	Packages PackagesInstaller
	Prober   Prober
	Setup    SetupRunner
}

// On is the engine that a client is connected to.
func On(c *client.Client) Engine {
	return Engine{c, run.On(c), packages.On(c), ready.On(c), setupRunner{c}}
}

// The parts of an [Engine].
type (
	// Applier carries out plans: a [run.Engine].
	Applier interface {
		Apply(context.Context, *types.Project, *plan.Plan, run.Options) (*run.Result, error)
	}
	// PackagesInstaller installs packages into volumes: a [packages.Engine].
	PackagesInstaller interface {
		Install(context.Context, packages.Work) error
	}
	// Prober waits until probes succeed: a [ready.Engine].
	Prober interface {
		Wait(context.Context, []ready.Probe, ready.Options) error
	}
	// SetupRunner runs setup steps. The options are those of the plan that was applied.
	SetupRunner interface {
		SetUp(context.Context, setup.Work, run.Options) error
	}
)

// Options are the choices of one run. The zero value builds what is stale,
// starts everything and waits as long as package ready does by default.
type Options struct {
	images.Options
	DryRun      bool                    // stop after the plan
	Ports       map[project.PortKey]int // what published ports had in an earlier run, where no container says it
	StrictPorts bool                    // every port is the one that the files ask for, or the run fails
	AskVolumes  bool                    // return a [VolumesChanged] instead of keeping volumes that changed
	Public      bool                    // treat every service with a URL as public
	NoWait      bool                    // return when the containers run, whether they answer or not
	Healthy     bool                    // a service with a healthcheck must pass it, even one that answers
	Timeout     time.Duration           // how long to wait for answers; zero for the default of package ready
	StopTimeout *time.Duration          // how long containers may take to stop; nil for their own time
	// StopOnFailure starts nothing when an image could not be built or pulled.
	// Without it the services that do not need that image are started.
	StopOnFailure bool
	Setup         setup.Memory   // of the setup steps that ran before; nil runs none
	Known         images.Listing // what is known of the images already; the run asks for what is not
	Plan          plan.Options   // what to recreate, keep and remove; the run fills in what it finds out itself
}

// exposes reports whether the run opens ports: it does where it starts services and waits
// for them.
func (o Options) exposes() bool {
	return !o.DryRun && !o.NoWait && !o.Plan.NoStart && o.Plan.OneOff == ""
}

// Outcome is what a run decided and did. It is valid, as far as the run came,
// also with an error. The caller of [Start] calls [Outcome.WaitCleanup] before it gives up the
// engine.
type Outcome struct {
	cleanup <-chan struct{} // closed when the cleanup is done; nil for none

	Project    *project.Project        // resolved for this workspace and these ports
	Builds     []images.Build          // images that were built, or would be in a dry run
	Pulls      []transfer.Pull         // images that were pulled, or would be in a dry run
	Plan       *plan.Plan              // nil when the run did not come so far
	Setup      []setup.Step            // that were to run, or would be in a dry run
	Kept       []plan.Change           // volumes that are not as the files say, and stay because of the data in them
	Applied    run.Options             // how the plan was carried out: the container of a one-off command needs it too
	Containers []plan.Container        // of the services that were to run, by service and number; of those that the run made, what it knows
	Ports      map[project.PortKey]int // the host port of every published port
	Moves      []ports.Move            // ports that got another number than the config asks for
	Workspace  workspace.Info          // the workspace, with what its platform reported in this run
	URLs       []expose.Row            // the URL table, opened and checked; empty in a dry run
	Changed    bool                    // an image was built or pulled, or the plan did something
	Started    []string                // services of which containers were to be made or started
	Synced     []string                // services whose source has to be synced, because it is not mounted
}

// IDs are the IDs of the containers, by service and number.
func (o *Outcome) IDs() map[string]map[int]string {
	ids := map[string]map[int]string{}
	for _, c := range o.Containers {
		if ids[c.Service] == nil {
			ids[c.Service] = map[int]string{}
		}
		ids[c.Service][c.Number] = c.ID
	}
	return ids
}
