package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/event"
)

// atOnce is how many containers are worked on at a time.
const atOnce = 8

var errNoRemover = errors.New("the image has no rm")

// worker does what batches ask for.
type worker struct {
	engine   Engine
	rules    []Rule
	tree     *tree
	options  Options
	from     roots
	pending  map[string]Todo // by service: what failed, and is done with the next batch
	retryNow bool            // what is pending is tried again without waiting for a batch
	last     []Container     // those that there were with the last batch
	batch    int             // counts those that something was done for

	mu       sync.Mutex
	owners   map[string]*owners // by container ID: those that are known
	reported map[string]bool    // what was reported once
	deferred map[string]Todo    // by container ID: what waits until it runs, because removing needs a running one
}

func newWorker(e Engine, rules []Rule, t *tree, o Options) *worker {
	return &worker{engine: e, rules: rules, tree: t, options: o, from: openRoots(rules), pending: map[string]Todo{}, owners: map[string]*owners{}, reported: map[string]bool{}, deferred: map[string]Todo{}}
}

// perform does what a batch asks for, and what is pending. A container that was not
// there before gets all that is synced from the beginning.
func (w *worker) perform(ctx context.Context, todos []Todo) {
	began := time.Now()
	byService := w.pending
	w.pending, w.retryNow = map[string]Todo{}, false
	for _, t := range todos {
		if earlier, ok := byService[t.Service]; ok {
			t = merge(earlier, t)
		}
		byService[t.Service] = t
	}
	if !w.rebuild(ctx, byService) { // then the containers are others
		return
	}
	w.batch++
	done := map[string]*outcome{}
	for _, name := range w.services() {
		done[name] = &outcome{todo: byService[name]}
	}
	containers, err := w.syncContainers(ctx, done)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		w.fail(ctx, "", "cannot ask the engine for the containers", err)
		w.pending, w.retryNow = byService, true
		return
	}
	for _, name := range slices.Sorted(maps.Keys(done)) {
		out := done[name]
		for _, c := range containers {
			if c.Service == name {
				out.containers++
			}
		}
		if out.containers == 0 && !out.todo.empty() {
			w.once(name+" has no container, so nothing is done for it", event.Warning)
		}
		w.report(ctx, name, out, time.Since(began))
	}
}

// syncContainers does in every container what its service asks for, and lists the containers.
// Those that ran the last time get it while the engine is asked whether they are still
// the same: mostly they are, and an edit arrives sooner.
func (w *worker) syncContainers(ctx context.Context, done map[string]*outcome) ([]Container, error) {
	var now []Container
	var failed error
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		now, failed = w.options.Containers(ctx)
	}()
	before := slices.DeleteFunc(w.last, func(c Container) bool { return !c.Running })
	w.round(ctx, before, done)
	<-asked
	if failed != nil {
		return nil, failed
	}
	w.last = slices.Clone(now)
	for _, out := range done {
		out.failed = slices.DeleteFunc(out.failed, func(f failure) bool { return !listed(now, f.container) }) // what is gone need not have worked
		if out.todo.Restart {
			w.last = nil // the list may have caught them on the way
		}
	}
	w.round(ctx, slices.DeleteFunc(slices.Clone(now), func(c Container) bool { return listed(before, c) }), done)
	return now, nil
}

func listed(all []Container, one Container) bool {
	return slices.ContainsFunc(all, func(c Container) bool { return c.ID == one.ID })
}

// round does in containers what their services ask for.
func (w *worker) round(ctx context.Context, containers []Container, done map[string]*outcome) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, c := range containers {
		if out := done[c.Service]; out != nil {
			group.Go(func() error {
				w.container(ctx, c, out.todo, out)
				return nil
			})
		}
	}
	_ = group.Wait() // failures are in the outcomes
}

