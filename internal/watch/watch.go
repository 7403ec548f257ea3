// Package watch follows the files of services under development and brings what
// changed into their containers, as develop.watch of each service asks.
//
// [Rules] reads what the project asks for. [Run] then follows the files: a source
// of hints (the system's file events, or polling where events do not cross) says
// which paths may have changed; a batch collects hints until it is quiet for a
// moment; the tree of known files turns them into exact changes; [Decide], which
// is pure, turns changes into what to do for each service; the rest does it.
//
// A batch ends after 10 ms of quiet while it holds at most three paths, which is
// an editor's save, after 50 ms when it holds more, and after a second in any case.
//
// A hint is never trusted to be complete. What is on the disk when a batch is
// handled is compared with what was known, so that a moved directory, a file in the
// place of a directory or an overflow of the system's queue ends as the disk has it.
// Nothing here builds or creates containers: that is the caller's, who hands in
// how.
package watch

import (
	"context"
	"time"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/event"
)

// Containers copies files into and out of containers, and restarts them.
type Containers interface {
	CopyToContainer(context.Context, string, client.CopyToContainerOptions) (client.CopyToContainerResult, error)
	CopyFromContainer(context.Context, string, client.CopyFromContainerOptions) (client.CopyFromContainerResult, error)
	ContainerInspect(context.Context, string, client.ContainerInspectOptions) (client.ContainerInspectResult, error)
	ContainerRestart(context.Context, string, client.ContainerRestartOptions) (client.ContainerRestartResult, error)
}

// Engine is what Run needs of the engine. [On] gives that of a client.
type Engine struct {
	Containers Containers
	Exec       containerexec.Engine
}

// On is the engine that a client is connected to.
func On(c *client.Client) Engine { return Engine{Containers: c, Exec: c} }

// Container is one container of a service.
type Container struct {
	ID, Name, Service string
	Running           bool
}

// Options are what Run needs in addition to its rules. Containers and Sink must be set;
// Rebuild too, where a rule asks for it.
type Options struct {
	// Containers lists the project's containers, without one-off ones. It is
	// asked once for each batch, so that a container that was replaced is found.
	Containers func(context.Context) ([]Container, error)
	// Rebuild builds the images of the services again and replaces their containers.
	// Its error ends nothing: it is reported, and watching goes on.
	Rebuild func(ctx context.Context, services []string) error
	Began   func()    // called when nothing that happens from then on is missed; nil for nothing
	Poll    bool      // check the files once a second instead of relying on events
	Since   *Snapshot // what changed since then is brought in at the beginning; nil for nothing
	Sink    event.Sink
}

// Run syncs what the rules want synced from the beginning and then follows the
// files until ctx ends, which is its only way to end without an error. A container
// that cannot be written to and a file that cannot be read are warnings. The error
// is a *fail.Error where the system lets no more programs watch files.
func Run(ctx context.Context, e Engine, rules []Rule, o Options) error {
	from, err := newNotifier(rules, polled(rules, o.Poll))
	if err != nil {
		return err
	}
	defer from.close()
	t := newTree(rules, from, o.Sink)
	missed := t.fillSince(o.Since)
	if o.Began != nil {
		o.Began()
	}
	w := newWorker(e, rules, t, o)
	defer w.from.close()
	batches := make(chan map[string]op)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		collect(ctx, from.hints(ctx), batches, t.relevant)
	}()
	defer func() { cancel(); <-done }()
	w.perform(ctx, Decide(rules, missed)) // which also learns of the containers, so that the first edit need not wait for that
	return w.follow(ctx, batches)
}

// Snapshot is what the watched files were at some time.
type Snapshot struct{ entries *entries }

// NewSnapshot remembers the watched files as they are now, for [Options.Since].
func NewSnapshot(rules []Rule) *Snapshot {
	t := newTree(rules, nopSource{}, event.Discard)
	t.fill()
	return &Snapshot{t.entries}
}

// Once syncs what the rules want synced from the beginning and returns.
func Once(ctx context.Context, e Engine, rules []Rule, o Options) error {
	t := newTree(rules, nopSource{}, o.Sink)
	t.fill()
	w := newWorker(e, rules, t, o)
	defer w.from.close()
	w.perform(ctx, nil)
	return ctx.Err()
}

// follow handles batches until ctx ends. What could not be done is tried again
// a second later.
func (w *worker) follow(ctx context.Context, batches <-chan map[string]op) error {
	for {
		var again <-chan time.Time
		if w.retryNow {
			again = time.After(time.Second)
		}
		select {
		case <-ctx.Done():
			return nil
		case hints := <-batches:
			w.perform(ctx, Decide(w.rules, w.tree.update(hints)))
		case <-again:
			w.perform(ctx, nil)
		}
	}
}
