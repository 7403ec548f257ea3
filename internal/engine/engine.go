// Package engine finds the container engine, connects to it, starts it where it
// is installed but not running, and says why when there is none.
//
// [Connect] decides what to try (an explicit host or context, DOCKER_HOST, the
// docker context in use, the usual sockets), asks each address once whether an
// engine answers there, and gives an [Engine] with an API version that both
// sides speak. Everything that can be decided without touching the machine is a
// pure function of a system and of the machine's files; probing, running a start
// command and waiting are thin.
//
// It does not use the docker command and does not change what a docker context
// or config file says.
package engine

import (
	"context"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
)

// Options say where to search for the engine. The zero value with a LookupEnv
// tries what the docker command would, and then the usual sockets.
type Options struct {
	Host        string                      // "unix:///run/docker.sock", "ssh://user@host", "tcp://…"; wins over all else
	Context     string                      // the name of a docker context; wins over the environment
	HostFrom    string                      // where Host is set: "--host"; empty where that is not known
	ContextFrom string                      // where Context is set
	LookupEnv   func(string) (string, bool) // the user's environment
	Home        string                      // the user's home directory; may be empty
	Start       bool                        // start an engine that is installed but not running
	Sink        event.Sink                  // gets an event when an engine is started; nil for none
}

// Engine is a connection to a container engine. It is safe for concurrent use.
type Engine struct {
	Client     *client.Client
	Endpoint   string // "unix:///var/run/docker.sock"
	Source     string // why this one: "DOCKER_HOST", `docker context "colima"`, "the socket of Docker"
	APIVersion string // the version that both sides speak: "1.51"
	BuildKit   bool   // the engine has BuildKit behind its own connection
	Podman     bool   // it is Podman's imitation of the API

	mu    sync.Mutex
	facts *Facts // nil until the first [Engine.Facts] that succeeded
}

// Connect finds the engine and connects to it. The error is a *fail.Error with
// the code NoEngine, EngineDenied, EngineTooOld or Usage, or ctx's own.
func Connect(ctx context.Context, o Options) (*Engine, error) {
	sink := o.Sink
	if sink == nil {
		sink = event.Discard
	}
	here := system{
		goos: runtime.GOOS, home: o.Home, uid: os.Getuid(),
		env: func(name string) string { v, _ := o.LookupEnv(name); return v },
	}
	c := connector{
		system: here, usual: candidates(here),
		files:  os.DirFS(rootOf(runtime.GOOS)),
		start:  o.Start,
		sink:   sink,
		run:    runCommand,
		local:  10 * time.Second,
		remote: 30 * time.Second,
		every:  250 * time.Millisecond,
		limit:  startLimit(runtime.GOOS),
	}
	return c.connect(ctx, o)
}

// Local reports whether the engine runs on this machine, so that its paths may be
// the machine's paths and its published ports the machine's ports.
func (e *Engine) Local() bool { return localHost(e.Endpoint) }

// Close drops the idle connections.
func (e *Engine) Close() error { return e.Client.Close() }

// localHost reports whether a host string leads to this machine.
func localHost(host string) bool {
	u, err := url.Parse(host)
	if err != nil || u.Scheme != "tcp" {
		return strings.HasPrefix(host, "unix://") || strings.HasPrefix(host, "npipe://")
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

func rootOf(goos string) string {
	if goos == "windows" {
		return `C:\`
	}
	return "/"
}

// startLimit is how long a started engine may take until it answers. Where it
// needs a virtual machine first, that is minutes.
func startLimit(goos string) time.Duration {
	if goos == "linux" {
		return time.Minute
	}
	return 3 * time.Minute
}