// services are those that have rules, sorted.
func (w *worker) services() []string {
	var names []string
	for _, r := range w.rules {
		names = append(names, r.Service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// rebuild has images built, and reports whether to go on. A service whose build
// failed keeps its container, which still gets what is synced.
func (w *worker) rebuild(ctx context.Context, byService map[string]Todo) bool {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(byService)) {
		if t := byService[name]; t.Rebuild {
			names = append(names, name)
			t.Rebuild = false
			byService[name] = t
		}
	}
	if len(names) == 0 {
		return true
	}
	w.last = nil
	began := time.Now()
	text := strings.Join(names, ", ")
	w.event(event.Event{Kind: event.Note, Text: text + ": files changed, building"})
	switch err := w.options.Rebuild(ctx, names); {
	case ctx.Err() != nil:
		return false
	case err != nil:
		w.event(event.Event{Kind: event.Note, State: event.Warning, Text: text + ": not rebuilt; watching goes on, and the next change tries again"})
	default:
		w.event(event.Event{Kind: event.Service, ID: w.id(text), Name: text, State: event.Done, Text: "rebuilt", Took: time.Since(began)})
	}
	return true
}

// container brings one container up to date.
func (w *worker) container(ctx context.Context, c Container, t Todo, out *outcome) {
	fresh, err := w.addContainer(ctx, c)
	if err != nil {
		out.fail(c, err)
		return
	}
	if fresh {
		all := syncAll(w.rules, c.Service, w.tree.known())
		if len(all.Copy) > 0 {
			t = merge(all, t)
		}
	}
	t = w.withDeferred(c, t)
	if err := w.update(ctx, c, t, out); err != nil {
		out.fail(c, err)
		if fresh { // so that it is added again
			w.mu.Lock()
			delete(w.owners, c.ID)
			w.mu.Unlock()
		}
		return
	}
	if t.Restart {
		if _, err := w.engine.Containers.ContainerRestart(ctx, c.ID, client.ContainerRestartOptions{}); err != nil {
			out.fail(c, fmt.Errorf("restart: %w", err))
			return
		}
		out.restarted()
	}
	if len(t.Execs) > 0 && (c.Running || t.Restart) {
		out.executed()
		for _, x := range t.Execs {
			w.exec(ctx, c, containerexec.Command{
				User: x.User, WorkingDir: x.WorkingDir, Privileged: x.Privileged, Words: x.Command, Env: variables(x.Environment),
			})
		}
	}
}

// addContainer learns of a container, and reports whether it was unknown.
func (w *worker) addContainer(ctx context.Context, c Container) (fresh bool, err error) {
	w.mu.Lock()
	_, known := w.owners[c.ID]
	w.mu.Unlock()
	if known {
		return false, nil
	}
	found, err := ownersOf(ctx, w.engine.Containers, c.ID)
	if err != nil {
		return false, err
	}
	for _, r := range w.rules {
		if r.Service == c.Service && r.syncs() {
			if err := found.learn(ctx, c.ID, r.Target); err != nil {
				return false, fmt.Errorf("look at %s: %w", r.Target, err)
			}
		}
	}
	w.mu.Lock()
	w.owners[c.ID] = found
	w.mu.Unlock()
	return true, nil
}

// withDeferred adds what waited for a container that runs now, and keeps what asks for
// removing until a stopped one runs.
func (w *worker) withDeferred(c Container, t Todo) Todo {
	w.mu.Lock()
	defer w.mu.Unlock()
	if kept, ok := w.deferred[c.ID]; ok {
		t = merge(kept, t)
		delete(w.deferred, c.ID)
	}
	if !c.Running && len(t.Remove) > 0 {
		w.deferred[c.ID] = Todo{Service: t.Service, Remove: t.Remove, Copy: t.Copy, Replace: t.Replace}
	}
	return t
}

// update removes and copies.
func (w *worker) update(ctx context.Context, c Container, t Todo, out *outcome) error {
	if len(t.Remove) > 0 && c.Running {
		err := remove(ctx, w.engine.Exec, c.ID, t.Remove)
		if errors.Is(err, errNoRemover) {
			w.once(c.Service+": its image has no rm, so files that are removed here stay in the container until it is replaced", event.Warning)
		} else if err != nil {
			return fmt.Errorf("remove: %w", err)
		} else {
			out.gone(len(t.Remove))
		}
	}
	if len(t.Copy) == 0 {
		return nil
	}
	sent, err := w.copy(ctx, c, t.Copy, t.Replace)
	if diagnose.ExplainError(diagnose.Change, err).Reason == diagnose.CopyKind {
		// A file is where a directory goes, or the reverse. A directory that a link in the
		// container leads to stays a link, unless it cannot be otherwise.
		if sent, err = w.copy(ctx, c, withoutDirs(t.Copy), false); err != nil {
			sent, err = w.copy(ctx, c, t.Copy, true)
		}
	}
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	out.copied(sent)
	return nil
}

// copy sends an archive of the pairs. replace lets a file take the place of a directory.
func (w *worker) copy(ctx context.Context, c Container, pairs []Pair, replace bool) (int, error) {
	w.mu.Lock()
	known := w.owners[c.ID]
	w.mu.Unlock()
	owner := func(target string) identity { return known.of(w.ruleTarget(c.Service, target)) }
	pairs = slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool {
		// A watched directory goes into the one that the image has, which keeps its owner and mode.
		return w.tree.isDir(p.Host) && w.ruleTarget(c.Service, p.Target) == p.Target && !known.absent[p.Target]
	})
	if len(pairs) == 0 {
		return 0, nil
	}
	archive := newPipe(func(to *pipeWriter) (sent int, unread map[string]any, err error) {
		return pack(to, pairs, w.from, owner, runtime.GOOS == "windows")
	})
	_, err := w.engine.Containers.CopyToContainer(ctx, c.ID, client.CopyToContainerOptions{
		DestinationPath: "/", Content: archive, AllowOverwriteDirWithFile: replace,
	})
	sent, unread := archive.finish()
	for _, name := range slices.Sorted(maps.Keys(unread)) {
		w.once(fmt.Sprintf("%s cannot be read, and so is not synced: %v", name, unread[name]), event.Warning)
	}
	return sent, err
}

// ruleTarget is the target of the rule that a path in the container comes from.
func (w *worker) ruleTarget(service, name string) string {
	best := ""
	for _, r := range w.rules {
		if r.Service == service && r.syncs() && len(r.Target) > len(best) && (name == r.Target || strings.HasPrefix(name, strings.TrimSuffix(r.Target, "/")+"/")) {
			best = r.Target
		}
	}
	return best
}

// exec runs the command of a rule and shows what it prints.
func (w *worker) exec(ctx context.Context, c Container, x containerexec.Command) {
	shown := strings.Join(x.Words, " ")
	code, err := command(ctx, w.engine.Exec, c.ID, x, func(stream, text string) {
		w.event(event.Event{Kind: event.Log, ID: "exec " + c.Name, Name: c.Service, Text: text, Stream: stream})
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		w.fail(ctx, c.Service, "cannot run "+shown, err)
	case code != 0:
		w.event(event.Event{Kind: event.Note, State: event.Warning, Text: fmt.Sprintf("%s: %s ended with %d", c.Service, shown, code)})
	}
}

// withoutDirs leaves out the directories that something else in the list lies in.
func withoutDirs(pairs []Pair) []Pair {
	holds := map[string]bool{}
	for _, p := range pairs {
		holds[filepath.ToSlash(filepath.Dir(p.Target))] = true
	}
	return slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool { return holds[p.Target] })
}

// variables are an exec's environment. A name without a value has none here.
func variables(env map[string]*string) []string {
	var set []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if value := env[name]; value != nil {
			set = append(set, name+"="+*value)
		}
	}
	return set
}
