package doctor

import (
	"context"
	"io/fs"
	"net"
	"net/http"
	"sync"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/workspace"
)

// Options are what the checks look at. Parts that are missing leave their checks
// out.
type Options struct {
	Connect   func(ctx context.Context, start bool) (*engine.Engine, error) // finds the engine; start: starts it too
	Observe   func(context.Context, *engine.Engine) (State, error)          // reads what is on the engine
	Settings  settings.Settings
	Workspace workspace.Info
	Machine   Machine
	Network   Network
	Project   Project
}

// Machine is the machine that devup runs on.
type Machine struct {
	GOOS     string
	WSL      bool                            // Linux inside Windows
	Files    fs.FS                           // all of its files, from the root; used on Linux
	StateDir string                          // where devup keeps what it needs between runs
	Free     func(dir string) (Space, error) // usually [FreeSpace]
}

// Network is how the machine and its builds reach the outside.
type Network struct {
	Client     *http.Client      // with the machine's CA and proxies; see egress.Settings.Client
	Registries []Registry        // of packages; Docker's own is always looked at
	CA         []byte            // what builds trust; nil for the public authorities
	CASource   string            // where that comes from; empty for none
	Proxy      map[string]string // the proxies that builds get, by the names of their variables; may hold credentials
	Notes      []string          // what cannot be handed on to builds, and why
	// Credentials are sentences about tokens and passwords of package registries and proxies,
	// without their values: where each was found, and who gets it.
	Credentials []string
	// Inside runs work with a function that opens connections from inside a build, whose
	// container begins with an image that the engine has.
	Inside func(ctx context.Context, e *engine.Engine, image string, work func(context.Context, DialFunc) error) error
}

// DialFunc opens a connection, as [net.Dialer.DialContext] does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Project is the project in the current directory, if there is one.
type Project struct {
	Dir    string           // absolute
	Files  fs.FS            // the files in Dir
	Model  *project.Project // nil when there is none, or its files cannot be read
	Broken error            // why they cannot be read; nil when there is none
	Notes  []string         // what is worth knowing of it in this place

	// Listening says who holds which host port where one of the ports wants it: "node (process 412)".
	Listening func(ctx context.Context, wanted []project.Port) map[int]string
	// Git runs git in Dir and gives what it prints; nil where there is no git.
	Git func(ctx context.Context, args ...string) ([]byte, error)
}

// State is what is on the engine that concerns the project and its neighbours.
type State struct {
	Published []Published                                     // the project's ports, as its running containers have them
	Wrong     map[string]string                               // services that run and do not answer as they should: "answers 500"
	InUse     map[int]string                                  // TCP ports that other containers publish, and which: "container shop-web-1 of project shop"
	Orphans   []string                                        // containers of the project that belong to no service
	Gone      []string                                        // projects whose directory is not there any more
	Remove    func(ctx context.Context, names []string) error // removes orphans; their volumes stay
}

// Published is a TCP port of this machine that leads to a service.
type Published struct {
	Service string
	HostIP  string
	Port    int
}

// Checks lists the checks, the most important first.
func Checks(o Options) []Check {
	var checks []Check
	add := func(name string, run func(context.Context) Finding) {
		checks = append(checks, Check{Name: name, Run: run})
	}
	find := func(context.Context) (*engine.Engine, error) { return nil, errNoEngine }
	if o.Connect != nil {
		find = once(func(ctx context.Context) (*engine.Engine, error) { return o.Connect(ctx, false) })
		add("engine", func(ctx context.Context) Finding { return checkEngine(ctx, o, find) })
		add("rootless", func(ctx context.Context) Finding { return checkRootless(ctx, o, find) })
	}
	observe := func(context.Context) (State, error) { return State{}, errNoEngine }
	if o.Observe != nil {
		observe = once(func(ctx context.Context) (State, error) {
			e, err := find(ctx)
			if err != nil {
				return State{}, err
			}
			return o.Observe(ctx, e)
		})
	}
	add("disk", func(ctx context.Context) Finding { return checkDisk(ctx, o, find) })
	add("limits", func(context.Context) Finding { return checkLimits(o.Machine) })
	add("drive", func(context.Context) Finding { return checkDrive(o) })
	add("state", func(context.Context) Finding { return checkState(o.Machine) })
	add("config", func(context.Context) Finding { return checkConfig(o.Project) })
	add("env", func(context.Context) Finding { return checkEnv(o.Project) })
	add("secrets", func(ctx context.Context) Finding { return checkSecrets(ctx, o.Project) })
	add("files", func(ctx context.Context) Finding { return checkFiles(ctx, o.Project) })
	add("entry", func(context.Context) Finding { return checkEntry(o) })
	scan := once(func(context.Context) (detect.Repository, error) { return detect.Scan(o.Project.Files) })
	add("source", func(ctx context.Context) Finding { return checkSource(ctx, o.Project, scan) })
	add("code", func(ctx context.Context) Finding { return checkCode(ctx, o.Project, scan) })
	add("context", func(ctx context.Context) Finding { return checkContext(ctx, o.Project) })
	add("ports", func(ctx context.Context) Finding { return checkPorts(ctx, o.Project, observe) })
	add("forwarding", func(ctx context.Context) Finding { return checkForwarding(ctx, find, observe) })
	add("services", func(ctx context.Context) Finding { return checkServices(ctx, observe) })
	add("orphans", func(ctx context.Context) Finding { return checkOrphans(ctx, o.Project, observe) })
	add("projects", func(ctx context.Context) Finding { return checkProjects(ctx, observe) })
	add("workspace", func(context.Context) Finding { return checkWorkspace(o.Workspace) })
	checks = append(checks, networkChecks(o, find)...)
	add("settings", func(context.Context) Finding { return checkSettings(o.Settings) })
	return checks
}

// once lets several checks share one answer. The first to ask does the work, in
// its own time.
func once[T any](ask func(context.Context) (T, error)) func(context.Context) (T, error) {
	var (
		mu     sync.Mutex
		asked  bool
		answer T
		failed error
	)
	return func(ctx context.Context) (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if !asked {
			answer, failed = ask(ctx)
			asked = true
		}
		return answer, failed
	}
}
