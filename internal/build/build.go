// Package build decides which images a project needs built, and builds them
// through the engine's own connection: with BuildKit where the engine has it,
// else with the classic builder.
//
// Order of use: [Specs] (pure) says which images; [Inputs] is a hash of what an
// image is made from, so that the caller builds only what changed; [Run] builds,
// all images side by side, and reports every step as an event.
//
// Every RUN of a build gets this machine's CA bundle, proxies and package
// indexes without an edit of a Dockerfile; the function rewrite says how, and how far that reaches.
// The classic builder takes no secrets: there
// only the proxies are handed on, and a warning says so.
//
// The package does not push and does not clean the build cache.
package build

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/registry"
)

// Engine is what a build needs of the engine; the client of the Docker API has it.
type Engine interface {
	// DialHijack opens a connection for BuildKit and for its sessions.
	DialHijack(ctx context.Context, url, proto string, meta map[string][]string) (net.Conn, error)
	// ImageBuild is the classic builder.
	ImageBuild(ctx context.Context, context io.Reader, options client.ImageBuildOptions) (client.ImageBuildResult, error)
	// Info reports which image store the engine has; it is asked only when it matters.
	Info(ctx context.Context, options client.InfoOptions) (client.SystemInfoResult, error)
}

// Options is how to build. BuildKit says whether the engine has it; the zero
// value of every other field is useful.
type Options struct {
	Egress    egress.Settings
	BuildKit  bool
	NoCache   bool
	Pull      bool                        // pull newer base images
	Publish   bool                        // build for all platforms of the spec and with its attestations; else to be run here
	Sink      event.Sink                  // nil: events are dropped
	LookupEnv func(string) (string, bool) // for SSH_AUTH_SOCK; nil: none is set
	Logins    *registry.Credentials       // for base images and caches; nil: none
	Version   string                      // devup's own, shown to registries
	Parallel  int                         // images at once; 0: eight
}

// Run builds the images and returns the ID of each by service, as the engine
// shows it in a container's Image. Images that could be built are in the map
// even when others failed.
//
// The error joins one [fail.Error] for each image that failed, in the order of
// specs: [fail.BuildFailed], or [fail.Config] for a Dockerfile, context, target
// or secret that is missing. An image that needs a failed one is not tried. When
// ctx is done Run stops at once and returns the cause of that.
func Run(ctx context.Context, e Engine, specs []Spec, o Options) (map[string]string, error) {
	if len(specs) == 0 {
		return map[string]string{}, nil
	}
	if o.Sink == nil {
		o.Sink = event.Discard
	}
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if o.Parallel <= 0 {
		o.Parallel = 8
	}
	builder, err := newBuilder(ctx, e, o)
	if err != nil {
		return nil, err
	}
	defer builder.close()

	queue := newQueue(specs, o)
	var group errgroup.Group
	for i := range specs {
		group.Go(func() error {
			queue.build(ctx, i, builder)
			return nil
		})
	}
	_ = group.Wait() // the errors are in the queue, each in its place
	if ctx.Err() != nil {
		return queue.ids, context.Cause(ctx)
	}
	return queue.ids, errors.Join(queue.errs...)
}

// builder turns one spec into an image.
type builder interface {
	build(ctx context.Context, s Spec) (result, error)
	close()
}

// result is a built image.
type result struct {
	id     string
	cached bool // every step was there already
}

func newBuilder(ctx context.Context, e Engine, o Options) (builder, error) {
	if !o.BuildKit {
		return classic{engine: e, options: o}, nil
	}
	return dial(ctx, e, o)
}

// queue lets an image wait for those that it is built from.
type queue struct {
	specs []Spec
	sink  event.Sink
	slots chan struct{}
	done  map[string]*outcome // by service
	errs  []error

	mu  sync.Mutex
	ids map[string]string
}

// outcome is closed when the service's build has ended; ok is read after that.
type outcome struct {
	ended chan struct{}
	ok    bool
}

func newQueue(specs []Spec, o Options) *queue {
	q := &queue{
		specs: specs,
		sink:  o.Sink,
		slots: make(chan struct{}, o.Parallel),
		done:  map[string]*outcome{},
		errs:  make([]error, len(specs)),
		ids:   map[string]string{},
	}
	for _, s := range specs {
		q.done[s.Service] = &outcome{ended: make(chan struct{})}
	}
	return q
}

func (q *queue) build(ctx context.Context, i int, b builder) {
	s := q.specs[i]
	mine := q.done[s.Service]
	defer close(mine.ended)
	if !q.basesBuilt(ctx, s) {
		return
	}
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ctx.Done():
		return
	}
	started := time.Now()
	q.sink(event.Event{Kind: event.Image, Name: s.Service, State: event.Working, Text: "building"})
	built, err := b.build(ctx, s)
	end := event.Event{Kind: event.Image, Name: s.Service, State: event.Done, Text: "built", Took: time.Since(started)}
	switch {
	case err != nil && ctx.Err() != nil:
		return
	case err != nil:
		q.errs[i] = err
		end.State, end.Text = event.Failed, "not built"
	default:
		mine.ok = true
		q.mu.Lock()
		q.ids[s.Service] = built.id
		q.mu.Unlock()
		if built.cached {
			end.State, end.Text = event.Cached, "up to date"
		}
	}
	q.sink(end)
}

// basesBuilt waits for the images that s is built from. An image that is not
// among those to build is taken as it is.
func (q *queue) basesBuilt(ctx context.Context, s Spec) bool {
	for _, base := range s.Bases {
		other, ok := q.done[base.Service]
		if !ok {
			continue
		}
		select {
		case <-other.ended:
			if !other.ok {
				q.sink(event.Event{Kind: event.Image, Name: s.Service, State: event.Failed, Text: "not built: it needs " + base.Service})
				return false
			}
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// configError is a mistake in what the spec says.
func configError(s Spec, cause error, hint, format string, args ...any) *fail.Error {
	e := fail.Wrap(cause, fail.Config, hint, format, args...)
	e.Service = s.Service
	return e
}
